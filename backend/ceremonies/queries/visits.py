"""What the holder of a link sees: his invitation, his documents, where each stands, his receipt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlmodel import Session

from backend import regions
from backend.ceremonies import permissions, store
from backend.ceremonies.ceremony import Ceremony, CeremonyStatus
from backend.ceremonies.document import Document, DocumentStatus, Slot, SlotStatus
from backend.ceremonies.tools import Tools
from backend.documents import reading
from backend.errors import NotFound, Refusal
from backend.mail import outbox
from backend.mail.outbox import Message
from backend.people import links
from backend.people import store as people
from backend.people.identity import CODE_LIFE
from backend.people.person import Person
from backend.people.store import Visit

Shown = dict[str, Any]
GIST = ("Para pihak", "Nomor", "Kawasan")


@dataclass(frozen=True)
class View:
    """What a template shows, and the mark that its page carries."""

    mark: str
    shown: Shown = field(hash=False)


@dataclass(frozen=True)
class SignatoryView:
    """A signatory and all his documents."""

    mark: str
    ceremony: Ceremony
    person: Person
    documents: tuple[Document, ...]

    def as_list(self) -> Shown:
        """Return the context of the list of documents."""
        rows = [self._row(document) for document in self.documents]
        signed = sum(row["status"] == SlotStatus.SIGNED for row in rows)
        return {"person": self.person, "ceremony": self.ceremony, "documents": rows, "signed": signed}

    def _row(self, document: Document) -> Shown:
        slot = document.slot_of(self.person.id)
        return {
            "address": f"/t/naskah/{document.id}/baca",
            "region_name": regions.by_code(document.region).full_name,
            "number": document.number,
            "status": str(slot.status) if slot else "",
            "ready": document.status is DocumentStatus.IN_SIGNING and document.turn == slot,
        }


@dataclass(frozen=True)
class ReadingView:
    """One document to be read: its words as safe HTML, and the exact bytes."""

    mark: str
    document: Shown = field(hash=False)
    gist: list[dict[str, str]] = field(hash=False)
    content: Markup
    words: int
    pdf: bytes = field(repr=False)
    sha256: str
    can_sign: bool


@dataclass(frozen=True)
class SigningView:
    """One document to be signed. `standing` is None when it may be signed now, else the word for why not."""

    mark: str
    ceremony: Ceremony
    person: Person
    document: Shown = field(hash=False)
    slot: Slot
    complete: bool
    zone: str
    pdf: bytes = field(repr=False)
    standing: str | None


def zone_of(person: Person, ceremony: Ceremony) -> str:
    """Return the zone in which a person reads times: his region's, else the ceremony's."""
    return regions.by_code(person.region).zone if person.region else ceremony.zone


def masked(email: str) -> str:
    """Return an address that its owner recognises and nobody else learns."""
    name, _, host = email.partition("@")
    return f"{name[:1]}•••@{host}"


def _who(session: Session, person_id: UUID) -> tuple[Person, Ceremony]:
    person = people.person(session, person_id)
    if person is None:
        raise NotFound
    return person, store.ceremony(session, person.ceremony_id)


def link_view(tools: Tools, token: str) -> View:
    """Return what a link shows before it is opened; raises LinkUnknown, LinkVoid or LinkExpired."""
    with tools.database.reading() as session:
        link = links.check_usable(people.link_by_token(session, token), tools.now())
        person, ceremony = _who(session, link.person_id)
    return View(tools.mark(ceremony), {"person": person, "ceremony": ceremony, "expires_at": link.expires_at})


def identity_view(tools: Tools, visit: Visit) -> View:
    """Return what the page asks for and where the code went."""
    with tools.database.reading() as session:
        person, ceremony = _who(session, visit.link.person_id)
        codes = [row for row in outbox.sent_to(session, person.id) if row.message == Message.CODE]
        sent = codes[-1].created_at if codes else None
    if sent is not None and tools.now() - sent > CODE_LIFE:
        sent = None
    shown = {
        "person": person,
        "ceremony": ceremony,
        "address": masked(person.email),
        "code_sent_at": sent,
        "code_until": sent + CODE_LIFE if sent else None,
        "zone": zone_of(person, ceremony),
    }
    return View(tools.mark(ceremony), shown)


def signatory_view(tools: Tools, visit: Visit) -> SignatoryView:
    """Return the visitor and his documents."""
    with tools.database.reading() as session:
        person, ceremony = _who(session, visit.link.person_id)
        documents = store.documents_for(session, person.id)
    frozen = tuple(d for d in documents if d.current is not None)
    return SignatoryView(tools.mark(ceremony), ceremony, person, frozen)


def document_facts(ceremony: Ceremony, document: Document, size: int = 0) -> Shown:
    """Return what pages of a signatory say about a document."""
    current = document.current
    sha256 = current.sha256 if current else ""
    return {
        "id": str(document.id),
        "title": ceremony.title,
        "number": document.number,
        "region_name": regions.by_code(document.region).full_name,
        "sha256": sha256,
        "size": size,
        "code": document.code,
        "pdf_address": f"/n/{sha256}.pdf",
    }


def _own(session: Session, visit: Visit, document_id: UUID) -> tuple[Person, Ceremony, Document, Slot]:
    person, ceremony = _who(session, visit.link.person_id)
    document = store.document(session, document_id)
    slot = permissions.check_can_read(document, person)
    if slot is None:
        raise NotFound
    return person, ceremony, document, slot


def _bytes(tools: Tools, document: Document) -> bytes:
    if document.current is None:
        raise NotFound
    return tools.vault.get(document.current.sha256)


def reading_view(tools: Tools, visit: Visit, document_id: UUID) -> ReadingView:
    """Return a document to read; raises NotFound for one that is not the visitor's."""
    with tools.database.reading() as session:
        _, ceremony, document, slot = _own(session, visit, document_id)
    if document.blocks_sha256 is None:
        raise NotFound
    kept = json.loads(tools.vault.get(document.blocks_sha256))
    blocks = kept["blocks"]
    pdf = _bytes(tools, document)
    facts = document_facts(ceremony, document, len(pdf))
    gist = [
        {"label": GIST[0], "value": f"{ceremony.ministry['instansi']}; Pemerintah {facts['region_name']}"},
        {"label": GIST[1], "value": document.number},
        {"label": GIST[2], "value": document.printed["nama_kawasan"]},
    ]
    can_sign = ceremony.status is CeremonyStatus.OPEN or slot.status is SlotStatus.SIGNED
    words = len(reading.plain_words(blocks)) if kept["same_words"] else 0
    html = Markup(reading.to_html(blocks))  # noqa: S704 because reading escapes every text of the document
    return ReadingView(tools.mark(ceremony), facts, gist, html, words, pdf, facts["sha256"], can_sign)


