"""Invented people with keys of several kinds, certified by the test authority, in PKCS#12 files for foreign signers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from backend.signing.testpki.authority import certify, load, name, port_of

PASSPHRASE = "sandi karangan 17"
NAMES = {
    "rsa": "Contoh Rangga Karangan",
    "p256": "Contoh Purnama Rekaan",
    "p384": "Contoh Pertiwi Rekaan",
    "ed25519": "Contoh Edelweis Rekaan",
}


@dataclass(frozen=True)
class Person:
    """A key file with all issuers, one that certifies itself (forge knows nothing but RSA), and the certificate."""

    p12: Path
    alone: Path
    certificate: x509.Certificate


def people(authority: Path, folder: Path) -> dict[str, Person]:
    """Return one person for each kind of key, with his key file in `folder`."""
    return {kind: _person(authority, folder, kind) for kind in NAMES}


def _person(authority: Path, folder: Path, kind: str) -> Person:
    issuing = load(authority, "issuing")
    pattern = certify(name(NAMES[kind], "Kabupaten Contoh"), "person", issuing, port_of(authority)).certificate
    key = _key(kind)
    builder = (
        x509.CertificateBuilder(pattern.issuer, pattern.subject, key.public_key(), pattern.serial_number)
        .not_valid_before(pattern.not_valid_before_utc)
        .not_valid_after(pattern.not_valid_after_utc)
    )
    for extension in pattern.extensions:
        value = extension.value
        if isinstance(value, x509.SubjectKeyIdentifier):
            value = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(value, extension.critical)
    made = builder.sign(issuing.key, hashes.SHA256())
    issuers = [issuing.certificate, load(authority, "root").certificate]
    own = x509.CertificateBuilder(made.subject, made.subject, key.public_key(), made.serial_number)
    own = own.not_valid_before(made.not_valid_before_utc).not_valid_after(made.not_valid_after_utc)
    alone = own.sign(key, None if kind == "ed25519" else hashes.SHA256())
    return Person(
        _kept(folder / f"{kind}.p12", key, made, issuers), _kept(folder / f"{kind}-alone.p12", key, alone, []), made
    )


def _kept(path: Path, key: Any, certificate: x509.Certificate, issuers: list[x509.Certificate]) -> Path:
    lock = BestAvailableEncryption(PASSPHRASE.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"kunci", key, certificate, issuers, lock))
    return path


def _key(kind: str) -> Any:
    match kind:
        case "rsa":
            return rsa.generate_private_key(65537, 2048)
        case "p384":
            return ec.generate_private_key(ec.SECP384R1())
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            return ec.generate_private_key(ec.SECP256R1())
