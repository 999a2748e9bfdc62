"""The technical particulars of one signature, for the folded part of a report and for machines; nothing is judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509

from backend.verification import keys
from backend.verification.cms import Cms
from backend.verification.signature import Placed
from backend.verification.standing import Standing
from backend.verification.tokens import Token


@dataclass(frozen=True)
class Link:
    """One certificate of a chain: common name, SHA-256 in hex, and until when it is valid."""

    name: str | None
    sha256: str
    until: datetime


@dataclass(frozen=True)
class Stamp:
    """One signature timestamp: its own time and whose clock it was; `readable` is false where it could not be read."""

    at: datetime | None
    authority: str | None
    readable: bool = True


@dataclass(frozen=True, kw_only=True)
class Details:
    """What the bytes say. `byte_range` as ISO 32000-2 clause 12.8.1 has it, `revision` counts from 1.

    `chain` runs from the signer up to the anchor and is empty where no anchor was reached. `proofs`: how many of its
    certificates needed a revocation proof. `digest` is the signed digest (of a document timestamp: none).
    """

    subfilter: str | None = None
    byte_range: tuple[int, int, int, int] | None = None
    revision: int | None = None
    digest_algorithm: str | None = None
    digest: bytes | None = None
    signature_algorithm: str | None = None
    signature_value: bytes | None = None
    certificate: Link | None = None
    chain: tuple[Link, ...] = ()
    proofs: int = 0
    stamps: tuple[Stamp, ...] = ()


def details_of(
    placed: Placed | None, cms: Cms | None, standing: Standing | None, tokens: Sequence[Token | None]
) -> Details:
    """Return the particulars of a signature from what its steps left; what was not reached, or breaks, stays empty."""
    try:
        told = _signed(cms) if cms else {}
        if placed:
            told |= {"subfilter": placed.subfilter.lstrip("/"), "revision": placed.revision + 1}
            told["byte_range"] = (0, *placed.gap, placed.end - placed.gap[1])
        if standing and standing.chain:
            told["chain"] = tuple(_link(certificate) for certificate in standing.chain.certificates)
            told["proofs"] = standing.proofs
        return Details(**told, stamps=tuple(_stamp(token) for token in tokens))
    except Exception:  # noqa: BLE001  because asn1crypto raises builtins of every kind on hostile bytes
        return Details()


def _signed(cms: Cms) -> dict[str, Any]:
    return {
        "digest_algorithm": cms.digest_name,
        "digest": cms.message_digest if cms.content is None else None,
        "signature_algorithm": cms.algorithm.name,
        "signature_value": cms.signature,
        "certificate": _link(cms.signer),
    }


def _link(certificate: x509.Certificate) -> Link:
    return Link(keys.common_name(certificate.subject), keys.sha256(certificate), certificate.not_valid_after_utc)


def _stamp(token: Token | None) -> Stamp:
    if token is None:
        return Stamp(None, None, readable=False)
    return Stamp(token.gen_time, keys.common_name(token.cms.signer.subject))
