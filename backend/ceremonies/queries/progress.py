"""What staff see of a ceremony: how far each region is, who is missing, which buttons there are."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from backend import regions
from backend.audit import reader
from backend.ceremonies import permissions, store
from backend.ceremonies.ceremony import Ceremony, Witness, WitnessStatus
from backend.ceremonies.document import Document, DocumentStatus, SlotRole, SlotStatus
from backend.ceremonies.lifecycle import CEREMONY_MOVES, DOCUMENT_MOVES
from backend.ceremonies.queries.visits import Shown
from backend.ceremonies.tools import Tools
from backend.errors import NotFound
from backend.mail import outbox
from backend.people import store as people
from backend.people.person import Account, AccountRole, Person

SIGNED, READING, SENT, PROBLEM = "signed", "reading", "sent", "problem"
_DONE = {DocumentStatus.COMPLETED, DocumentStatus.ARCHIVED}
_PROBLEMS = {
    DocumentStatus.FREEZE_FAILED,
    DocumentStatus.RETURNED,
    DocumentStatus.DECLINED,
    DocumentStatus.VOIDED,
    DocumentStatus.EXPIRED,
}
_UNTOUCHED = {SlotStatus.WAITING, SlotStatus.INVITED}
_VERBS = ("open", "pause", "resume", "close", "seal")


@dataclass(frozen=True)
class Filter:
    """What the visitor looks for; all of it stands in the page's address."""

    q: str = ""
    status: str = ""
    area: str = ""


@dataclass(frozen=True)
class Whole:
    """One ceremony with all that belongs to it, read at one moment."""

    ceremony: Ceremony
    documents: tuple[Document, ...]
    witnesses: tuple[Witness, ...]
    people: dict[UUID, Person]
    mails: dict[str, int]
    refused: frozenset[UUID]
    log: int

    def person(self, document: Document, role: SlotRole) -> Person:
        """Return who signs in a role; raises NotFound."""
        slot = document.slot_for(role)
        if slot is None:
            raise NotFound
        return self.people[slot.person_id]


def whole(tools: Tools, ceremony_id: UUID) -> Whole:
    """Return a ceremony with all that belongs to it; raises NotFound."""
    with tools.database.reading() as session:
        return read_whole(session, ceremony_id)


def read_whole(session: Session, ceremony_id: UUID) -> Whole:
    """Return a ceremony with all that belongs to it, in the caller's session; raises NotFound."""
    return Whole(
        store.ceremony(session, ceremony_id),
        store.documents_of(session, ceremony_id),
        store.witnesses_of(session, ceremony_id),
        people.people_of(session, ceremony_id),
        outbox.states(session, ceremony_id),
        frozenset(row.person_id for row in outbox.failed(session, ceremony_id)),
        reader.count_events(session, ceremony_id),
    )


def bar(document: Document) -> str:
    """Return how one region stands at a glance: signed, reading (somebody has begun), sent, or problem."""
    if document.status in _DONE:
        return SIGNED
    if document.status in _PROBLEMS:
        return PROBLEM
    return SENT if all(s.status in _UNTOUCHED for s in document.slots) else READING


def counts(seen: Whole) -> Shown:
    """Return the numbers that head every page of a ceremony."""
    bars = Counter(bar(d) for d in seen.documents)
    return {
        "regions": len(seen.documents),
        "frozen": sum(d.current is not None for d in seen.documents),
        "invited": sum(any(s.status is not SlotStatus.WAITING for s in d.slots) for d in seen.documents),
        "completed": bars[SIGNED],
        "reading": bars[READING],
        "sent": bars[SENT],
        "problem": bars[PROBLEM],
        "witnesses": len(seen.witnesses),
        "attested": sum(w.status is WitnessStatus.ATTESTED for w in seen.witnesses),
        "log": seen.log,
    }


def here_of(ceremony: Ceremony) -> str:
    """Return the address of a ceremony's pages."""
    return f"/seremoni/{ceremony.id}"


def heading(ceremony: Ceremony) -> Shown:
    """Return what the head of a ceremony's page shows."""
    return {
        "title": ceremony.title,
        "starts_at": ceremony.starts_at,
        "zone": ceremony.zone,
        "place": ceremony.place,
        "status": str(ceremony.status),
        "minutes_address": f"{here_of(ceremony)}/berita-acara.pdf" if ceremony.minutes_sha256 else "",
        "evidence_address": f"{here_of(ceremony)}/bukti" if ceremony.sealed_at else "",
    }


def ceremony_page(seen: Whole, account: Account, chosen: Filter) -> Shown:
    """Return the context of a ceremony's page."""
    organiser = account.role is AccountRole.ORGANISER
    groups = [_group(seen, area, documents, organiser=organiser) for area, documents in areas(seen.documents)]
    shown = [g for g in (_filtered(group, chosen) for group in groups) if g["regions"]]
    return {
        "here": here_of(seen.ceremony),
        "ceremony": heading(seen.ceremony),
        "counts": counts(seen),
        "strip_groups": [[bar(d) for d in documents] for _, documents in areas(seen.documents)],
        "filter": {"q": chosen.q, "status": chosen.status, "area": chosen.area},
        "areas": [area for area, _ in areas(seen.documents)],
        "groups": shown,
        "may": buttons(seen, account),
        "missing": list(_missing(seen)) if organiser else [],
    }


