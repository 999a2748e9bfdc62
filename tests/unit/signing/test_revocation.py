"""Only the right authority's fresh answer about the right certificate is a proof; everything else is none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from backend import clock
from backend.signing import testpki
from backend.signing.fetch import Fetcher, Unreachable
from backend.signing.refusals import CertificateRevoked
from backend.signing.revocation import NoProof, Revocations
from backend.signing.revocation_proof import Question, Unproven, check_crl, check_ocsp
from backend.signing.testpki import authority
from backend.signing.testpki.responder import Responder
from tests.authority import PASSPHRASE, free_port

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("quiet") / "testpki"
    testpki.generate(made, free_port())
    return made


@pytest.fixture
def question(folder: Path) -> Question:
    return _question(folder)


def _question(folder: Path) -> Question:
    issued = testpki.issue_person(folder, "Rekaan", "Contoh", PASSPHRASE)
    store = pkcs12.load_pkcs12(issued.p12, PASSPHRASE.encode())
    assert store.cert is not None
    now = clock.now().replace(microsecond=0)
    return Question(store.cert.certificate, store.additional_certs[0].certificate, now, now)


def test_a_good_answer_is_a_proof(folder: Path, question: Question) -> None:
    made, until = check_ocsp(Responder(folder).status(question.request), question)
    assert made <= question.now + timedelta(seconds=5) < until
    check_crl(Responder(folder).crl("issuing") or b"", question)


@pytest.mark.parametrize("hours", [-1, 0])
def test_a_certificate_revoked_by_then_is_refused(folder: Path, question: Question, hours: int) -> None:
    testpki.revoke(folder, question.certificate, question.used + hours * HOUR)
    with pytest.raises(CertificateRevoked):
        check_ocsp(Responder(folder).status(question.request), question)
    with pytest.raises(CertificateRevoked):
        check_crl(Responder(folder).crl("issuing") or b"", question)


def test_a_certificate_revoked_later_was_good_then(folder: Path, question: Question) -> None:
    testpki.revoke(folder, question.certificate, question.used + HOUR)
    check_ocsp(Responder(folder).status(question.request), question)
    check_crl(Responder(folder).crl("issuing") or b"", question)


def test_answers_of_others_about_others_or_of_another_time_prove_nothing(
    folder: Path, question: Question, tmp_path: Path
) -> None:
    testpki.generate(tmp_path / "stranger", free_port())
    stranger, ours = Responder(tmp_path / "stranger"), Responder(folder)
    late = replace(question, now=question.now + timedelta(days=30))
    early = replace(question, now=question.now - timedelta(days=30))
    good = ours.status(question.request)
    answers: list[tuple[bytes, Question]] = [
        (stranger.status(question.request), question),
        (ours.status(_question(folder).request), question),
        (good, late),
        (good, early),
        (_flipped(good), question),
        (ours.status(b"?"), question),
        (b"", question),
    ]
    for answer, asked in answers:
        with pytest.raises(Unproven):
            check_ocsp(answer, asked)
    listed = ours.crl("issuing") or b""
    lists = [
        (stranger.crl("issuing"), question),
        (ours.crl("root"), question),
        (listed, late),
        (_flipped(listed), question),
    ]
    for found, asked in lists:
        with pytest.raises(Unproven):
            check_crl(found or b"", asked)


def test_a_responder_whose_certificate_is_over_proves_nothing(
    folder: Path, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(authority.YEARS, "ocsp", 0)
    responder = Responder(folder)
    responder._ocsp = authority.certify(authority.name("Rekaan"), "ocsp", authority.load(folder, "issuing"), 1)
    with pytest.raises(Unproven):
        check_ocsp(responder.status(question.request), question)


def test_where_the_responder_is_away_the_list_is_taken(folder: Path, question: Question) -> None:
    responder = Responder(folder)
    found = Revocations(_Wire(get=lambda url: responder.crl(url.rpartition("/")[2][:-4]) or b"")).evidence(
        _chain(folder, question), question.used
    )
    assert (len(found.ocsps), len(found.crls)) == (0, 2)


def test_where_nobody_answers_there_is_no_proof(folder: Path, question: Question) -> None:
    with pytest.raises(NoProof):
        Revocations(_Wire()).evidence(_chain(folder, question), question.used)


class _Wire(Fetcher):
    """A network in which only `get` may work."""

    def __init__(self, get: Callable[[str], bytes] | None = None) -> None:
        super().__init__()
        self._get = get

    def post(self, url: str, body: bytes, media_type: str) -> bytes:
        raise Unreachable(f"{url}: {len(body)} bytes of {media_type}")

    def get(self, url: str) -> bytes:
        if self._get is None:
            raise Unreachable(url)
        return self._get(url)


def _chain(folder: Path, question: Question) -> list[bytes]:
    root = x509.load_pem_x509_certificate(testpki.trust_anchor(folder).read_bytes())
    return [c.public_bytes(Encoding.DER) for c in (question.certificate, question.issuer, root)]


def _flipped(answer: bytes) -> bytes:
    middle = len(answer) // 8
    return answer[:middle] + bytes([answer[middle] ^ 1]) + answer[middle + 1 :]
