"""A small invented PKI for signed test files: any date, any fault, no network. Names are invented and look it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign import signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
SHA256 = hashes.SHA256()


@dataclass
class Member:
    """One certificate with its key and the member that issued it (None for a root)."""

    certificate: x509.Certificate
    key: Any
    issuer: "Member | None" = None
    revoked_at: datetime | None = None

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.der)

    @property
    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return asn1_keys.PrivateKeyInfo.load(self.key.private_bytes(*form))

    def signer(self, **options: Any) -> signers.SimpleSigner:
        """Return pyHanko's signer for this member, its issuers inside."""
        return signers.SimpleSigner(self.asn1, self.asn1_key, _store(self), **options)

    def stamper(self, at: datetime = NOW) -> DummyTimeStamper:
        """Return pyHanko's own TSA with this member's key and a clock that stands at `at`."""
        return DummyTimeStamper(self.asn1, self.asn1_key, _store(self), fixed_dt=at)


def _store(member: Member) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    above = member.issuer
    while above is not None:
        store.register(above.asn1)
        above = above.issuer
    return store


def name(common: str, organisation: str = "Lembaga Rekaan", **more: str) -> x509.Name:
    """Return a subject; `more` may give `identifier` (organizationIdentifier) and `given`."""
    parts = [(NameOID.COUNTRY_NAME, "ID"), (NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common)]
    if "identifier" in more:
        parts.append((NameOID.ORGANIZATION_IDENTIFIER, more["identifier"]))
    if "given" in more:
        parts.append((NameOID.GIVEN_NAME, more["given"]))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


@dataclass
class Kind:
    """What a certificate is for."""

    authority: bool = False
    path_length: int | None = None
    purposes: tuple[x509.ObjectIdentifier, ...] = ()
    critical_purposes: bool = False
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = ()
    digest: Any = field(default_factory=hashes.SHA256)


PERSON, AUTHORITY = Kind(), Kind(authority=True)
STAMPS = Kind(purposes=(ExtendedKeyUsageOID.TIME_STAMPING,), critical_purposes=True)
OCSP = Kind(purposes=(ExtendedKeyUsageOID.OCSP_SIGNING,), extra=((x509.OCSPNoCheck(), False),))


def issue(
    subject: x509.Name,
    kind: Kind = PERSON,
    issuer: Member | None = None,
    valid: tuple[datetime, datetime] = (NOW - YEAR, NOW + YEAR),
    key: Any = None,
) -> Member:
    """Issue a certificate; a root where no issuer is given."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(ca=kind.authority, path_length=kind.path_length), critical=True)
        .add_extension(_usage(authority=kind.authority), critical=True)
    )
    if kind.purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(kind.purposes), critical=kind.critical_purposes)
    for extension, critical in kind.extra:
        builder = builder.add_extension(extension, critical)
    return Member(builder.sign(issuer.key if issuer else key, kind.digest), key, issuer)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


class Pki:
    """Root, issuing authority, TSA, OCSP responder, and people."""

    def __init__(self, mark: str = "") -> None:
        self.root = issue(name(f"Root CA Rekaan {mark}".strip()), AUTHORITY, valid=(NOW - 9 * YEAR, NOW + 20 * YEAR))
        self.authority = issue(name("CA Rekaan"), AUTHORITY, self.root, (NOW - 8 * YEAR, NOW + 10 * YEAR))
        self.tsa = self.stamper_of(NOW + 5 * YEAR)
        self.ocsp = issue(name("OCSP Rekaan"), OCSP, self.authority, (NOW - 5 * YEAR, NOW + 5 * YEAR))

    def person(self, common: str = "Rr. Contoh Wulandari", **more: Any) -> Member:
        return issue(name(common), issuer=self.authority, **more)

    def stamper_of(self, until: datetime, issuer: Member | None = None) -> Member:
        """Issue a TSA (RSA: pyHanko's own TSA knows nothing else)."""
        above = issuer or self.authority
        return issue(name("TSA Rekaan"), STAMPS, above, (NOW - 5 * YEAR, until), rsa_key(2048))

    def answer(self, member: Member, at: datetime = NOW, lasts: timedelta = timedelta(days=7)) -> bytes:
        """Return an OCSP response about a member, DER."""
        assert member.issuer
        good = member.revoked_at is None
        response = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                member.certificate,
                member.issuer.certificate,
                hashes.SHA1(),  # noqa: S303  because OCSP names certificates by it (RFC 6960 clause 4.3)
                ocsp.OCSPCertStatus.GOOD if good else ocsp.OCSPCertStatus.REVOKED,
                at,
                at + lasts,
                member.revoked_at,
                None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.ocsp.certificate)
            .certificates([self.ocsp.certificate])
            .sign(self.ocsp.key, SHA256)
        )
        return response.public_bytes(serialization.Encoding.DER)

    def revocations(self, issuer: Member, members: tuple[Member, ...] = (), at: datetime = NOW) -> bytes:
        """Return a CRL of an issuer, DER."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.certificate.subject)
            .last_update(at)
            .next_update(at + timedelta(days=30))
        )
        for member in members:
            entry = x509.RevokedCertificateBuilder().serial_number(member.certificate.serial_number)
            assert member.revoked_at
            builder = builder.add_revoked_certificate(entry.revocation_date(member.revoked_at).build())
        return builder.sign(issuer.key, SHA256).public_bytes(serialization.Encoding.DER)
