"""The whole way of a real document: rendered, sealed, signed by both parties, archived; judged by programs not ours."""

import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from backend import clock
from backend.documents.render import render
from backend.signing import acceptance
from backend.signing.archive import Archivist
from backend.signing.backends.pkcs12 import Pkcs12Signer
from backend.signing.revocation import Revocations
from backend.signing.seal import FIELD, Sealer
from backend.signing.signer import Answer, Assignment, Challenge, Signed
from backend.signing.trust import Trust
from tests.authority import PASSPHRASE, people, running

TEMPLATE = Path(__file__).parents[3] / "templates" / "mou" / "smart-city"
SLOTS = (("ttd-pihak-kedua", "kepala"), ("ttd-pihak-kesatu", "pejabat"))
ROUND = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Way:
    """All revisions of one document, oldest first, and the root they lead to."""

    revisions: tuple[bytes, ...]
    anchor: bytes

    @property
    def last(self) -> bytes:
        return self.revisions[-1]


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    folder = tmp_path_factory.mktemp("way")
    rendered = render(TEMPLATE, json.loads((TEMPLATE / "example.json").read_text()), ROUND, mark="UJI COBA - TIDAK SAH")
    with running(folder / "testpki") as authority:
        parties, trust = people(authority, folder / "people"), Trust([authority.anchor])
        sealer = Sealer(parties.seal.key, parties.seal.certificate, authority.timestamps)
        signer = Pkcs12Signer(parties.folder, authority.timestamps)
        revisions = [rendered.pdf, _accepted(rendered.pdf, sealer.seal(rendered.pdf), FIELD, trust)]
        for field, key in SLOTS:
            base = revisions[-1]
            challenge = signer.begin(Assignment(base, field, rendered.faces[field], None, key))
            assert isinstance(challenge, Challenge)
            revisions.append(_accepted(base, signer.finish(challenge, Answer(PASSPHRASE)), field, trust))
        archived = Archivist(authority.timestamps, Revocations(authority.fetcher), trust).archive(revisions[-1])
        acceptance.check_archived(revisions[-1], archived.pdf, at=clock.now(), trust=trust)
        yield Way((*revisions, archived.pdf), authority.anchor)


def _accepted(base: bytes, signed: Signed, field: str, trust: Trust) -> bytes:
    check = acceptance.check_sealed if field == FIELD else acceptance.check_signed
    wanted = signed.certificate_sha256
    accepted = check(base, signed.pdf, field=field, certificate_sha256=wanted, at=clock.now(), trust=trust)
    assert accepted.level == "B-T"
    return signed.pdf


def test_every_revision_extends_the_one_before(way: Way) -> None:
    for before, after in zip(way.revisions[:-1], way.revisions[1:], strict=True):
        assert after.startswith(before)


def test_pyhanko_finds_three_signatures_and_no_change_beyond_them(way: Way) -> None:
    root = x509.Certificate.load(pem.unarmor(way.anchor)[2])
    reader = PdfFileReader(io.BytesIO(way.last))
    found = {s.field_name: s for s in reader.embedded_regular_signatures}
    assert set(found) == {FIELD, *(field for field, _ in SLOTS)}
    for signature in found.values():
        signer, stamper = (ValidationContext(trust_roots=[root], allow_fetching=False) for _ in range(2))
        state = validate_pdf_signature(signature, signer, stamper)
        assert state.bottom_line, state.pretty_print_details()
    assert found[FIELD].docmdp_level is not None
    assert found[FIELD].docmdp_level.value == 2
    (stamp,) = reader.embedded_timestamp_signatures
    stamp.compute_integrity_info()
    assert stamp.coverage == SignatureCoverageLevel.ENTIRE_FILE


def test_the_signed_faces_are_those_drawn_at_freezing_and_metadata_stay(way: Way) -> None:
    before, after = (PdfFileReader(io.BytesIO(pdf)) for pdf in (way.revisions[0], way.last))
    for reader, words in ((before, False), (after, True)):
        fields = {str(f.get_object()["/T"]): f.get_object() for f in reader.root["/AcroForm"]["/Fields"]}
        faces = [fields[name]["/AP"]["/N"] for name, _ in SLOTS]
        assert all("/Filter" not in face for face in faces)
        assert [face.data in way.revisions[0] for face in faces] == [not words, not words]
    assert before.root["/Metadata"].data == after.root["/Metadata"].data
    assert str(before.trailer["/ID"][0]) == str(after.trailer["/ID"][0])


@pytest.mark.needs("qpdf")
def test_qpdf_finds_nothing_wrong(way: Way, tmp_path: Path) -> None:
    for number, revision in enumerate(way.revisions):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(revision)
        subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)


@pytest.mark.needs("pdfsig")
def test_poppler_finds_every_signature_valid(way: Way, tmp_path: Path) -> None:
    path = tmp_path / "last.pdf"
    path.write_bytes(way.last)
    told = subprocess.run(["pdfsig", "-nocert", path], check=False, capture_output=True, text=True).stdout
    entries = [entry for entry in told.split("Signature #")[1:] if "ETSI.CAdES.detached" in entry]
    assert len(entries) == 3
    assert all("Signature is Valid." in entry for entry in entries)
