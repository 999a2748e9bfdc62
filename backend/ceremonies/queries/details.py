"""What staff see of one document, of the witnesses and of the log; and the same for machines."""

from collections import Counter
from typing import Any

from backend import regions
from backend.audit import browsing
from backend.audit.browsing import Wanted
from backend.ceremonies import permissions
from backend.ceremonies.ceremony import WitnessStatus
from backend.ceremonies.document import Document, Revision, Slot, SlotRole
from backend.ceremonies.lifecycle import DOCUMENT_MOVES
from backend.ceremonies.queries.progress import Whole, counts, heading, here_of, may_resend
from backend.ceremonies.queries.trail import told
from backend.ceremonies.queries.visits import Shown, masked, zone_of
from backend.ceremonies.tools import Tools
from backend.clock import to_text
from backend.errors import NotFound
from backend.people.person import Account, AccountRole


def document_in(seen: Whole, region: str) -> Document:
    """Return a ceremony's document of one region; raises NotFound."""
    found = next((d for d in seen.documents if d.region == region), None)
    if found is None:
        raise NotFound
    return found


def document_page(tools: Tools, seen: Whole, account: Account, region: str) -> Shown:
    """Return the context of one region's document, without the check of its file."""
    document = document_in(seen, region)
    place = regions.by_code(region)
    current = document.current
    organiser = account.role is AccountRole.ORGANISER
    going = organiser and permissions.can(permissions.check_is_not_over, seen.ceremony)
    with tools.database.reading() as session:
        events = browsing.events(session, Wanted(document=document.id), limit=500)
        reach = browsing.reach(session)
    return {
        "here": here_of(seen.ceremony),
        "ceremony": heading(seen.ceremony),
        "zone": place.zone,
        "document": {
            "title": seen.ceremony.title,
            "number": document.number,
            "region_number": document.region_number,
            "region_name": place.full_name,
            "region_code": region,
            "code": document.code,
            "status": str(document.status),
            "failure": document.failure or "",
            "pdf_address": f"/n/{current.sha256}.pdf" if current else "",
        },
        "parties": [_party(seen, document, slot, organiser=organiser) for slot in document.slots],
        "witnesses": _local_witnesses(seen, document),
        "revisions": [_revision(seen, document, revision) for revision in document.revisions],
        "events": [told(event, reach) for event in events],
        "may": {"freeze": going and "freeze" in DOCUMENT_MOVES[document.status]},
    }


def _party(seen: Whole, document: Document, slot: Slot, *, organiser: bool) -> Shown:
    person = seen.people[slot.person_id]
    return {
        "name": person.name,
        "office": person.office,
        "institution": person.institution,
        "address": masked(person.email),
        "order": slot.order,
        "role": str(slot.role),
        "status": str(slot.status),
        "signed_at": slot.signed_at,
        "level": slot.level,
        "certificate_sha256": slot.certificate_sha256,
        "may_resend": organiser and may_resend(seen, document, slot.role),
    }


def _local_witnesses(seen: Whole, document: Document) -> list[Shown]:
    mine = [(w, seen.people[w.person_id]) for w in seen.witnesses if w.document_id == document.id]
    return [{"name": p.name, "office": p.office, "status": str(w.status), "at": w.at} for w, p in mine]


def _revision(seen: Whole, document: Document, revision: Revision) -> Shown:
    slot = next((s for s in document.slots if s.id == revision.slot_id), None)
    return {
        "sha256": revision.sha256,
        "kind": str(revision.kind),
        "who": seen.people[slot.person_id].name if slot else "",
        "size": revision.size,
        "at": revision.at,
        "level": revision.level,
        "address": f"/n/{revision.sha256}.pdf",
    }


def witnesses_page(seen: Whole, account: Account) -> Shown:
    """Return the context of the page of witnesses."""
    organiser = account.role is AccountRole.ORGANISER and permissions.can(permissions.check_is_not_over, seen.ceremony)
    by_id = {d.id: d for d in seen.documents}
    rows: list[Shown] = []
    for witness in seen.witnesses:
        person = seen.people[witness.person_id]
        document = by_id.get(witness.document_id) if witness.document_id else None
        rows.append(
            {
                "id": str(person.id),
                "name": person.name,
                "office": person.office,
                "institution": person.institution,
                "scope": regions.by_code(document.region).full_name if document else "",
                "status": str(witness.status),
                "at": witness.at,
                "zone": zone_of(person, seen.ceremony),
                "attested_sha256": witness.attested_sha256,
                "may_resend": organiser and witness.status in {WitnessStatus.INVITED, WitnessStatus.OPENED},
            }
        )
    return {
        "here": here_of(seen.ceremony),
        "ceremony": heading(seen.ceremony),
        "counts": counts(seen),
        "witnesses": rows,
    }


def status_json(seen: Whole) -> dict[str, Any]:
    """Return how far a ceremony is, in numbers by state."""
    return {
        "status": str(seen.ceremony.status),
        "documents": Counter(str(d.status) for d in seen.documents),
        "slots": Counter(str(s.status) for d in seen.documents for s in d.slots),
        "witnesses": Counter(str(w.status) for w in seen.witnesses),
        "mails": seen.mails,
        "minutes_sha256": seen.ceremony.minutes_sha256,
    }


def documents_json(seen: Whole) -> list[dict[str, Any]]:
    """Return every document of a ceremony with its signers and witnesses; times RFC 3339 UTC."""
    return [_document_json(seen, document) for document in seen.documents]


def _document_json(seen: Whole, document: Document) -> dict[str, Any]:
    current = document.current
    return {
        "id": str(document.id),
        "region": document.region,
        "region_name": regions.by_code(document.region).full_name,
        "number": document.number,
        "region_number": document.region_number,
        "code": document.code,
        "status": str(document.status),
        "signers": [_signer_json(seen, slot) for slot in document.slots],
        "witnesses": [
            {
                "name": seen.people[w.person_id].name,
                "office": seen.people[w.person_id].office,
                "status": str(w.status),
                "attested_sha256": w.attested_sha256,
                "at": to_text(w.at) if w.at else None,
            }
            for w in seen.witnesses
            if w.document_id == document.id
        ],
        "sha256": current.sha256 if current else None,
        "level": current.level if current else None,
        "pdf_address": f"/n/{current.sha256}.pdf" if current else None,
    }


def _signer_json(seen: Whole, slot: Slot) -> dict[str, Any]:
    person = seen.people[slot.person_id]
    return {
        "name": person.name,
        "office": person.office,
        "role": "ministry" if slot.role is SlotRole.MINISTRY else "head",
        "status": str(slot.status),
        "level": slot.level,
        "signed_at": to_text(slot.signed_at) if slot.signed_at else None,
    }