def signing_view(tools: Tools, visit: Visit, document_id: UUID) -> SigningView:
    """Return a document to sign, or where it stands when it may not be signed now."""
    with tools.database.reading() as session:
        person, ceremony, document, slot = _own(session, visit, document_id)
    pdf = _bytes(tools, document)
    return SigningView(
        tools.mark(ceremony),
        ceremony,
        person,
        document_facts(ceremony, document, len(pdf)),
        slot,
        document.complete,
        zone_of(person, ceremony),
        pdf,
        _standing(ceremony, document, person, slot, identified=visit.identified),
    )


def _standing(ceremony: Ceremony, document: Document, person: Person, slot: Slot, *, identified: bool) -> str | None:
    if slot.status is SlotStatus.SIGNED:
        return "signed"
    if document.status in {DocumentStatus.DECLINED, DocumentStatus.RETURNED}:
        return str(document.status)
    if ceremony.status is CeremonyStatus.CANCELLED:
        return "ceremony_cancelled"
    try:
        permissions.check_can_sign(ceremony, document, person, identified=identified)
    except permissions.NotOpenYet:
        return "not-open"
    except permissions.NotYourTurn:
        return "not-turn"
    except permissions.CeremonyOver:
        return "ceremony_closed"
    except Refusal:
        return "ceremony_closed"
    return None


def standing_page(view: SigningView) -> tuple[str, Shown]:
    """Return the template and context that say where a document stands."""
    if view.standing == "signed":
        context: Shown = {"signed_at": view.slot.signed_at, "zone": view.zone, "complete": view.complete}
        return "already.html", {**context, "person": view.person, "document": view.document}
    if view.standing in {"not-open", "not-turn"}:
        address = f"/t/naskah/{view.document['id']}/baca"
        context = {"person": view.person, "ceremony": view.ceremony, "zone": view.zone, "read_address": address}
        return ("waiting_turn.html" if view.standing == "not-turn" else "not_open.html"), context
    return "cancelled.html", {
        "reason": view.standing,
        "ceremony": view.ceremony,
        "contact": view.ceremony.ministry["surel"],
    }


def receipt_view(tools: Tools, visit: Visit, document_id: UUID) -> View:
    """Return the receipt of a signature; raises NotFound before there is one."""
    with tools.database.reading() as session:
        person, ceremony, document, slot = _own(session, visit, document_id)
        petals = store.petals(session, ceremony.id)
        coming = None if person.region else store.next_in_turn(session, person.id)
    if slot.status is not SlotStatus.SIGNED or slot.signed_sha256 is None:
        raise NotFound
    facts = document_facts(ceremony, document)
    shown = {
        "person": {
            "office": person.office,
            "salutation": person.salutation,
            "region_name": facts["region_name"] if person.region else "",
        },
        "document": {**facts, "sha256": slot.signed_sha256, "pdf_address": f"/n/{slot.signed_sha256}.pdf"},
        "signed_at": slot.signed_at,
        "zone": zone_of(person, ceremony),
        "level": slot.level,
        **rosette(petals, ceremony.id, document.id),
        "receipt_to": masked(person.email),
        "next_address": f"/t/naskah/{coming.id}/baca" if coming else "",
        "next_label": coming.number if coming else "",
    }
    return View(tools.mark(ceremony), shown)


def rosette(petals: Sequence[tuple[UUID, datetime | None]], seed: UUID, new: UUID | None = None) -> Shown:
    """Return the rosette's petals: one per region, gold when its head has signed, `new` the visitor's own."""
    drawn = ["off" if at is None else ("new" if document_id == new else "on") for document_id, at in petals]
    return {"petals": drawn, "seed": seed.hex * 2, "signed": len(drawn) - drawn.count("off"), "regions": len(drawn)}
