"""RFC 3161 timestamps of a bundle: over its manifest, and over the log's checkpoints. Judged like those inside a PDF.

Nothing is fetched, and a bundle carries no revocation proofs for its stamps: that is a note, as for the newest document
timestamp of a PDF (DESIGN 8).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import tsp

from backend.verification import cms, tokens
from backend.verification.bundle.findings import Code, Finding
from backend.verification.evidence import Evidence
from backend.verification.limits import REACHED
from backend.verification.standing import Moment, judge
from backend.verification.trust import AnchorClass, Anchors
from backend.verification.verdict import Reason

BROKEN = frozenset({Reason.DIGEST_MISMATCH, Reason.SIGNATURE_INVALID})
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Stamp:
    """What one timestamp says: its time, its authority (common name), what is wrong with it."""

    at: datetime | None
    authority: str = ""
    anchor_class: AnchorClass | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def proven(self) -> datetime | None:
        """Return its time if nothing is wrong with it."""
        return None if self.findings else self.at


def token_of(response: bytes) -> bytes:
    """Return the token inside a TimeStampResp (DER); raises Malformed where there is none."""
    try:
        return bytes(tsp.TimeStampResp.load(response, strict=True)["time_stamp_token"].dump())
    except (ValueError, KeyError, TypeError) as error:
        raise cms.Malformed("response") from error


def check(token: bytes, data: bytes, name: str, anchors: Anchors, moment: Moment) -> Stamp:
    """Return what a token over `data` (the file `name`) is worth, its certificate judged at `moment`."""
    try:
        return _checked(token, data, name, anchors, moment)
    except REACHED:
        raise
    except Exception:  # noqa: BLE001 because asn1crypto parses late and raises builtins of every kind on hostile bytes
        return Stamp(None, findings=(Finding(Code.STAMP_INVALID, {"name": name}),))


def _checked(token: bytes, data: bytes, name: str, anchors: Anchors, moment: Moment) -> Stamp:
    signed = cms.read(token)
    read = tokens.read_token(signed, lambda algorithm: hashlib.new(algorithm, data).digest())
    evidence = Evidence()
    evidence.add_cms(signed, 0)
    standing = judge(signed.signer, evidence, anchors, moment)
    unsettled = [reason for reason in (*standing.reasons, *read.reasons) if reason is not Reason.REVOCATION_UNKNOWN]
    findings = [Finding(reason) for reason in dict.fromkeys(unsettled) if reason not in BROKEN]
    if BROKEN & {*read.reasons} or read.gen_time > moment.at + CLOCK_TOLERANCE:
        findings.insert(0, Finding(Code.STAMP_INVALID, {"name": name}))
    anchor_class = standing.chain.anchor.kind if standing.chain else None
    return Stamp(read.gen_time, signed.signer.subject.rfc4514_string(), anchor_class, tuple(findings))
