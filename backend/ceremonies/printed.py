"""What a document prints: the template's facts (mou.toml) from a ceremony, a document and its people. Pure."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from backend.ceremonies.ceremony import Ceremony
from backend.ceremonies.document import Document
from backend.people.person import Person
from backend.regions import Region


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


def local_day(ceremony: Ceremony) -> datetime:
    """Return when the ceremony begins, in its own zone."""
    return ceremony.starts_at.astimezone(ZoneInfo(ceremony.zone))
