"""Receipts for whoever acted: the leaf of his act and its proof, once the log has numbered and signed it."""

import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from sqlmodel import Session

from backend.audit import receipts
from backend.audit.receipts import Receipt
from backend.ceremonies.queries.visits import Shown
from backend.ceremonies.tools import Tools
from backend.errors import NotFound
from backend.people import store as people
from backend.people.store import Visit

POLL: Final = 0.05


def card(tools: Tools, visit: Visit, document_id: UUID | None = None) -> Shown | None:
    """Return what a page shows of the visitor's receipt for his last act (in a document); None before he acted."""
    with tools.database.reading() as session:
        found = _newest(tools, session, visit, document_id)
    if found is None:
        return None
    base = f"/tanda-terima/{found.event.id}/butir"
    return {
        "ready": found.proof is not None,
        "number": None if found.event.seq is None else found.event.seq + 1,
        "size": found.size,
        "given": found.examined.given if found.examined else 0,
        "total": found.examined.total if found.examined else 0,
        "told": found.event.told,
        "at": found.event.at,
        "leaf_address": f"{base}.json",
        "proof_address": f"{base}.tlog-proof",
    }


def own(tools: Tools, visit: Visit, event_id: UUID) -> Receipt:
    """Return the receipt of one of the visitor's own acts; raises NotFound for anything else, also what others did."""
    with tools.database.reading() as session:
        person = people.person(session, visit.link.person_id)
        found = receipts.of(session, tools.policy(), event_id)
    if person is None or not visit.identified or found.event.actor != person.pseudonym:
        raise NotFound
    if found.event.type not in receipts.KINDS:
        raise NotFound
    return found


def wait(tools: Tools, visit: Visit, patience: float, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Wait until a signed checkpoint covers the visitor's last act, at most `patience` seconds; tell whether one does.

    So the page after signing mostly holds the proof already: numbering takes about a tenth of a second.
    """
    tries = max(1, int(patience / POLL))
    for tried in range(tries):
        with tools.database.reading() as session:
            found = _newest(tools, session, visit, None)
        if found is None or found.proof is not None:
            return found is not None
        if tried + 1 < tries:
            sleep(POLL)
    return False


def _newest(tools: Tools, session: Session, visit: Visit, document_id: UUID | None) -> Receipt | None:
    person = people.person(session, visit.link.person_id)
    if person is None or not visit.identified:
        return None
    return receipts.newest(session, tools.policy(), person.pseudonym, person.ceremony_id, document_id)
