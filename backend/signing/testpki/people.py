"""Issues certificates of the test authority to people (as PKCS#12) and to the ministry's seal (as PEM files)."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from backend.signing.testpki.authority import certify, load, name, port_of, private_pem, write_secret


@dataclass(frozen=True)
class Issued:
    """A key file for one person, locked with his passphrase."""

    p12: bytes = field(repr=False)
    certificate_sha256: str


@dataclass(frozen=True)
class Seal:
    """Where the seal's private key (mode 0600) and its certificates (own first, then issuer) lie, both PEM."""

    key: Path
    certificate: Path
    certificate_sha256: str


def issue_person(folder: Path, person: str, organisation: str, passphrase: str) -> Issued:
    """Return a new key file for `person` of `organisation`; the private key is kept nowhere else."""
    issuing = load(folder, "issuing")
    made = certify(name(person, organisation), "person", issuing, port_of(folder))
    lock = BestAvailableEncryption(passphrase.encode())
    p12 = pkcs12.serialize_key_and_certificates(
        person.encode(), made.key, made.certificate, [issuing.certificate], lock
    )
    return Issued(p12, _sha256(made.certificate))


def issue_seal(folder: Path, organisation: str) -> Seal:
    """Return the seal of `organisation`, made on the first call and kept as `seal.key` and `seal.pem` in `folder`."""
    key, certificate = folder / "seal.key", folder / "seal.pem"
    if not certificate.exists():
        issuing = load(folder, "issuing")
        subject = name(f"Segel Elektronik {organisation}", organisation)
        made = certify(subject, "seal", issuing, port_of(folder))
        write_secret(key, private_pem(made.key))
        write_secret(certificate, made.pem + issuing.pem)
    own = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    return Seal(key, certificate, _sha256(own))


def _sha256(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
