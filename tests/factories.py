"""Invented ceremonies, documents and people, in whatever state a test asks for. Facts only: no database, no clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from backend.ceremonies.ceremony import Ceremony, Nature, Witness
from backend.ceremonies.document import (
    Document,
    DocumentStatus,
    Revision,
    RevisionKind,
    Slot,
    SlotRole,
    SlotStatus,
)
from backend.ceremonies.signatures import NewSignature
from backend.people.links import Link, new_link
from backend.people.person import Account, AccountRole, Part, Person

AT = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
REGION = "33.13"
MINISTRY = {
    "kop": ["KEMENTERIAN CONTOH", "REPUBLIK INDONESIA"],
    "instansi": "Direktorat Jenderal Contoh Digital",
    "alamat": "Jalan Karangan Nomor 1, Jakarta",
    "penghubung": "Direktur Contoh",
    "surel": "seremoni@kementerian.contoh.invalid",
}
PRINTED = {
    "nama_kawasan": "Kawasan Contoh Rekaan",
    "alamat": "Jalan Rekaan Nomor 2, Karanganyar",
    "penghubung": "Kepala Dinas Rekaan",
    "surel_daerah": "dinas@daerah.contoh.invalid",
}


def hex_of(number: int) -> str:
    """Return an invented SHA-256."""
    return f"{number:064x}"


def ceremony(**given: Any) -> Ceremony:
    """Return a draft of a test ceremony, changed as given."""
    plain = Ceremony(
        id=uuid7(),
        title="Penandatanganan Contoh Rekaan",
        nature=Nature.TEST,
        template="smart-city",
        starts_at=AT,
        zone="Asia/Jakarta",
        place="Ruang Contoh, Jakarta",
        venue="Jakarta dan melalui konferensi video",
        minutes_number="BA-001/CONTOH/2026",
        code=uuid7().hex[:26],
        ministry=MINISTRY,
        created_at=AT,
    )
    return replace(plain, **given)


def person(of: UUID, part: Part = Part.HEAD, **given: Any) -> Person:
    """Return somebody who takes part in a ceremony."""
    identifier = uuid7()
    plain = Person(
        id=identifier,
        ceremony_id=of,
        pseudonym=f"p_{identifier.hex}",
        part=part,
        name="Karangwangi Rekaan",
        office="Bupati Karanganyar" if part is Part.HEAD else "Direktur Jenderal Contoh",
        institution="Pemerintah Kabupaten Karanganyar" if part is Part.HEAD else "Kementerian Contoh",
        email=f"{identifier.hex[-8:]}@contoh.invalid",
        region=REGION if part is Part.HEAD else None,
    )
    return replace(plain, **given)


def slot(role: SlotRole = SlotRole.HEAD, person_id: UUID | None = None, **given: Any) -> Slot:
    """Return an expected signature; the head signs first."""
    head = role is SlotRole.HEAD
    field = "ttd-pihak-kedua" if head else "ttd-pihak-kesatu"
    return replace(Slot(uuid7(), role, field, 1 if head else 2, person_id or uuid7()), **given)


def sealed() -> Revision:
    """Return the first revision of every document: the ministry's seal."""
    return Revision(hex_of(1), RevisionKind.SEALED, 1000, AT, "B-T", None, hex_of(99))


def document(of: UUID, status: DocumentStatus = DocumentStatus.DRAFT, **given: Any) -> Document:
    """Return the document of a region with two slots; from `frozen` on it has its sealed revision."""
    begun = status not in {DocumentStatus.DRAFT, DocumentStatus.FREEZING, DocumentStatus.FREEZE_FAILED}
    identifier = uuid7()
    plain = Document(
        id=identifier,
        ceremony_id=of,
        region=REGION,
        area="Contoh",
        number=f"B-{identifier.hex[-6:]}/CONTOH/2026",
        region_number="415/1/2026",
        printed=PRINTED,
        code=identifier.hex[-26:],
        status=status,
        slots=(slot(SlotRole.HEAD), slot(SlotRole.MINISTRY)),
        revisions=(sealed(),) if begun else (),
    )
    return replace(plain, **given)


def in_signing(of: UUID, head: Person, official: Person, **given: Any) -> Document:
    """Return a document that both parties may sign now, both identified."""
    slots = (
        slot(SlotRole.HEAD, head.id, status=SlotStatus.IDENTIFIED),
        slot(SlotRole.MINISTRY, official.id, status=SlotStatus.IDENTIFIED),
    )
    return replace(document(of, DocumentStatus.IN_SIGNING, slots=slots), **given)


def new_signature(base_sha256: str, sha256: str, **given: Any) -> NewSignature:
    """Return a signature that passed acceptance."""
    plain = NewSignature(base_sha256, sha256, 2000, hex_of(77), "B-T", "pkcs12", LATER, LATER)
    return replace(plain, **given)


def witness(of: UUID, person_id: UUID | None = None, document_id: UUID | None = None, **given: Any) -> Witness:
    """Return a witness of a document's signing, or of the whole ceremony."""
    return replace(Witness(uuid7(), of, person_id or uuid7(), 1, document_id), **given)


def account(role: AccountRole = AccountRole.ORGANISER) -> Account:
    """Return a member of staff."""
    identifier = uuid7()
    return Account(identifier, f"p_{identifier.hex}", f"{identifier.hex[-8:]}@staf.contoh.invalid", "Petugas", role)


def link(of: Person, key: bytes = b"k" * 32, **given: Any) -> Link:
    """Return the first generation of a person's link, good for a day."""
    return replace(new_link(key, uuid7(), of.id, of.ceremony_id, AT + timedelta(days=1)), **given)
