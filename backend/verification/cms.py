"""The CMS structures inside a PDF: what was signed, by which certificate, and whether the arithmetic is right.

RFC 5652 (CMS), RFC 5035 (signing certificate). No trust and no time is judged here; tokens: `tokens.py`.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from asn1crypto import cms, core, parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from backend.verification import keys
from backend.verification.keys import Digest
from backend.verification.verdict import Reason

CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"
ADOBE_REVOCATION = "1.2.840.113583.1.1.8"
DATA = "1.2.840.113549.1.7.1"
MOST_CERTIFICATES = 200
PADDING = "padding"


class Malformed(Exception):
    """The bytes are no CMS signature with exactly one signer, or contradict themselves."""


class NoSigner(Malformed):
    """The signer's certificate is nowhere, or unreadable. `stated`: algorithm and digest of detached content."""

    def __init__(self, stated: tuple[str, bytes] | None) -> None:
        """Keep what can be compared all the same."""
        self._stated = stated
        super().__init__("signer")

    def reasons(self, digest: Digest) -> list[Reason]:
        """Return what can be said without the certificate; `digest` gives that of the signed bytes."""
        name, value = self._stated or ("", b"")
        wrong = name in keys.HASHES and not hmac.compare_digest(value, digest(name))
        return [Reason.DIGEST_MISMATCH, Reason.ISSUER_UNKNOWN] if wrong else [Reason.ISSUER_UNKNOWN]


@contextmanager
def malformed_where_it_breaks() -> Iterator[None]:
    """Turn what asn1crypto raises on hostile bytes into Malformed; a limit of the reader stays what it is."""
    try:
        yield
    except (Malformed, keys.Unknown, MemoryError, RecursionError):
        raise
    except Exception as error:  # because asn1crypto raises whatever its tables run into
        raise Malformed(type(error).__name__) from error


@dataclass(frozen=True)
class Cms:
    """One signed structure. `certificates` are all those inside; `signer` is the one the signer names."""

    signed_data: Any
    signer_info: Any
    signed_attributes: bytes
    certificates: tuple[x509.Certificate, ...]
    signer: x509.Certificate

    @cached_property
    def attributes(self) -> dict[str, Any]:
        """Return the signed attributes by OID; one given twice or with several values is Malformed (RFC 5652 11)."""
        found: dict[str, Any] = {}
        for attribute in self.signer_info["signed_attrs"]:
            oid = attribute["type"].dotted
            if oid in found or len(attribute["values"]) != 1:
                raise Malformed(oid)
            found[oid] = attribute["values"][0]
        return found

    @property
    def digest_name(self) -> str:
        """Return the name of the signer's digest algorithm, as `hashlib` knows it."""
        return str(self.signer_info["digest_algorithm"]["algorithm"].native)

    @property
    def content_type(self) -> str:
        """Return the OID of what is enclosed."""
        return str(self.signed_data["encap_content_info"]["content_type"].dotted)

    @cached_property
    def content(self) -> bytes | None:
        """Return the enclosed content, None where the signature is detached."""
        enclosed = self.signed_data["encap_content_info"]["content"]
        return None if isinstance(enclosed, core.Void) else bytes(enclosed)

    @cached_property
    def signature(self) -> bytes:
        """Return the signature value."""
        return bytes(self.signer_info["signature"].native)

    def unsigned(self, oid: str) -> Iterator[Any]:
        """Yield all values of an unsigned attribute."""
        for attribute in self.signer_info["unsigned_attrs"]:
            if attribute["type"].dotted == oid:
                yield from attribute["values"]

    @property
    def claimed_time(self) -> datetime | None:
        """Return the signer's own signing-time attribute."""
        value = self.attributes.get(SIGNING_TIME)
        moment = value.native if value is not None else None
        return moment if isinstance(moment, datetime) else None

    @property
    def names_its_certificate(self) -> bool:
        """Tell whether a signing-certificate attribute stands among the signed ones (a PAdES baseline needs it)."""
        return SIGNING_CERTIFICATE in self.attributes or SIGNING_CERTIFICATE_V2 in self.attributes


def read(contents: bytes, more: Iterable[x509.Certificate] = ()) -> Cms:
    """Return the CMS in `contents` (zero padding after it is allowed, anything else is not); raises Malformed.

    `more` are certificates from elsewhere in the file, among which the signer's is looked for last.
    """
    with malformed_where_it_breaks():
        length = encoded_length(contents)
        info = cms.ContentInfo.load(contents[:length])
        if contents[length:].strip(b"\0"):
            raise Malformed(PADDING)
        if info["content_type"].native != "signed_data":
            raise Malformed("content")
        return read_signed_data(info["content"], more)


def encoded_length(der: bytes) -> int:
    """Return the length of the first ASN.1 value in `der`, header and end marker included; raises ValueError."""
    _, _, _, header, content, trailer = parser.parse(der, strict=False)
    return len(header) + len(content) + len(trailer)


def read_signed_data(signed_data: Any, more: Iterable[x509.Certificate] = ()) -> Cms:
    """Return the CMS of a SignedData; raises Malformed without signer, Unknown for several.

    Where the certificate that the signer names is neither inside nor among `more`, raises NoSigner.
    """
    if len(signed_data["signer_infos"]) > 1:
        raise keys.Unknown("several signers in one container")
    if not len(signed_data["signer_infos"]):
        raise Malformed("signers")
    signer_info = signed_data["signer_infos"][0]
    # Before anything in it is looked at: asn1crypto writes anew what it has parsed, at twenty times the cost.
    signed_attributes = signer_info["signed_attrs"].dump()
    signer: x509.Certificate | None = None
    certificates: list[x509.Certificate] = []
    for choice in signed_data["certificates"] or ():
        if choice.name != "certificate" or len(certificates) >= MOST_CERTIFICATES:
            continue
        certificate = keys.certificate(choice.chosen.dump())
        if certificate is None:
            continue
        certificates.append(certificate)
        if signer is None and _names(signer_info["sid"], choice.chosen):
            signer = certificate
    signer = signer or _elsewhere(signer_info["sid"], more)
    if signer is None:
        enclosed = signed_data["encap_content_info"]["content_type"].dotted != DATA
        raise NoSigner(None if enclosed else _stated(signer_info))
    return Cms(signed_data, signer_info, signed_attributes, tuple(certificates), signer)


