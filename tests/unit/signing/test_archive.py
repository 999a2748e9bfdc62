"""An archived document proves itself without any service; if one is away, nothing is done and it is tried again."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore

from backend import clock
from backend.signing import testpki
from backend.signing.acceptance import check_archived
from backend.signing.archive import ArchiveUnavailable, Archivist
from backend.signing.backends.pkcs12 import Pkcs12Signer
from backend.signing.fetch import Fetcher
from backend.signing.refusals import CertificateRevoked, IssuerUnknown, SignatureInvalid
from backend.signing.revocation import Revocations
from backend.signing.signer import Answer, Assignment, Challenge
from backend.signing.timestamps import Timestamps
from backend.signing.trust import Trust
from tests.authority import FACE, HEAD, PASSPHRASE, Authority, People, document, free_port, running


def _signed_without_time(people: People, base: bytes) -> bytes:
    signer = Pkcs12Signer(people.folder, None)
    challenge = signer.begin(Assignment(base, HEAD, FACE, None, people.head.key))
    assert isinstance(challenge, Challenge)
    return signer.finish(challenge, Answer(PASSPHRASE)).pdf


def test_every_signature_can_be_proven_offline_with_what_the_file_holds(
    completed: bytes, archivist: Archivist, authority: Authority
) -> None:
    archived = archivist.archive(completed)
    assert archived.pdf.startswith(completed)
    assert archived.level == "B-LTA"
    reader = PdfFileReader(io.BytesIO(archived.pdf))
    root = asn1.Certificate.load(pem.unarmor(authority.anchor)[2])
    store = DocumentSecurityStore.read_dss(reader)
    wanted = {"trust_roots": [root], "allow_fetching": False, "revocation_mode": "require"}
    names = []
    for signature in reader.embedded_regular_signatures:
        signer, stamper = (store.as_validation_context(wanted) for _ in range(2))
        assert validate_pdf_signature(signature, signer, stamper).bottom_line
        names.append(signature.field_name)
    assert len(names) == 3
    assert len(reader.embedded_timestamp_signatures) == 1


def test_archiving_again_keeps_what_is_inside_and_adds_a_stamp(completed: bytes, archivist: Archivist) -> None:
    once = archivist.archive(completed)
    twice = archivist.archive(once.pdf)
    assert twice.pdf.startswith(once.pdf)
    reader = PdfFileReader(io.BytesIO(twice.pdf))
    assert [s.field_name for s in reader.embedded_timestamp_signatures] == [
        "stempel-waktu-arsip",
        "stempel-waktu-arsip-2",
    ]


def test_a_signature_without_time_gets_one_later(
    sealed: bytes, parties: People, archivist: Archivist, trust: Trust
) -> None:
    bare = _signed_without_time(parties, sealed)
    stamped = archivist.stamp(bare)
    assert stamped.level == "B-T"
    assert check_archived(bare, stamped.pdf, at=clock.now(), trust=trust).timestamp_at == stamped.timestamp_at
    check_archived(stamped.pdf, archivist.archive(stamped.pdf).pdf, at=clock.now(), trust=trust)


def test_an_absent_service_is_told_and_nothing_is_done(
    completed: bytes, authority: Authority, trust: Trust, tmp_path: Path
) -> None:
    nobody = Timestamps(f"http://127.0.0.1:{free_port()}/tsa", authority.fetcher)
    with pytest.raises(ArchiveUnavailable):
        Archivist(nobody, Revocations(authority.fetcher), trust).archive(completed)
    testpki.generate(tmp_path / "silent", free_port())
    silent = Trust([testpki.trust_anchor(tmp_path / "silent").read_bytes()])
    p12 = testpki.issue_person(tmp_path / "silent", "Rekaan", "Contoh", PASSPHRASE).p12
    (tmp_path / "kunci.p12").write_bytes(p12)
    signer = Pkcs12Signer(tmp_path, None)
    challenge = signer.begin(Assignment(document(), HEAD, None, None, "kunci"))
    assert isinstance(challenge, Challenge)
    signed = signer.finish(challenge, Answer(PASSPHRASE)).pdf
    with pytest.raises(ArchiveUnavailable):
        Archivist(authority.timestamps, Revocations(authority.fetcher), silent).archive(signed)


def test_a_certificate_revoked_before_it_was_used_is_refused_and_one_revoked_later_is_not(tmp_path: Path) -> None:
    with running(tmp_path / "testpki") as authority:
        issued = testpki.issue_person(authority.folder, "Rekaan", "Contoh", PASSPHRASE)
        (tmp_path / "kunci.p12").write_bytes(issued.p12)
        signer = Pkcs12Signer(tmp_path, authority.timestamps)
        challenge = signer.begin(Assignment(document(), HEAD, None, None, "kunci"))
        assert isinstance(challenge, Challenge)
        signed = signer.finish(challenge, Answer(PASSPHRASE))
        certificate = _certificate_in(signed.pdf)
        trust = Trust([authority.anchor])

        def archive() -> None:
            Archivist(authority.timestamps, Revocations(authority.fetcher), trust).archive(signed.pdf)

        testpki.revoke(authority.folder, certificate, signed.signed_at - timedelta(hours=1))
        with pytest.raises(CertificateRevoked):
            archive()
        testpki.revoke(authority.folder, certificate, signed.signed_at + timedelta(hours=1))
        archive()


def test_a_broken_or_foreign_signature_is_not_archived(
    completed: bytes, sealed: bytes, archivist: Archivist, authority: Authority, tmp_path: Path
) -> None:
    place = len(sealed) + 400
    broken = bytearray(completed)
    broken[completed.index(b"Ditandatangani", place)] ^= 1
    with pytest.raises(SignatureInvalid):
        archivist.archive(bytes(broken))
    testpki.generate(tmp_path / "other", free_port())
    stranger = Trust([testpki.trust_anchor(tmp_path / "other").read_bytes()])
    with pytest.raises(IssuerUnknown):
        Archivist(authority.timestamps, Revocations(authority.fetcher), stranger).archive(completed)


def test_answers_serve_again_only_for_older_signatures(completed: bytes, authority: Authority, trust: Trust) -> None:
    class Counting(Fetcher):
        asked: list[str]

        def post(self, url: str, body: bytes, media_type: str) -> bytes:
            self.asked.append(url.rpartition("/")[2])
            return super().post(url, body, media_type)

    with Counting() as fetcher:
        fetcher.asked = []
        archivist = Archivist(authority.timestamps, Revocations(fetcher), trust)
        archivist.archive(completed)
        assert fetcher.asked.count("ocsp") == 4  # seal, head, official, timestamp authority
        archivist.archive(completed)
        assert fetcher.asked.count("ocsp") <= 5  # only the authority that stamps now may have to be asked again


def _certificate_in(pdf: bytes) -> x509.Certificate:
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return x509.load_der_x509_certificate(signature.signer_cert.dump())
