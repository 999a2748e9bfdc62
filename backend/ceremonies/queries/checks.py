"""What the public may learn: the facts behind a code on paper, and what the log knows of a file."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from backend import regions
from backend.audit import reader
from backend.ceremonies import store
from backend.ceremonies.ceremony import Ceremony, CeremonyStatus
from backend.ceremonies.document import Document, DocumentStatus
from backend.ceremonies.tools import Tools
from backend.people import store as people
from backend.signing.seal import FIELD as SEAL_FIELD
from backend.verification.knowledge import LogKnowledge

MINUTES = "Berita acara"
_COMPLETE = {DocumentStatus.COMPLETED, DocumentStatus.ARCHIVED}


@dataclass(frozen=True)
class Coded:
    """What a code leads to. Before completion nothing but that signing is under way (DESIGN 12.5)."""

    ceremony: Ceremony
    document: Document | None
    complete: bool
    facts: dict[str, Any]
    signers: tuple[dict[str, Any], ...] = ()
    sha256: str | None = None
    zone: str = ""


def by_code(tools: Tools, code: str) -> Coded | None:
    """Return what the QR of a document or of minutes leads to, or None for an unknown code."""
    with tools.database.reading() as session:
        document = store.document_by_code(session, code.lower())
        if document is not None:
            return _document(session, document)
        ceremony = store.ceremony_by_code(session, code.lower())
    return _minutes(ceremony) if ceremony else None


def _document(session: Session, document: Document) -> Coded:
    ceremony = store.ceremony(session, document.ceremony_id)
    place = regions.by_code(document.region)
    current = document.current
    complete = document.status in _COMPLETE and current is not None
    everybody = people.people_of(session, ceremony.id)
    facts = {
        "title": ceremony.title,
        "number": document.number,
        "region_number": document.region_number,
        "region_name": place.full_name,
        "parties": [ceremony.ministry["instansi"], f"Pemerintah {place.full_name}"],
        "status": str(document.status),
        "code": document.code,
        "sha256": current.sha256 if current else "",
        "size": current.size if current else 0,
        "pdf_address": f"/v/{document.code}/naskah.pdf",
        "completed_at": max((s.signed_at for s in document.slots if s.signed_at), default=None),
    }
    signers = tuple(
        {
            "name": everybody[slot.person_id].name,
            "office": everybody[slot.person_id].office,
            "at": slot.signed_at,
            "level": current.level if current else slot.level,
        }
        for slot in document.slots
        if slot.signed_at
    )
    sha256 = current.sha256 if current and complete else None
    return Coded(
        ceremony, document, complete, facts if complete else {}, signers if complete else (), sha256, place.zone
    )


def _minutes(ceremony: Ceremony) -> Coded:
    complete = ceremony.status is CeremonyStatus.SEALED and ceremony.minutes_sha256 is not None
    facts = {
        "title": ceremony.title,
        "number": ceremony.minutes_number,
        "region_number": "",
        "region_name": MINUTES,
        "parties": [ceremony.ministry["instansi"]],
        "status": str(ceremony.status),
        "code": ceremony.code,
        "sha256": ceremony.minutes_sha256 or "",
        "size": 0,
        "pdf_address": f"/v/{ceremony.code}/naskah.pdf",
        "completed_at": ceremony.sealed_at,
    }
    return Coded(ceremony, None, complete, facts if complete else {}, (), ceremony.minutes_sha256, ceremony.zone)


def knowledge(tools: Tools, sha256: str) -> LogKnowledge:
    """Return what our log knows of a file: whether it recorded these bytes, and who may sign which field of it."""
    with tools.database.reading() as session:
        if not reader.recorded(session, sha256):
            return LogKnowledge(recorded=False)
        document = store.document_by_sha256(session, sha256)
        if document is None:
            return LogKnowledge(recorded=True)
        everybody = people.people_of(session, document.ceremony_id)
    pinned = {slot.field: everybody[slot.person_id].certificate_sha256 for slot in document.slots}
    pinned[SEAL_FIELD] = document.revisions[0].certificate_sha256
    return LogKnowledge(recorded=True, expected={field: sha for field, sha in pinned.items() if sha})