def _elsewhere(sid: Any, more: Iterable[x509.Certificate]) -> x509.Certificate | None:
    return next((one for one in more if _names(sid, asn1_x509.Certificate.load(keys.der(one)))), None)


def _stated(signer_info: Any) -> tuple[str, bytes] | None:
    """Return the digest among the signed attributes and its algorithm, None where there is none."""
    for attribute in signer_info["signed_attrs"]:
        if attribute["type"].dotted == MESSAGE_DIGEST:
            return str(signer_info["digest_algorithm"]["algorithm"].native), bytes(attribute["values"][0].native)
    return None


def _names(sid: Any, certificate: Any) -> bool:
    if sid.name == "issuer_and_serial_number":
        wanted = sid.chosen
        return bool(
            wanted["serial_number"].native == certificate.serial_number
            and (wanted["issuer"].dump() == certificate.issuer.dump() or wanted["issuer"] == certificate.issuer)
        )
    return bool(sid.chosen.native == certificate.key_identifier)


def check(found: Cms, detached: Digest | None) -> list[Reason]:
    """Return what is wrong with the arithmetic of one CMS (EN 319 102-1 clause 5.2.7).

    `detached` gives the digest of the signed bytes by algorithm name; None means that the enclosed content is signed.
    """
    name = found.digest_name
    digest = detached or (lambda algorithm: hashlib.new(algorithm, found.content or b"").digest())
    if name not in keys.HASHES:
        return [Reason.ALGORITHM_WEAK]
    try:
        with malformed_where_it_breaks():
            reasons = _arithmetic(found, digest)
    except Malformed:
        return [Reason.SIGNATURE_INVALID]
    if keys.weak_digest(name) or keys.weak_digest(_signature_hash(found)) or keys.weak_key(found.signer):
        reasons.append(Reason.ALGORITHM_WEAK)
    return list(dict.fromkeys(reasons))


def _signature_hash(found: Cms) -> str:
    """Return the digest algorithm inside the signature value, as far as its algorithm names one."""
    try:
        return str(found.signer_info["signature_algorithm"].hash_algo)
    except ValueError:
        return found.digest_name


def check_detached(found: Cms, digest: Digest, subfilter: str) -> list[Reason]:
    """Return what is wrong with a signature over a file's bytes, by the format its /SubFilter names."""
    if subfilter == "/adbe.pkcs7.sha1":
        same = found.content is not None and hmac.compare_digest(found.content, digest("sha1"))
        reasons = check(found, None) if same else [Reason.DIGEST_MISMATCH]
        return [*reasons, Reason.ALGORITHM_WEAK]
    if found.content or found.content_type != DATA:
        return [Reason.SIGNATURE_INVALID]
    return check(found, digest)


def _arithmetic(found: Cms, digest: Digest) -> list[Reason]:
    if not found.attributes and found.content_type != DATA:
        raise Malformed("attributes")
    reasons = _attributes(found, digest(found.digest_name)) if found.attributes else []
    try:
        if not _value_is_right(found, digest):
            reasons.append(Reason.SIGNATURE_INVALID)
    except keys.Unknown:
        reasons.append(Reason.ALGORITHM_WEAK)
    return reasons


def _attributes(found: Cms, digest: bytes) -> list[Reason]:
    """Compare what the signed attributes say with what is there: digest, content type, certificate."""
    attributes = found.attributes
    if attributes[CONTENT_TYPE].dotted != found.content_type:
        raise Malformed("content type")
    if not hmac.compare_digest(bytes(attributes[MESSAGE_DIGEST].native), digest):
        return [Reason.DIGEST_MISMATCH]
    return [] if _certificate_is_named(found) else [Reason.SIGNATURE_INVALID]


def _certificate_is_named(found: Cms) -> bool:
    for oid in (SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2):
        value = found.attributes.get(oid)
        if value is None:
            continue
        first = value["certs"][0]
        algorithm = "sha1" if oid == SIGNING_CERTIFICATE else first["hash_algorithm"]["algorithm"].native
        known = algorithm in keys.HASHES
        if known and first["cert_hash"].native != hashlib.new(algorithm, keys.der(found.signer)).digest():
            return False
    return True


def _value_is_right(found: Cms, digest: Digest) -> bool:
    algorithm = found.signer_info["signature_algorithm"]
    if not found.attributes:
        return keys.verify(found.signer, keys.Claim(algorithm, found.digest_name, found.signature, digest))
    # RFC 5652 clause 5.4: what is signed is the SET OF itself in DER, not its implicit tag.
    if _signs(found, b"\x31" + found.signed_attributes[1:]):
        return True
    return _signs(found, found.signer_info["signed_attrs"].untag().dump(force=True))


def _signs(found: Cms, message: bytes) -> bool:
    claim = keys.Claim(
        found.signer_info["signature_algorithm"],
        found.digest_name,
        found.signature,
        lambda name: hashlib.new(name, message).digest(),
        message,
    )
    return keys.verify(found.signer, claim)
