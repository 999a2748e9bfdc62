"""What is printed fits what the templates declare: no document and no minutes fail for want of a fact."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend import regions
from backend.ceremonies import printed
from backend.ceremonies.ceremony import CeremonyStatus, WitnessStatus
from backend.ceremonies.document import Document, DocumentStatus, SlotStatus
from backend.documents import minutes, template
from backend.people.person import Part
from backend.settings import bundled
from tests import factories
from tests.factories import AT, LATER, hex_of

MOU = template.load(bundled("templates") / "mou" / "smart-city")
MINUTES = minutes.load(bundled("templates") / "minutes" / "berita-acara")
CEREMONY = factories.ceremony(
    status=CeremonyStatus.CLOSED, opened_at=AT, closed_at=AT + timedelta(hours=2), zone="Asia/Jayapura"
)
HEAD = factories.person(CEREMONY.id)
OFFICIAL = factories.person(CEREMONY.id, Part.OFFICIAL)
BASE = "https://prasasti.contoh.invalid"
FROM_LOG = {
    "rekam": {"asal": "log.contoh", "jumlah": "7", "akar": hex_of(1), "titik_periksa": ["log.contoh"], "kunci": "k"},
    "verifikasi": {"url": f"{BASE}/v/x", "kode": "X"},
}


def signed(document: Document) -> Document:
    slots = tuple(
        replace(slot, status=SlotStatus.SIGNED, signed_sha256=hex_of(2), signed_at=LATER, level="B-T")
        for slot in document.slots
    )
    return replace(document, slots=slots)


def document(status: DocumentStatus, *, complete: bool = False) -> Document:
    plain = factories.in_signing(CEREMONY.id, HEAD, OFFICIAL, status=status)
    return signed(plain) if complete else plain


@pytest.mark.parametrize("code", ["33.13", "91.71", "64.02"])
def test_the_facts_of_a_document_fit_its_template(code: str) -> None:
    given = document(DocumentStatus.FREEZING)
    facts = printed.document_facts(CEREMONY, given, regions.by_code(code), HEAD, OFFICIAL, BASE)
    template.check_facts(MOU, facts)
    assert template.only_declared(MOU, facts)["daerah"]["nama_lengkap"] == regions.by_code(code).full_name
    assert facts["verifikasi"] == {"url": f"{BASE}/v/{given.code}", "kode": given.code.upper()}


def test_the_day_printed_is_the_day_where_the_ceremony_is() -> None:
    # 20 May, 16:30 in London is 21 May in Jayapura.
    late = replace(CEREMONY, starts_at=datetime(2026, 5, 20, 16, 30, tzinfo=UTC))
    facts = printed.document_facts(
        late, document(DocumentStatus.FREEZING), regions.by_code("33.13"), HEAD, OFFICIAL, BASE
    )
    assert facts["seremoni"]["tanggal"] == "2026-05-21"


def test_the_facts_of_minutes_fit_their_template_whatever_became_of_the_documents() -> None:
    documents = [document(status) for status in DocumentStatus if str(status) in {"declined", "returned", "expired"}]
    documents.append(document(DocumentStatus.ARCHIVED, complete=True))
    witness = factories.person(CEREMONY.id, Part.WITNESS)
    attested = factories.witness(CEREMONY.id, status=WitnessStatus.ATTESTED, attested_sha256=hex_of(3), at=LATER)
    silent = factories.witness(CEREMONY.id, status=WitnessStatus.INVITED)
    people = {HEAD.id: HEAD, OFFICIAL.id: OFFICIAL}
    facts = printed.minutes_facts(CEREMONY, documents, [(attested, witness), (silent, witness)], people)
    template.check_facts(MINUTES, facts | FROM_LOG)
    assert [told["hasil"] for told in facts["naskah"]] == ["returned", "declined", "expired", "completed"]
    assert len(facts["tanda_tangan"]) == 2
    assert len(facts["saksi"]) == 1


def test_minutes_never_tell_a_reason() -> None:
    declined = document(DocumentStatus.DECLINED)
    facts = printed.minutes_facts(CEREMONY, [declined], [], {HEAD.id: HEAD, OFFICIAL.id: OFFICIAL})
    assert set(facts["naskah"][0]) == {"daerah", "nomor_kesatu", "nomor_kedua", "hasil", "sha256"}


def test_a_signature_without_its_completion_is_told_with_its_own_level() -> None:
    half = signed(document(DocumentStatus.EXPIRED))
    half = replace(half, slots=(half.slots[0], replace(half.slots[1], status=SlotStatus.IDENTIFIED, signed_at=None)))
    facts = printed.minutes_facts(CEREMONY, [half], [], {HEAD.id: HEAD, OFFICIAL.id: OFFICIAL})
    assert [(line["tingkat"], line["zona"]) for line in facts["tanda_tangan"]] == [("PAdES-B-T", "WIB")]


def test_there_are_no_minutes_of_a_ceremony_that_was_never_open() -> None:
    with pytest.raises(ValueError, match="opened and closed"):
        printed.minutes_facts(factories.ceremony(closed_at=AT), [], [], {})
