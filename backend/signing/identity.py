"""A certificate with the key that belongs to it, however that is held; both are checked before anything is signed."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from backend.errors import Refusal
from backend.signing import der
from backend.signing.refusals import CertificateExpired


class KeyUnusable(Refusal):
    """The key file is damaged, its key is too weak or of a kind that readers of PDF do not verify."""

    code = "key-unusable"
    message = "Berkas kunci tidak dapat dipakai untuk menandatangani."
    remedy = "Mintalah berkas kunci yang baru (RSA 2048 bit ke atas atau kurva P-256) kepada penerbit sertifikat."


class KeyMismatch(Refusal):
    """The private key does not belong to the certificate beside it: every signature would be invalid."""

    code = "key-mismatch"
    message = "Kunci pribadi dan sertifikat di dalam berkas kunci tidak berpasangan."
    remedy = "Mintalah berkas kunci yang benar kepada penerbit sertifikat."


@dataclass(frozen=True)
class Identity:
    """Who signs: certificates in DER (signer first, then up to but without the root) and the operation of the key.

    `sign` takes the bytes to be signed and returns the signature with SHA-256; `algorithm` is its AlgorithmIdentifier;
    `longest` is the greatest length of a signature in bytes. The key itself may be in memory, a token or far away.
    """

    certificate: bytes
    chain: tuple[bytes, ...]
    algorithm: bytes
    longest: int
    sign: Callable[[bytes], bytes] = field(repr=False)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the signer's certificate in hex."""
        return hashlib.sha256(self.certificate).hexdigest()

    @property
    def name(self) -> str:
        """Return the common name of the signer, or the whole subject where there is none."""
        return common_name(x509.load_der_x509_certificate(self.certificate))

    def check_valid(self, at: datetime) -> None:
        """Raise CertificateExpired unless the certificate is valid at the moment `at`."""
        certificate = x509.load_der_x509_certificate(self.certificate)
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if not begin <= at <= end:
            raise CertificateExpired(name=self.name, begin=f"{begin:%d-%m-%Y}", end=f"{end:%d-%m-%Y}")


def common_name(certificate: x509.Certificate) -> str:
    """Return the common name of a certificate's subject, or the whole subject where there is none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def from_key(key: object, certificate: x509.Certificate, chain: Sequence[x509.Certificate]) -> Identity:
    """Return the identity of a key in memory; raises KeyMismatch, KeyUnusable. The key is never parsed again."""
    encoding = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise KeyUnusable
    if key.public_key().public_bytes(*encoding) != certificate.public_key().public_bytes(*encoding):
        raise KeyMismatch
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < 2048:
            raise KeyUnusable
        algorithm, longest, sign = der.RSA_WITH_SHA256, key.key_size // 8, _with_rsa(key)
    else:
        # SEQUENCE of two INTEGERs, each one byte longer than the field at most
        algorithm, longest, sign = der.ECDSA_WITH_SHA256, 2 * (key.key_size // 8 + 4) + 4, _with_ecdsa(key)
    own = certificate.public_bytes(Encoding.DER)
    others = (c.public_bytes(Encoding.DER) for c in chain if c.subject != c.issuer)
    return Identity(own, tuple(c for c in others if c != own), algorithm, longest, sign)


def _with_rsa(key: rsa.RSAPrivateKey) -> Callable[[bytes], bytes]:
    return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _with_ecdsa(key: ec.EllipticCurvePrivateKey) -> Callable[[bytes], bytes]:
    return lambda data: key.sign(data, ec.ECDSA(hashes.SHA256()))
