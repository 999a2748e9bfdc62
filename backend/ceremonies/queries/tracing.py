"""Which of our documents a file is, began as, or says it is; the public learns only of complete documents."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from backend import regions
from backend.audit import browsing
from backend.ceremonies import store
from backend.ceremonies.document import Document, DocumentStatus
from backend.ceremonies.queries import checks
from backend.ceremonies.rows import RevisionRow
from backend.ceremonies.tools import Tools
from backend.verification.knowledge import LogKnowledge, beginnings

_COMPLETE = {DocumentStatus.COMPLETED, DocumentStatus.ARCHIVED}


class Relation(StrEnum):
    """What a file is to the archived one."""

    SAME = "same"
    EARLIER = "earlier"
    EXTENDED = "extended"
    CLAIMED = "claimed"


@dataclass(frozen=True)
class Traced:
    """An archived file and what the checked one is to it. `number`, `region_name` and `code` are public facts."""

    relation: Relation
    sha256: str
    number: str
    region_name: str
    code: str


def by_bytes(tools: Tools, pdf: bytes) -> Traced | None:
    """Return the complete document of which a file is a revision, or with a revision of which it begins, or None.

    Bytes are proof enough: nobody can begin with a revision who does not hold it. A number printed on a page is no
    proof, and numbers can be guessed; a code cannot (`by_code`).
    """
    whole = hashlib.sha256(pdf).hexdigest()
    with tools.database.reading() as session:
        document, sha256 = _longest(session, [*beginnings(pdf), whole])
    if document is None or document.current is None or document.status not in _COMPLETE:
        return None
    archived = document.current.sha256
    relation = Relation.EARLIER if sha256 == whole else Relation.EXTENDED
    return _traced(document, Relation.SAME if archived == whole else relation, archived)


def place_in_log(tools: Tools, sha256: str) -> tuple[int, int] | None:
    """Return which event of how many, counted from 1 under the newest checkpoint, first names a file; None if none."""
    with tools.database.reading() as session:
        place = browsing.place_of_file(session, sha256)
        return None if place is None else (place + 1, browsing.reach(session).signed)


def by_code(tools: Tools, code: str, pdf: bytes) -> Traced | None:
    """Return the complete document whose code a file shows on its pages, or None; that is a claim and no proof."""
    found = checks.by_code(tools, code)
    if found is None or not found.complete or found.sha256 is None:
        return None
    same = hashlib.sha256(pdf).hexdigest() == found.sha256
    relation = Relation.SAME if same else Relation.CLAIMED
    return Traced(relation, found.sha256, found.facts["number"], found.facts["region_name"], found.facts["code"])


def expectations(tools: Tools, pdf: bytes) -> LogKnowledge | None:
    """Return who may sign a file that only begins with a recorded revision of ours, None where it begins otherwise.

    A party whose certificate is not known yet may have signed with any: his signature may be on its way to us.
    """
    with tools.database.reading() as session:
        document, sha256 = _longest(session, [*beginnings(pdf)])
    if document is None:
        return None
    known = checks.knowledge(tools, sha256)
    anybody = dict.fromkeys((slot.field for slot in document.slots), "")
    return LogKnowledge(recorded=False, expected={**anybody, **(known.expected or {})})


def _longest(session: Session, sha256s: list[str]) -> tuple[Document | None, str]:
    """Return the document that recorded one of these SHA-256, given shortest beginning first, and which it was."""
    kept = select(RevisionRow.sha256, RevisionRow.document_id).where(col(RevisionRow.sha256).in_(sha256s))
    documents = dict(session.exec(kept).all())
    found = next((sha256 for sha256 in reversed(sha256s) if sha256 in documents), "")
    return (store.document(session, documents[found]) if found else None), found


def _traced(document: Document, relation: Relation, sha256: str) -> Traced:
    name = regions.by_code(document.region).full_name
    return Traced(relation, sha256, document.number or "", name, document.code or "")
