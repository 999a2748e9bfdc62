"""How one certificate stood at one moment: its chain, its validity, its revocation (EN 319 102-1 clause 5.2.6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from backend.verification import chain as chains
from backend.verification import revocation
from backend.verification.chain import Chain
from backend.verification.evidence import Evidence
from backend.verification.trust import Anchors
from backend.verification.verdict import Reason, Verdict
from backend.verification.verdict import judge as verdict_on


@dataclass(frozen=True)
class Moment:
    """The time at which certificates are judged: `proven` by a trusted timestamp, else it is now."""

    at: datetime
    proven: bool


@dataclass(frozen=True)
class Standing:
    """The outcome. `proofs`: how many certificates needed a revocation proof; `since`: when the last came in."""

    chain: Chain | None
    reasons: tuple[Reason, ...]
    proofs: int = 0
    since: int = 0


def judge(leaf: x509.Certificate, evidence: Evidence, anchors: Anchors, moment: Moment) -> Standing:
    """Return how `leaf` stood at `moment`, by the best of its chains; the same question gets the same answer."""
    key = (judge, leaf, id(anchors), moment)
    if key not in evidence.remembered:
        evidence.remembered[key] = _judge(leaf, evidence, anchors, moment)
    found: Standing = evidence.remembered[key]
    return found


def _judge(leaf: x509.Certificate, evidence: Evidence, anchors: Anchors, moment: Moment) -> Standing:
    found: list[Standing] = []
    for chain in chains.build(leaf, evidence.certificates, anchors):
        standing = _of_chain(chain, evidence, moment)
        if not standing.reasons:
            return standing
        found.append(standing)
    return min(found, key=_weight, default=Standing(None, (Reason.ISSUER_UNKNOWN,)))


def _weight(standing: Standing) -> tuple[bool, int]:
    """Say how bad an outcome is: a revoked cross-certificate must not hide a chain that merely lacks a proof."""
    return verdict_on(standing.reasons) is Verdict.FAILED, len(standing.reasons)


def _of_chain(chain: Chain, evidence: Evidence, moment: Moment) -> Standing:
    reasons = [*_in_time(chain, moment)]
    proofs = since = 0
    for certificate, issuer in chain.links:
        status = revocation.status(certificate, issuer, moment.at, evidence)
        proofs += 1
        since = max(since, status.since)
        if status.revoked:
            reasons.append(Reason.CERTIFICATE_REVOKED)
        elif not status.good:
            reasons.append(Reason.REVOCATION_UNKNOWN)
    if chains.weak(chain):
        reasons.append(Reason.ALGORITHM_WEAK)
    return Standing(chain, tuple(dict.fromkeys(reasons)), proofs, since)


def _in_time(chain: Chain, moment: Moment) -> Iterator[Reason]:
    """Compare the moment with the validity of the certificates, then with the period of the anchor."""
    certificates = chain.certificates[:-1] or chain.certificates
    inside = all(c.not_valid_before_utc <= moment.at <= c.not_valid_after_utc for c in certificates)
    started = all(c.not_valid_before_utc <= moment.at for c in certificates)
    if not inside:
        yield Reason.TIME_UNPROVEN if started and not moment.proven else Reason.CERTIFICATE_EXPIRED
    elif not chain.anchor.counts_at(moment.at):
        over = moment.at > chain.anchor.valid_until
        yield Reason.TIME_UNPROVEN if over and not moment.proven else Reason.ISSUER_UNKNOWN
