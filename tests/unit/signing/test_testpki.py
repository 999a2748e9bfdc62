"""The test authority: keys nobody else can read, names that say UJI COBA, a service that ends when told to."""

import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from backend.signing import testpki
from backend.signing.fetch import Fetcher, Unreachable
from tests.authority import PASSPHRASE, Authority, free_port


def test_secret_keys_are_readable_by_their_owner_only(authority: Authority) -> None:
    keys = list(authority.folder.glob("*.key"))
    assert {path.stem for path in keys} >= {"root", "issuing", "tsa", "ocsp"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
    assert stat.S_IMODE(authority.folder.stat().st_mode) == 0o700


def test_an_authority_that_is_there_is_kept(authority: Authority) -> None:
    before = {path: path.read_bytes() for path in authority.folder.rglob("*") if path.is_file()}
    testpki.generate(authority.folder, 1)
    assert {path: path.read_bytes() for path in authority.folder.rglob("*") if path.is_file()} == before


def test_every_certificate_says_uji_coba(authority: Authority) -> None:
    issued = testpki.issue_person(authority.folder, "Rekaan " * 20, "Kabupaten Contoh", PASSPHRASE)
    store = pkcs12.load_pkcs12(issued.p12, PASSPHRASE.encode())
    assert store.cert is not None
    found = [store.cert.certificate, *(c.certificate for c in store.additional_certs)]
    for path in authority.folder.glob("*.pem"):
        found += x509.load_pem_x509_certificates(path.read_bytes())
    assert len(found) >= 6
    assert all("UJI COBA" in certificate.subject.rfc4514_string() for certificate in found)


def test_the_seal_is_made_once(authority: Authority) -> None:
    first = testpki.issue_seal(authority.folder, "Kementerian Contoh Digital")
    assert testpki.issue_seal(authority.folder, "Kementerian Lain") == first


def test_the_service_answers_and_ends_on_sigterm(tmp_path: Path) -> None:
    port = free_port()
    testpki.generate(tmp_path / "testpki", port)
    code = "import sys, pathlib; from backend.signing.testpki.serve import run; "
    code += "run(pathlib.Path(sys.argv[1]), '127.0.0.1', int(sys.argv[2]))"
    arguments = [sys.executable, "-c", code, str(tmp_path / "testpki"), str(port)]
    with subprocess.Popen(arguments) as process, Fetcher() as fetcher:
        try:
            certificate = _eventually(fetcher, f"http://127.0.0.1:{port}/ca/root.cer")
            assert x509.load_der_x509_certificate(certificate).subject.rfc4514_string().count("UJI COBA") == 2
            with pytest.raises(Unreachable):
                fetcher.get(f"http://127.0.0.1:{port}/ca/seal.cer")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def _eventually(fetcher: Fetcher, url: str) -> bytes:
    for _ in range(100):
        try:
            return fetcher.get(url)
        except Unreachable:
            time.sleep(0.1)
    raise TimeoutError(url)
