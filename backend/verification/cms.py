"""The CMS structures inside a PDF: what was signed, by which certificate, and whether the arithmetic is right.

RFC 5652 (CMS), RFC 5035 (signing certificate). No trust and no time is judged here; tokens: `tokens.py`.
"""

import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509 as asn1_x509
from cryptography import x509

from backend.verification import der, keys
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
SIGNED_DATA = "1.2.840.113549.1.7.2"
EXPLICIT = CERTIFICATES = SIGNED = 0xA0
REVOCATIONS = UNSIGNED = 0xA1
KEY_IDENTIFIER = 0x80
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
    """One signed structure. `certificates` are all those inside; `signer` is the one the signer names.

    `content`: what is enclosed, of the type `content_type`; None where the signature is detached. `attributes`: the
    signed attributes by OID; `signed_attributes`: the same as they are encoded. `unsigned_attributes`: OID and value.
    """

    content_type: str
    content: bytes | None
    certificates: tuple[x509.Certificate, ...]
    revocations: tuple[der.Element, ...]
    info: "SignerInfo"
    signer: x509.Certificate

    @property
    def attributes(self) -> dict[str, der.Element]:
        """Return the signed attributes by OID."""
        return self.info.attributes

    @property
    def digest_name(self) -> str:
        """Return the name of the signer's digest algorithm, as `hashlib` knows it."""
        return self.info.digest_name

    @property
    def algorithm(self) -> keys.Algorithm:
        """Return the signature algorithm."""
        return self.info.algorithm

    @property
    def signature(self) -> bytes:
        """Return the signature value."""
        return self.info.signature

    @property
    def message_digest(self) -> bytes | None:
        """Return the digest among the signed attributes."""
        stated = self.attributes.get(MESSAGE_DIGEST)
        return der.octets(stated) if stated else None

    def unsigned(self, oid: str) -> Iterator[bytes]:
        """Yield all values of an unsigned attribute, DER."""
        return (value.whole for name, value in self.info.unsigned if name == oid)

    @property
    def claimed_time(self) -> datetime | None:
        """Return the signer's own signing-time attribute."""
        value = self.attributes.get(SIGNING_TIME)
        try:
            return der.moment(value) if value else None
        except (ValueError, IndexError):
            return None

    @property
    def names_its_certificate(self) -> bool:
        """Tell whether a signing-certificate attribute stands among the signed ones (a PAdES baseline needs it)."""
        return SIGNING_CERTIFICATE in self.attributes or SIGNING_CERTIFICATE_V2 in self.attributes


@dataclass(frozen=True)
class SignerInfo:
    """What the one signer says (RFC 5652 clause 5.3). `attributes_der`: the signed attributes as encoded, or None."""

    sid: der.Element
    digest_name: str
    attributes_der: der.Element | None
    attributes: dict[str, der.Element]
    algorithm: keys.Algorithm
    signature: bytes
    unsigned: tuple[tuple[str, der.Element], ...]


def read(contents: bytes, more: Iterable[x509.Certificate] = ()) -> Cms:
    """Return the CMS in `contents` (zero padding after it is allowed, anything else is not); raises Malformed.

    `more` are certificates from elsewhere in the file, among which the signer's is looked for last. Where the
    certificate that the signer names is nowhere, raises NoSigner; for several signers, keys.Unknown.
    """
    with malformed_where_it_breaks():
        root = der.read(contents)
        if contents[root.end :].strip(b"\0"):
            raise Malformed(PADDING)
        content_type, wrapped = der.inside(root, der.SEQUENCE)
        if der.oid(content_type) != SIGNED_DATA:
            raise Malformed("content")
        (signed_data,) = der.inside(wrapped, EXPLICIT)
        return _signed_data(signed_data, more)


def _signed_data(signed_data: der.Element, more: Iterable[x509.Certificate]) -> Cms:
    version, digests, enclosed, *rest = der.inside(signed_data, der.SEQUENCE)
    der.of(version, der.INTEGER), der.of(digests, der.SET)
    content_type, *content = der.inside(enclosed, der.SEQUENCE)
    inside = {one.tag: der.children(one) for one in rest[:-1]}
    infos = der.inside(rest[-1], der.SET)
    if len(infos) > 1:
        raise keys.Unknown("several signers in one container")
    if not infos or len(content) > 1 or set(inside) - {CERTIFICATES, REVOCATIONS}:
        raise Malformed("signers")
    info = _signer_info(infos[0])
    named = der.oid(content_type)
    certificates = tuple(_certificates(inside.get(CERTIFICATES, [])))
    signer = next((one for one in (*certificates, *more) if _names(info.sid, one)), None)
    if signer is None:
        raise NoSigner(_stated(info) if named == DATA else None)
    held = der.octets(*der.inside(content[0], EXPLICIT)) if content else None
    return Cms(named, held, certificates, tuple(inside.get(REVOCATIONS, [])), info, signer)


def _certificates(choices: list[der.Element]) -> Iterator[x509.Certificate]:
    for choice in choices[:MOST_CERTIFICATES]:
        certificate = keys.certificate(choice.whole) if choice.tag == der.SEQUENCE else None
        if certificate is not None:
            yield certificate


def _signer_info(found: der.Element) -> SignerInfo:
    version, sid, digest, *rest = der.inside(found, der.SEQUENCE)
    der.of(version, der.INTEGER)
    signed = rest.pop(0) if rest[0].tag == SIGNED else None
    algorithm, signature, *unsigned = rest
    if len(unsigned) > 1:
        raise Malformed("unsigned attributes")
    attributes: dict[str, der.Element] = {}
    for oid, values in _attributes_of(signed):
        # One given twice, or with several values, may be read in two ways (RFC 5652 clause 11).
        if oid in attributes or len(values) != 1:
            raise Malformed(oid)
        attributes[oid] = values[0]
    after = [
        (oid, value) for part in unsigned for oid, values in _attributes_of(der.of(part, UNSIGNED)) for value in values
    ]
    name = keys.digest_name(der.of(digest, der.SEQUENCE).whole)
    return SignerInfo(
        sid, name, signed, attributes, keys.algorithm(algorithm.whole), der.octets(signature), tuple(after)
    )


def _attributes_of(found: der.Element | None) -> Iterator[tuple[str, list[der.Element]]]:
    for attribute in der.children(found) if found else ():
        oid, values = der.inside(attribute, der.SEQUENCE)
        yield der.oid(oid), der.inside(values, der.SET)


def _stated(info: SignerInfo) -> tuple[str, bytes] | None:
    """Return the digest among the signed attributes and its algorithm, None where there is none."""
    stated = info.attributes.get(MESSAGE_DIGEST)
    return (info.digest_name, der.octets(stated)) if stated else None


def _names(sid: der.Element, certificate: x509.Certificate) -> bool:
    if sid.tag == KEY_IDENTIFIER:
        known = keys.extension(certificate, x509.SubjectKeyIdentifier)
        return known is not None and bool(known.digest == sid.content)
    issuer, serial = der.inside(sid, der.SEQUENCE)
    if der.integer(serial) != certificate.serial_number:
        return False
    written = keys.issuer(certificate)
    return issuer.whole == written or bool(asn1_x509.Name.load(issuer.whole) == asn1_x509.Name.load(written))
