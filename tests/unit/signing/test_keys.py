"""Key files and keys: what is refused before anything is signed, and what signs in a way that others can verify."""

import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from backend import clock
from backend.signing.apply import Place, apply
from backend.signing.backends.pkcs12 import unlock
from backend.signing.identity import KeyMismatch, KeyUnusable, from_key
from backend.signing.refusals import PdfUnreadable
from backend.signing.seal import Sealer, SealMissing
from backend.signing.signer import Answer, WrongPassphrase
from tests.authority import HEAD, PASSPHRASE, People, document

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def _certificate(key: Key) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Rekaan")])
    now: datetime = clock.now()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())],
    ids=["RSA-2048", "P-384"],
)
def test_other_keys_than_ours_sign_validly(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    identity = from_key(key, _certificate(key), [])
    signed = apply(Place(document(), HEAD), identity, None, clock.now)
    (signature,) = PdfFileReader(io.BytesIO(signed.pdf)).embedded_signatures
    state = validate_pdf_signature(signature, ValidationContext(trust_roots=[signature.signer_cert]))
    assert state.bottom_line


def test_keys_that_readers_do_not_verify_are_refused() -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 because it is to be refused
    for key in (ed25519.Ed25519PrivateKey.generate(), weak):
        with pytest.raises(KeyUnusable):
            from_key(key, _certificate(key), [])


def test_a_key_of_another_certificate_is_refused() -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(KeyMismatch):
        from_key(key, _certificate(other), [])


def test_a_damaged_key_file_is_told_from_a_wrong_passphrase(parties: People) -> None:
    for passphrase in ("", "salah", PASSPHRASE + " "):
        with pytest.raises(WrongPassphrase):
            unlock(parties.head.p12, Answer(passphrase))
    for damaged in (b"", b"bukan kunci", parties.head.p12[:-20]):
        with pytest.raises(KeyUnusable):
            unlock(damaged, Answer(PASSPHRASE))


def test_a_key_file_without_certificate_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    p12 = pkcs12.serialize_key_and_certificates(b"x", key, None, None, BestAvailableEncryption(PASSPHRASE.encode()))
    with pytest.raises(KeyUnusable):
        unlock(p12, Answer(PASSPHRASE))


def test_a_seal_without_key_is_refused_by_name(tmp_path: Path, parties: People) -> None:
    with pytest.raises(SealMissing):
        Sealer(tmp_path / "none.key", parties.seal.certificate, None).seal(document())
    (tmp_path / "bad.key").write_bytes(b"bukan kunci")
    with pytest.raises(KeyUnusable):
        Sealer(tmp_path / "bad.key", parties.seal.certificate, None).seal(document())


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n", document()[:-30], b"bukan PDF" * 200])
def test_what_is_no_pdf_is_not_sealed(parties: People, pdf: bytes) -> None:
    with pytest.raises(PdfUnreadable):
        Sealer(parties.seal.key, parties.seal.certificate, None).seal(pdf)
