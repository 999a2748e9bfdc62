"""Containers of every length are read in no time, and nothing that is not exactly signed is believed."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from backend import clock
from backend.signing.cms import Container
from backend.signing.identity import Identity, from_key
from backend.signing.signed_data import Broken, digest, read

CONTENT = [b"isi ", b"naskah"]
KEY = rsa.generate_private_key(65537, 2048)


def _identity(name: str, serial: int) -> Identity:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = clock.now()
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(KEY.public_key())
    builder = builder.serial_number(serial).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return from_key(KEY, builder.sign(KEY, hashes.SHA256()), [])


def _signed(identity: Identity) -> bytes:
    return Container(identity).sign(digest("sha256", CONTENT))


def _of_length(low_byte: int) -> bytes:
    """Return a container whose stated length ends with this byte."""
    for serial_bytes in range(1, 20):
        for letters in range(1, 64):
            found = _signed(_identity("x" * letters, 1 << (8 * serial_bytes - 2)))
            if found[3] == low_byte:
                return found
    raise AssertionError("no such length")


def test_a_length_that_looks_indefinite_costs_nothing() -> None:
    """asn1crypto takes a length ending with 0x80 for an indefinite one, and spends minutes on encoding it anew."""
    container = _of_length(0x80)
    assert read(container, CONTENT).name.startswith("x")
    assert read(container + bytes(100), CONTENT).name.startswith("x")


def test_a_container_that_names_another_certificate_is_broken() -> None:
    mine, other = _identity("Rekaan", 5), _identity("Karangan", 6)
    attributes = Container(other).attributes(digest("sha256", CONTENT))
    swapped = Container(mine).assemble(attributes, mine.sign(attributes))
    with pytest.raises(Broken, match="signature-invalid"):
        read(swapped, CONTENT)


def test_other_content_another_byte_or_junk_behind_is_broken() -> None:
    container = _signed(_identity("Rekaan", 5))
    assert read(container, CONTENT).references_certificate
    with pytest.raises(Broken, match="digest-mismatch"):
        read(container, [b"isi naskah lain"])
    for wrong in (container + b"junk", container[:-1], b"", b"\x30\x80", container[:-5] + bytes(5)):
        with pytest.raises(Broken, match="signature-invalid"):
            read(wrong, CONTENT)
