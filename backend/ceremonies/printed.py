"""What a document and the minutes print: the facts their templates declare, from a ceremony and its people. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.ceremonies.ceremony import Ceremony, Witness
from backend.ceremonies.document import Document
from backend.people.person import Person
from backend.regions import Region, by_code


def document_facts(
    ceremony: Ceremony, document: Document, region: Region, head: Person, official: Person, base_url: str
) -> dict[str, Any]:
    """Return exactly the facts that the template declares; they are attached to the PDF (DESIGN section 5)."""
    return {
        "kementerian": {**ceremony.ministry, "jabatan": official.office, "pejabat": {"nama": official.name}},
        "daerah": {
            "nama_lengkap": region.full_name,
            "provinsi": region.province,
            "alamat": document.printed["alamat"],
            "penghubung": document.printed["penghubung"],
            "surel": document.printed["surel_daerah"],
        },
        "kepala": {"nama": head.name, "jabatan": head.office},
        "kawasan": document.printed["nama_kawasan"],
        "nomor": {"kesatu": document.number, "kedua": document.region_number},
        "seremoni": {"tanggal": local_day(ceremony).date().isoformat(), "tempat": ceremony.venue},
        "verifikasi": {"url": f"{base_url}/v/{document.code}", "kode": document.code.upper()},
    }


def minutes_facts(
    ceremony: Ceremony,
    documents: Sequence[Document],
    witnesses: Sequence[tuple[Witness, Person]],
    signers: dict[UUID, Person],
) -> dict[str, Any]:
    """Return what the minutes print of the ceremony itself; what the log says of it is added by the caller.

    Raises ValueError for a ceremony that was never opened and closed.
    """
    if ceremony.opened_at is None or ceremony.closed_at is None:
        raise ValueError("minutes tell of a ceremony that was opened and closed")
    return {
        "kementerian": {"kop": ceremony.ministry["kop"], "instansi": ceremony.ministry["instansi"]},
        "nomor": ceremony.minutes_number,
        "tentang": ceremony.title,
        "seremoni": {
            "judul": ceremony.title,
            "tanggal": ceremony.opened_at.astimezone(ZoneInfo(ceremony.zone)).date().isoformat(),
            "zona": local_day(ceremony).tzname(),
            "dibuka": clock_text(ceremony.opened_at),
            "ditutup": clock_text(ceremony.closed_at),
            "tempat": ceremony.place,
        },
        "naskah": [_told(document) for document in documents],
        "tanda_tangan": [
            line for _, line in sorted(_signatures(documents, signers, ceremony), key=lambda pair: pair[0])
        ],
        "saksi": [_testimony(witness, person, ceremony) for witness, person in witnesses if witness.attested_sha256],
    }


def _told(document: Document) -> dict[str, str]:
    """Return one document's line: what became of it, and the file as it is now. Reasons are personal and stay out."""
    outcome = "completed" if document.complete else str(document.status)
    told = {
        "daerah": region_of(document).full_name,
        "nomor_kesatu": document.number,
        "nomor_kedua": document.region_number,
        "hasil": outcome,
    }
    return told | ({"sha256": document.current.sha256} if document.current else {})


def _signatures(
    documents: Sequence[Document], signers: dict[UUID, Person], ceremony: Ceremony
) -> Iterator[tuple[datetime, dict[str, str]]]:
    for document in documents:
        for slot in document.slots:
            if slot.signed_at is None or slot.signed_sha256 is None:
                continue
            signer = signers[slot.person_id]
            level = document.current.level if document.complete and document.current else slot.level
            yield (
                slot.signed_at,
                {
                    "daerah": region_of(document).full_name,
                    "nama": signer.name,
                    "jabatan": signer.office,
                    "diterima": clock_text(slot.signed_at),
                    "zona": zone_label(signer, ceremony),
                    "tingkat": f"PAdES-{level}",
                },
            )


def _testimony(witness: Witness, person: Person, ceremony: Ceremony) -> dict[str, str]:
    at = clock_text(witness.at) if witness.at else ""
    return {
        "nama": person.name,
        "jabatan": person.office,
        "cara": "melalui tautan",
        "waktu": at,
        "zona": zone_label(person, ceremony),
    }


def region_of(document: Document) -> Region:
    """Return the region of a document."""
    return by_code(document.region)


def zone_label(person: Person, ceremony: Ceremony) -> str:
    """Return WIB, WITA or WIT: the zone of a person's region, else the ceremony's."""
    return by_code(person.region).zone_label if person.region else local_day(ceremony).tzname() or ""


def clock_text(moment: datetime) -> str:
    """Return a moment as it is kept everywhere: RFC 3339, UTC, six fraction digits."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def local_day(ceremony: Ceremony) -> datetime:
    """Return when the ceremony begins, in its own zone."""
    return ceremony.starts_at.astimezone(ZoneInfo(ceremony.zone))
