"""Sign one document (PAdES B-B, visible field, key in memory): ours, pyHanko as it comes, cryptography alone."""

import hashlib
import io
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from backend import clock
from backend.documents.render import Rendered
from backend.signing.apply import Place, apply
from backend.signing.identity import from_key
from backend.signing.testpki import authority
from benchmarks.measure import Contender

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Holder:
    """A key, its certificate and the issuer's."""

    key: Key
    certificate: x509.Certificate
    issuer: x509.Certificate


def contenders(folder: Path, rendered: Rendered) -> list[Contender]:
    """Return all contenders for P-256 and RSA-2048; `folder` holds a test authority."""
    curve = _holder(folder, ec.generate_private_key(ec.SECP256R1()))
    classic = _holder(folder, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return [*_with(curve, rendered, "P-256"), *_with(classic, rendered, "RSA-2048")]


def _with(holder: Holder, rendered: Rendered, kind: str) -> list[Contender]:
    work = f"sign one document, B-B, {kind}"
    identity = from_key(holder.key, holder.certificate, [holder.issuer])
    field = next(iter(rendered.faces))
    place = Place(rendered.pdf, field, rendered.faces[field])
    reference = _pyhanko(holder)
    return [
        Contender(work, "Prasasti", lambda: apply(place, identity, None, clock.now)),
        Contender(work, "pyHanko, defaults", lambda: _sign_with_pyhanko(reference, rendered.pdf, field)),
        Contender(work, "cryptography alone", lambda: identity.sign(hashlib.sha256(rendered.pdf).digest())),
    ]


def _holder(folder: Path, key: Key) -> Holder:
    issuing = authority.load(folder, "issuing")
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(authority.name("Penanda Tangan Karangan"))
        .issuer_name(issuing.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .sign(issuing.key, hashes.SHA256())
    )
    return Holder(key, certificate, issuing.certificate)


def _pyhanko(holder: Holder) -> signers.SimpleSigner:
    secret = holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    own, issuer = (
        asn1_x509.Certificate.load(c.public_bytes(Encoding.DER)) for c in (holder.certificate, holder.issuer)
    )
    store = SimpleCertificateStore.from_certs([own, issuer])
    return signers.SimpleSigner(own, asn1_keys.PrivateKeyInfo.load(secret), store)


def _sign_with_pyhanko(signer: signers.SimpleSigner, pdf: bytes, field: str) -> None:
    metadata = signers.PdfSignatureMetadata(field_name=field, subfilter=fields.SigSeedSubFilter.PADES)
    signers.PdfSigner(metadata, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
