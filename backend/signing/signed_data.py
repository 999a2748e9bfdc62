"""Reads a CMS container with one signer and checks its cryptography: digest, signed attributes, signature value.

Says nothing about trust, validity or revocation of the certificate (RFC 5652 section 5.6, EN 319 122-1 section 5).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from backend.signing import der
from backend.signing.identity import common_name

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, UnsupportedAlgorithm, x509.InvalidVersion)
REFERENCES = {"signing_certificate_v2": "sha256", "signing_certificate": "sha1"}  # hash of a reference that names none


class Broken(Exception):
    """The container does not prove anything; `code` is `signature-invalid`, `digest-mismatch` or `algorithm-weak`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class SignedData:
    """A container whose signature value holds; all certificates are DER, the signer's own first."""

    certificate: bytes
    certificates: tuple[bytes, ...]
    signature: bytes = field(repr=False)
    token: bytes | None = field(repr=False)
    enclosed: bytes | None = field(repr=False)
    references_certificate: bool
    names_time: bool

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the signer's certificate in hex."""
        return hashlib.sha256(self.certificate).hexdigest()

    @cached_property
    def _x509(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificate)

    @property
    def name(self) -> str:
        """Return the common name of the signer, or the whole subject where there is none."""
        return common_name(self._x509)

    @property
    def may_sign(self) -> bool:
        """Tell whether the certificate's key usage permits signatures (RFC 5280 section 4.2.1.3)."""
        try:
            usage = self._x509.extensions.get_extension_for_class(x509.KeyUsage).value
        except x509.ExtensionNotFound:
            return True
        return usage.digital_signature or usage.content_commitment


def digest(name: str, content: Iterable[bytes | memoryview]) -> bytes:
    """Return the digest of the parts one after the other; raises Broken for a hash that is not SHA-2."""
    if name not in HASHES:
        raise Broken("algorithm-weak")
    running = hashlib.new(name)
    for part in content:
        running.update(part)
    return running.digest()


def read(container: bytes, content: Iterable[bytes | memoryview] | None) -> SignedData:
    """Return what a container says after checking it; `content` is what it signs, None when it is enclosed.

    Raises Broken. Zero bytes after the container are padding and ignored, anything else there is Broken.
    """
    try:
        return _read(container, content)
    except UNREADABLE as error:
        raise Broken("signature-invalid") from error


def _read(container: bytes, content: Iterable[bytes | memoryview] | None) -> SignedData:
    info = cms.ContentInfo.load(container)
    if info["content_type"].native != "signed_data" or container[len(der.first(container)) :].strip(b"\0"):
        raise Broken("signature-invalid")
    signed = info["content"]
    (signer,) = signed["signer_infos"]
    certificates = [choice.chosen for choice in signed["certificates"]]
    certificate = _certificate_of(signer["sid"], certificates)
    encapsulated = signed["encap_content_info"]
    enclosed = bytes(encapsulated["content"]) if content is None else None
    attributes = {a["type"].native: a["values"] for a in signer["signed_attrs"]}
    if len(attributes) != len(signer["signed_attrs"]) or any(len(values) != 1 for values in attributes.values()):
        raise Broken("signature-invalid")
    if attributes["content_type"][0].native != encapsulated["content_type"].native:
        raise Broken("signature-invalid")
    found = digest(
        signer["digest_algorithm"]["algorithm"].native, [enclosed] if enclosed is not None else content or ()
    )
    if attributes["message_digest"][0].native != found:
        raise Broken("digest-mismatch")
    own = der.as_read(certificate)
    _check_signature(signer, own)
    return SignedData(
        certificate=own,
        certificates=(own, *(der.as_read(c) for c in certificates if c is not certificate)),
        signature=signer["signature"].native,
        token=_token(signer),
        enclosed=enclosed,
        references_certificate=_references(attributes, own),
        names_time="signing_time" in attributes,
    )


def _certificate_of(sid: Any, certificates: list[Any]) -> Any:
    wanted = None
    if sid.name == "issuer_and_serial_number":
        wanted = (der.as_read(sid.chosen["issuer"].chosen), sid.chosen["serial_number"].native)
    for certificate in certificates:
        if sid.name == "subject_key_identifier":
            if certificate.key_identifier == sid.chosen.native:
                return certificate
        elif (der.as_read(certificate.issuer.chosen), certificate.serial_number) == wanted:
            return certificate
    raise Broken("signature-invalid")


def _token(signer: Any) -> bytes | None:
    if not signer["unsigned_attrs"]:
        return None
    for attribute in signer["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            return der.as_read(attribute["values"][0])
    return None


def _references(attributes: dict[str, Any], certificate: bytes) -> bool:
    """Tell whether the signed attributes name the signer's certificate; a wrong name is Broken (RFC 5035 section 5)."""
    for name, default in REFERENCES.items():
        if name in attributes:
            reference = attributes[name][0]["certs"][0]
            algorithm = default if name == "signing_certificate" else reference["hash_algorithm"]["algorithm"].native
            if hashlib.new(algorithm, certificate).digest() != reference["cert_hash"].native:
                raise Broken("signature-invalid")
            return name == "signing_certificate_v2"
    return False


def _check_signature(signer: Any, certificate: bytes) -> None:
    scheme = signer["signature_algorithm"]
    kind = scheme.signature_algo
    name = signer["digest_algorithm"]["algorithm"].native
    if kind in {"rsassa_pss", "ecdsa"}:
        name = scheme.hash_algo
    if name not in HASHES:
        raise Broken("algorithm-weak")
    key = x509.load_der_x509_certificate(certificate).public_key()
    value, data = signer["signature"].native, der.as_read(signer["signed_attrs"], der.SET)
    try:
        if kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, data, ec.ECDSA(HASHES[name]))
        elif kind in {"rsassa_pkcs1v15", "rsassa_pss"} and isinstance(key, rsa.RSAPublicKey):
            if key.key_size < 2048:
                raise Broken("algorithm-weak")
            key.verify(value, data, _padding(kind, scheme, HASHES[name]), HASHES[name])
        else:
            raise Broken("algorithm-weak")
    except InvalidSignature as error:
        raise Broken("signature-invalid") from error


def _padding(kind: str, scheme: Any, algorithm: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if kind == "rsassa_pkcs1v15":
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(algorithm), scheme["parameters"]["salt_length"].native)
