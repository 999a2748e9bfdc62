"""Makes the test authority: root, issuing CA, timestamp authority, OCSP responder; keys lie in files of mode 0600."""

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from backend import clock

MARK = "UJI COBA - TIDAK SAH"
POLICY = ObjectIdentifier("2.999.1")  # the arc that ITU-T X.660 keeps for examples
YEAR = timedelta(days=365)
Kind = Literal["root", "issuing", "tsa", "ocsp", "person", "seal"]
YEARS = {"root": 20, "issuing": 15, "tsa": 10, "ocsp": 10, "person": 2, "seal": 3}


@dataclass(frozen=True)
class Member:
    """One certificate of the authority with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """Return the certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)


def generate(folder: Path, port: int) -> None:
    """Make the authority in `folder`, serving at http://127.0.0.1:`port`; one that is there already is kept."""
    if (folder / "root.pem").exists():
        return
    growing = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(growing, ignore_errors=True)
    growing.mkdir(parents=True, mode=0o700)
    (growing / "authority.json").write_text(json.dumps({"port": port}))
    (growing / "revoked").mkdir()
    root = _keep(growing, "root", certify(name("Prasasti UJI COBA Root CA"), "root", None, port))
    issuing = _keep(growing, "issuing", certify(name("Prasasti UJI COBA Issuing CA"), "issuing", root, port))
    _keep(growing, "tsa", certify(name("Prasasti UJI COBA Timestamp Authority"), "tsa", issuing, port))
    _keep(growing, "ocsp", certify(name("Prasasti UJI COBA OCSP Responder"), "ocsp", issuing, port))
    growing.rename(folder)


def trust_anchor(folder: Path) -> Path:
    """Return the PEM file with the root certificate."""
    return folder / "root.pem"


def timestamp_url(folder: Path) -> str:
    """Return the address of the authority's timestamp service."""
    return f"http://127.0.0.1:{port_of(folder)}/tsa"


def port_of(folder: Path) -> int:
    """Return the port that the certificates name."""
    return int(json.loads((folder / "authority.json").read_text())["port"])


def load(folder: Path, member: str) -> Member:
    """Return a member of the authority by name: root, issuing, tsa or ocsp."""
    key = load_pem_private_key((folder / f"{member}.key").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(member)
    return Member(x509.load_pem_x509_certificate((folder / f"{member}.pem").read_bytes()), key)


def revoke(folder: Path, certificate: x509.Certificate, at: datetime) -> None:
    """Revoke a certificate from the moment `at`; OCSP and the next CRL say so."""
    (folder / "revoked" / f"{certificate.serial_number:x}").write_text(clock.to_text(at))


def revoked(folder: Path) -> dict[int, datetime]:
    """Return serial numbers of revoked certificates and since when."""
    return {int(p.name, 16): clock.from_text(p.read_text()) for p in (folder / "revoked").iterdir()}


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, complete or not at all."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    temporary.rename(path)


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a private key as PEM without passphrase; it belongs into a file of mode 0600."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def name(common: str, organisation: str | None = None) -> x509.Name:
    """Return a subject that says what it is: UJI COBA in its organisation or organisational unit."""
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "ID")]
    if organisation is None:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, MARK))
    else:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]))
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, MARK))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, common[:64]))
    return x509.Name(parts)


def certify(subject: x509.Name, kind: Kind, issuer: Member | None, port: int) -> Member:
    """Return a new P-256 key with a certificate of the given kind; without issuer it signs itself (RFC 5280)."""
    key = ec.generate_private_key(ec.SECP256R1())
    begin = clock.now().replace(microsecond=0) - timedelta(minutes=5)
    end = begin + YEARS[kind] * YEAR
    if issuer is not None:
        end = min(end, issuer.certificate.not_valid_after_utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )
    signing_key = key if issuer is None else issuer.key
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key())
    for extension, critical in (
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (authority, False),
        *_usage(kind),
        *([] if issuer is None else _addresses(kind, port)),
    ):
        builder = builder.add_extension(extension, critical)
    return Member(builder.sign(signing_key, hashes.SHA256()), key)


def _usage(kind: Kind) -> list[tuple[x509.ExtensionType, bool]]:
    """Return what the key may do: path length, key usage, extended key usage, policy."""
    is_ca = kind in {"root", "issuing"}
    length = {"root": 1, "issuing": 0}.get(kind)
    usage = x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=kind in {"person", "seal"},
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=is_ca, path_length=length), True),
        (usage, True),
    ]
    if kind == "tsa":
        found.append((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True))
    if kind == "ocsp":
        found.append((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False))
        found.append((x509.OCSPNoCheck(), False))
    if kind != "root":
        policy = ObjectIdentifier("2.5.29.32.0") if kind == "issuing" else POLICY
        found.append((x509.CertificatePolicies([x509.PolicyInformation(policy, None)]), False))
    return found


def _addresses(kind: Kind, port: int) -> list[tuple[x509.ExtensionType, bool]]:
    """Return where the issuer's certificate, its OCSP responder and its CRL are; the root keeps a CRL only."""
    issuer = "root" if kind == "issuing" else "issuing"
    base = f"http://127.0.0.1:{port}"
    access = [(AuthorityInformationAccessOID.CA_ISSUERS, f"{base}/ca/{issuer}.cer")]
    if issuer == "issuing":
        access.append((AuthorityInformationAccessOID.OCSP, f"{base}/ocsp"))
    descriptions = [x509.AccessDescription(oid, x509.UniformResourceIdentifier(url)) for oid, url in access]
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{base}/crl/{issuer}.crl")], None, None, None)
    return [(x509.AuthorityInformationAccess(descriptions), False), (x509.CRLDistributionPoints([point]), False)]


def _keep(folder: Path, member: str, made: Member) -> Member:
    write_secret(folder / f"{member}.key", private_pem(made.key))
    (folder / f"{member}.pem").write_bytes(made.pem)
    return made
