"""Decides whether a revision that came back may be stored: exactly one signature more, ours to expect, nothing else.

DESIGN invariant 3. Every backend's result passes here, our own included. The steps stand in the order in which they
are done; each has a refusal of its own.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pyhanko.pdf_utils.generic import parse_pdf_date
from pyhanko.pdf_utils.misc import PdfError

from backend.signing.difference import Allowed, Difference
from backend.signing.reading import entry, open_pdf, signature_fields, strictly
from backend.signing.refusals import (
    CertificateExpired,
    IssuerUnknown,
    Rewritten,
    SignatureCount,
    SignatureInvalid,
    TimestampInvalid,
    TrailingBytes,
    WrongField,
    WrongSigner,
)
from backend.signing.signed_data import Broken, SignedData, read
from backend.signing.timestamps import BadToken, Token, read_token
from backend.signing.trust import Trust

PADES, CMS, RFC3161 = "/ETSI.CAdES.detached", "/adbe.pkcs7.detached", "/ETSI.RFC3161"
AHEAD = timedelta(minutes=5)  # how far the clock of an authority may run before ours


@dataclass(frozen=True)
class Accepted:
    """What a returned revision adds; `level` is `B-T`, `B-B`, or `none` for a signature that is not PAdES."""

    level: str
    certificate_sha256: str
    signer_name: str
    signed_at: datetime
    timestamp_at: datetime | None


@dataclass(frozen=True)
class AcceptedArchive:
    """What an archive revision adds: one document timestamp, and when it was made."""

    timestamp_at: datetime


def check_signed(
    base: bytes, returned: bytes, *, field: str, certificate_sha256: str | None, at: datetime, trust: Trust
) -> Accepted:
    """Accept one approval signature in `field` by the certificate named (SHA-256 in hex; None: any), received at `at`.

    Raises a subclass of Unacceptable. Besides the field's value and appearance only /DSS may differ from `base`.
    """
    with strictly():
        return _checked(base, returned, Allowed(field), _Signer(certificate_sha256, at, trust))


def check_sealed(
    base: bytes, returned: bytes, *, field: str, certificate_sha256: str | None, at: datetime, trust: Trust
) -> Accepted:
    """Accept the ministry's seal: the same, and it must be a certification with DocMDP permission 2."""
    with strictly():
        return _checked(base, returned, Allowed(field, certification=True), _Signer(certificate_sha256, at, trust))


def check_archived(base: bytes, returned: bytes, *, at: datetime, trust: Trust) -> AcceptedArchive:
    """Accept an archive revision: validation data and one invisible document timestamp over everything."""
    with strictly():
        return _archived(base, returned, at, trust)


@dataclass(frozen=True)
class _Signer:
    certificate_sha256: str | None
    at: datetime
    trust: Trust


@dataclass(frozen=True)
class _Value:
    """The new signature: the name of its field, its dictionary, and the two parts of the file that it covers."""

    field: str
    dictionary: Any
    content: tuple[memoryview, memoryview]

    @property
    def contents(self) -> bytes:
        return bytes(self.dictionary["/Contents"])

    @property
    def subfilter(self) -> str:
        return str(self.dictionary["/SubFilter"])


def _checked(base: bytes, returned: bytes, allowed: Allowed, signer: _Signer) -> Accepted:
    difference = _opened(base, returned)
    value = _new_value(difference)
    if value.field != allowed.field:
        raise WrongField(found=value.field, expected=allowed.field)
    difference.check(allowed)
    _check_locks(difference, value, certification=allowed.certification)
    signed = _signed(value)
    _check_signer(signed, signer)
    token = _token(signed, signer)
    return Accepted(
        level=_level(signed, token, value.subfilter),
        certificate_sha256=signed.sha256,
        signer_name=signed.name,
        signed_at=_claimed(value, signer.at),
        timestamp_at=None if token is None else token.at,
    )


def _opened(base: bytes, returned: bytes) -> Difference:
    """Open the returned file as an extension of its base."""
    if not returned.startswith(base):
        raise Rewritten
    if len(returned) == len(base):
        raise SignatureCount(count=0)
    return Difference(returned, len(base), open_pdf(returned))