def areas(documents: tuple[Document, ...]) -> list[tuple[str, list[Document]]]:
    """Return the documents by area, in the order in which areas first appear."""
    found: dict[str, list[Document]] = {}
    for document in documents:
        found.setdefault(document.area, []).append(document)
    return list(found.items())


def _group(seen: Whole, area: str, documents: list[Document], *, organiser: bool) -> Shown:
    done = sum(bar(d) == SIGNED for d in documents)
    rows = [_row(seen, d, organiser=organiser) for d in documents]
    return {"name": area, "completed": done, "total": len(documents), "regions": rows}


def _row(seen: Whole, document: Document, *, organiser: bool) -> Shown:
    head = seen.person(document, SlotRole.HEAD)
    statuses = {slot.role: str(slot.status) for slot in document.slots}
    activity, at = _activity(seen, document, head)
    region = regions.by_code(document.region)
    return {
        "code": document.region,
        "name": region.full_name,
        "address": f"{here_of(seen.ceremony)}/daerah/{document.region}",
        "head": head.name,
        "head_office": head.office,
        "number": document.number,
        "bar": bar(document),
        "document_status": str(document.status),
        "head_status": statuses[SlotRole.HEAD],
        "ministry_status": statuses[SlotRole.MINISTRY],
        "activity": activity,
        "at": at,
        "zone": region.zone,
        "may_resend": organiser and may_resend(seen, document, SlotRole.HEAD),
    }


def may_resend(seen: Whole, document: Document, role: SlotRole) -> bool:
    """Tell whether a signatory may be sent a new link: he was invited, has not signed, and it is not over."""
    slot = document.slot_for(role)
    waits = {SlotStatus.INVITED, SlotStatus.OPENED, SlotStatus.IDENTIFIED}
    return (
        slot is not None
        and slot.status in waits
        and document.status is DocumentStatus.IN_SIGNING
        and permissions.can(permissions.check_is_not_over, seen.ceremony)
    )


def _activity(seen: Whole, document: Document, head: Person) -> tuple[str, datetime | None]:
    if head.id in seen.refused:
        return REFUSED, None
    times = [(slot.signed_at, seen.people[slot.person_id].office) for slot in document.slots if slot.signed_at]
    if times:
        at, office = max(times)
        return office, at
    current = document.current
    return ("", current.at) if current else ("", None)


def _filtered(group: Shown, chosen: Filter) -> Shown:
    if chosen.area and group["name"] != chosen.area:
        return {**group, "regions": []}
    words = chosen.q.strip().casefold()
    found = [
        row
        for row in group["regions"]
        if (not chosen.status or row["bar"] == chosen.status)
        and (not words or words in f"{row['name']} {row['head']} {row['number']}".casefold())
    ]
    return {**group, "regions": found}


def buttons(seen: Whole, account: Account) -> dict[str, bool]:
    """Return which buttons are shown: the same tables that the actions obey, so no button leads to a refusal."""
    organiser = account.role is AccountRole.ORGANISER
    ceremony = seen.ceremony
    going = organiser and permissions.can(permissions.check_is_not_over, ceremony)
    may = {verb: organiser and verb in CEREMONY_MOVES[ceremony.status] for verb in _VERBS}
    waiting = any(slot.status is SlotStatus.WAITING for d in seen.documents if d.current for slot in d.slots)
    requested = ceremony.minutes_requested_at is not None
    return {
        **may,
        "seal": may["seal"] and not requested and permissions.can(permissions.check_can_seal_minutes, seen.documents),
        "freeze": going and any("freeze" in DOCUMENT_MOVES[d.status] for d in seen.documents),
        "invite": going and waiting,
    }


def _missing(seen: Whole) -> Iterator[Shown]:
    for document in seen.documents:
        if document.status in _DONE:
            continue
        for slot in document.slots:
            if slot.status is SlotStatus.SIGNED or slot.role is not SlotRole.HEAD:
                continue
            yield {
                "region": regions.by_code(document.region).full_name,
                "address": f"{here_of(seen.ceremony)}/daerah/{document.region}",
                "name": seen.people[slot.person_id].name,
                "what": WHAT[slot.status],
            }


REFUSED = "Surat ditolak server surat"
WHAT = {
    SlotStatus.WAITING: "belum diundang",
    SlotStatus.INVITED: "belum membuka tautan",
    SlotStatus.OPENED: "sudah membuka tautan",
    SlotStatus.IDENTIFIED: "sudah membuktikan identitas",
    SlotStatus.RETURNED: "minta perbaikan",
    SlotStatus.DECLINED: "menolak",
    SlotStatus.REPLACED: "digantikan",
}