def _new_value(difference: Difference) -> _Value:
    """Return the one signature that was added, its /ByteRange checked (ISO 32000-1 section 12.8.1)."""
    before = {name for name, found in signature_fields(difference.old_root) if "/V" in found}
    new = [(n, f["/V"]) for n, f in signature_fields(difference.root) if "/V" in f and n not in before]
    if len(new) != 1:
        raise SignatureCount(count=len(new))
    name, dictionary = new[0]
    pdf, ranges = difference.pdf, [int(number) for number in dictionary["/ByteRange"]]
    if len(ranges) != 4 or ranges[0] != 0 or not difference.size <= ranges[1] < ranges[2]:
        raise SignatureInvalid(reason="byte-range")
    end = ranges[2] + ranges[3]
    difference.check_covered(end)
    gap = pdf[ranges[1] : ranges[2]]
    if gap[:1] != b"<" or gap[-1:] != b">" or len(gap) != 2 * len(dictionary["/Contents"]) + 2:
        raise SignatureInvalid(reason="byte-range")
    if bytes.fromhex(gap[1:-1].decode("ascii")) != bytes(dictionary["/Contents"]):
        raise SignatureInvalid(reason="byte-range")
    view = memoryview(pdf)
    return _Value(name, dictionary, (view[: ranges[1]], view[ranges[2] : end]))


def _check_locks(difference: Difference, value: _Value, *, certification: bool) -> None:
    """A certification carries DocMDP with permission 2 and stands in /Perms; an approval locks nothing."""
    references = entry(value.dictionary, "/Reference", [])
    if not certification:
        if references:
            raise SignatureInvalid(reason="locks")
        return
    methods = [(r["/TransformMethod"], r["/TransformParams"]["/P"]) for r in references]
    named = difference.root["/Perms"]["/DocMDP"] if "/Perms" in difference.root else None
    if methods != [("/DocMDP", 2)] or named is not value.dictionary:
        raise SignatureInvalid(reason="certification")


def _signed(value: _Value) -> SignedData:
    if value.subfilter not in {PADES, CMS}:
        raise SignatureInvalid(reason="subfilter")
    try:
        return read(value.contents, value.content)
    except Broken as error:
        raise SignatureInvalid(reason=error.code) from error


def _check_signer(signed: SignedData, signer: _Signer) -> None:
    """Raise unless it is the expected certificate, valid now, from an issuer that is trusted, and meant for signing."""
    if signer.certificate_sha256 not in {None, signed.sha256}:
        raise WrongSigner(name=signed.name)
    path = signer.trust.path(signed.certificate, signed.certificates[1:], signer.at)
    signer.trust.check_unrevoked(path, signer.at)
    if not signed.may_sign:
        raise SignatureInvalid(reason="key-usage")


def _token(signed: SignedData, signer: _Signer) -> Token | None:
    """Return the signature timestamp if a trusted authority made it; one that is broken is refused."""
    if signed.token is None:
        return None
    try:
        token = read_token(signed.token, [signed.signature])
    except BadToken as error:
        raise TimestampInvalid from error
    if token.at > signer.at + AHEAD:
        raise TimestampInvalid
    return token if _stamps(token, signer.trust) else None


def _stamps(token: Token, trust: Trust) -> bool:
    try:
        trust.path(token.certificates[0], token.certificates[1:], token.at)
    except (IssuerUnknown, CertificateExpired):
        return False
    return True


def _level(signed: SignedData, token: Token | None, subfilter: str) -> str:
    """Return the PAdES level (EN 319 142-1 section 6.3): no signing-time inside, but signing-certificate-v2."""
    if subfilter != PADES or signed.names_time or not signed.references_certificate:
        return "none"
    return "B-B" if token is None else "B-T"


def _claimed(value: _Value, otherwise: datetime) -> datetime:
    """Return what the signature says about its time (/M), else the time at which it came."""
    try:
        return parse_pdf_date(str(value.dictionary["/M"])).astimezone(UTC)
    except (KeyError, ValueError, PdfError):
        return otherwise


def _archived(base: bytes, returned: bytes, at: datetime, trust: Trust) -> AcceptedArchive:
    difference = _opened(base, returned)
    value = _new_value(difference)
    if value.subfilter != RFC3161:
        raise SignatureCount(count=1)
    difference.check(Allowed(timestamp=True))
    if len(value.content[0]) + len(value.content[1]) + 2 * len(value.contents) + 2 != len(returned):
        raise TrailingBytes
    try:
        token = read_token(value.contents, value.content)
    except BadToken as error:
        raise TimestampInvalid from error
    if token.at > at + AHEAD or not _stamps(token, trust):
        raise TimestampInvalid
    return AcceptedArchive(token.at)
