"""Rows to facts and back, the locks, and `commit`: one transaction for all that a rule decided."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select

from backend.audit.events import Event
from backend.audit.log import Log
from backend.ceremonies.ceremony import Ceremony, CeremonyStatus, Nature, Witness, WitnessStatus
from backend.ceremonies.document import (
    Document,
    DocumentStatus,
    Revision,
    RevisionKind,
    Slot,
    SlotRole,
    SlotStatus,
)
from backend.ceremonies.outcome import Fact, Letter, Outcome, Progress
from backend.ceremonies.rows import CeremonyRow, DocumentRow, RevisionRow, SlotRow, WitnessRow
from backend.errors import NotFound
from backend.jobs import queue
from backend.mail import outbox
from backend.mail.outbox import Mail, Message
from backend.people import store as people
from backend.people.links import Link
from backend.people.person import Person

SHARE, UPDATE = "share", "update"
MESSAGE_ID_HOST = "prasasti.invalid"  # the left side is unique by itself; no address of ours is told


def _locked(statement: Any, lock: str | None) -> Any:
    return statement if lock is None else statement.with_for_update(read=lock == SHARE)


def _ceremony(row: CeremonyRow) -> Ceremony:
    values = {**row.model_dump(), "nature": Nature(row.nature), "status": CeremonyStatus(row.status)}
    return Ceremony(**values)


def ceremony(session: Session, ceremony_id: UUID, lock: str | None = None) -> Ceremony:
    """Return a ceremony, its row locked as asked: SHARE to be sure that it stays open, UPDATE to close it.

    Raises NotFound.
    """
    row = session.exec(_locked(select(CeremonyRow).where(CeremonyRow.id == ceremony_id), lock)).first()
    if row is None:
        raise NotFound
    return _ceremony(row)


def ceremonies(session: Session) -> list[Ceremony]:
    """Return all ceremonies, the newest first."""
    return [_ceremony(row) for row in session.exec(select(CeremonyRow).order_by(col(CeremonyRow.id).desc()))]


def ceremony_by_code(session: Session, code: str) -> Ceremony | None:
    """Return the ceremony whose minutes' QR shows this code, or None."""
    row = session.exec(select(CeremonyRow).where(CeremonyRow.code == code)).first()
    return _ceremony(row) if row else None


def _slot(row: SlotRow) -> Slot:
    values = row.model_dump(exclude={"document_id"})
    return Slot(**{**values, "role": SlotRole(row.role), "status": SlotStatus(row.status)})


def _revision(row: RevisionRow) -> Revision:
    values = row.model_dump(exclude={"document_id", "position"})
    return Revision(**{**values, "kind": RevisionKind(row.kind)})


def _documents(session: Session, rows: Iterable[DocumentRow]) -> tuple[Document, ...]:
    found = {row.id: row for row in rows}
    slots: dict[UUID, list[Slot]] = {key: [] for key in found}
    revisions: dict[UUID, list[Revision]] = {key: [] for key in found}
    ids = list(found)
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        for slot in session.exec(
            select(SlotRow).where(col(SlotRow.document_id).in_(part)).order_by(col(SlotRow.order))
        ):
            slots[slot.document_id].append(_slot(slot))
        kept = select(RevisionRow).where(col(RevisionRow.document_id).in_(part)).order_by(col(RevisionRow.position))
        for revision in session.exec(kept):
            revisions[revision.document_id].append(_revision(revision))
    return tuple(_document(row, slots[key], revisions[key]) for key, row in found.items())


def _document(row: DocumentRow, slots: list[Slot], revisions: list[Revision]) -> Document:
    values = {**row.model_dump(), "status": DocumentStatus(row.status)}
    return Document(**values, slots=tuple(slots), revisions=tuple(revisions))


def document(session: Session, document_id: UUID, *, lock: bool = False) -> Document:
    """Return a document, its row locked when asked (the boundary of a signature); raises NotFound."""
    statement = select(DocumentRow).where(DocumentRow.id == document_id)
    rows = session.exec(_locked(statement, UPDATE if lock else None)).all()
    if not rows:
        raise NotFound
    return _documents(session, rows)[0]


def document_to_change(session: Session, document_id: UUID) -> Document:
    """Return a document to be changed: its ceremony's row FOR SHARE, then its own locked; raises NotFound.

    Everybody takes the two in this order, closing included, so that nobody waits in a circle.
    """
    of = session.exec(select(DocumentRow.ceremony_id).where(DocumentRow.id == document_id)).first()
    if of is None:
        raise NotFound
    ceremony(session, of, SHARE)
    return document(session, document_id, lock=True)


def documents_of(session: Session, ceremony_id: UUID) -> tuple[Document, ...]:
    """Return all documents of a ceremony, by number of creation."""
    rows = session.exec(select(DocumentRow).where(DocumentRow.ceremony_id == ceremony_id).order_by(col(DocumentRow.id)))
    return _documents(session, rows)


def documents_for(session: Session, person_id: UUID, *, lock: bool = False) -> tuple[Document, ...]:
    """Return the documents in which a person has a slot, their rows locked when asked."""
    mine = select(SlotRow.document_id).where(SlotRow.person_id == person_id)
    statement = select(DocumentRow).where(col(DocumentRow.id).in_(mine)).order_by(col(DocumentRow.id))
    return _documents(session, session.exec(_locked(statement, UPDATE if lock else None)))


def next_in_turn(session: Session, person_id: UUID) -> Document | None:
    """Return the first document that waits for this person's signature now, or None."""
    mine, earlier = aliased(SlotRow), aliased(SlotRow)
    same = sa.and_(col(earlier.document_id) == col(mine.document_id), col(earlier.order) < col(mine.order))
    unsigned = sa.exists().where(same, col(earlier.status) != SlotStatus.SIGNED.value)
    query = select(DocumentRow).join(mine, col(mine.document_id) == col(DocumentRow.id))
    query = query.where(mine.person_id == person_id, mine.status != SlotStatus.SIGNED.value, ~unsigned)
    query = query.where(DocumentRow.status == DocumentStatus.IN_SIGNING.value).order_by(col(DocumentRow.id))
    rows = session.exec(query.limit(1)).all()
    return _documents(session, rows)[0] if rows else None


def petals(session: Session, ceremony_id: UUID) -> list[tuple[UUID, datetime | None]]:
    """Return for each document of a ceremony when its head signed (None before): what a rosette needs, no more."""
    head = sa.and_(col(SlotRow.document_id) == col(DocumentRow.id), col(SlotRow.role) == SlotRole.HEAD.value)
    query = select(DocumentRow.id, SlotRow.signed_at).join(SlotRow, head)
    rows = session.exec(query.where(DocumentRow.ceremony_id == ceremony_id).order_by(col(DocumentRow.id)))
    return [(document_id, signed_at) for document_id, signed_at in rows]


def document_by_code(session: Session, code: str) -> Document | None:
    """Return the document whose QR shows this code, or None."""
    rows = session.exec(select(DocumentRow).where(DocumentRow.code == code)).all()
    return _documents(session, rows)[0] if rows else None


def document_by_sha256(session: Session, sha256: str) -> Document | None:
    """Return the document one of whose revisions has this SHA-256, or None."""
    found = session.exec(select(RevisionRow.document_id).where(RevisionRow.sha256 == sha256)).first()
    return document(session, found) if found else None


def _witness(row: WitnessRow) -> Witness:
    return Witness(**{**row.model_dump(), "status": WitnessStatus(row.status)})


def witnesses_of(session: Session, ceremony_id: UUID) -> tuple[Witness, ...]:
    """Return all witnesses of a ceremony, in their order."""
    rows = select(WitnessRow).where(WitnessRow.ceremony_id == ceremony_id)
    return tuple(_witness(row) for row in session.exec(rows.order_by(col(WitnessRow.order), col(WitnessRow.id))))


def witness_of(session: Session, person_id: UUID, *, lock: bool = False) -> Witness | None:
    """Return what a person attests to, or None."""
    rows = select(WitnessRow).where(WitnessRow.person_id == person_id)
    row = session.exec(_locked(rows, UPDATE if lock else None)).first()
    return _witness(row) if row else None


def commit(session: Session, log: Log, outcome: Outcome) -> None:
    """Store an outcome in the caller's transaction: facts as rows, events into the log, jobs and mails queued."""
    for fact in outcome.facts:
        _save(session, fact)
    session.flush()
    record(session, log, *outcome.events)
    queue.enqueue(session, outcome.jobs)
    for letter in outcome.letters:
        _post(session, letter)


def record(session: Session, log: Log, *happened: Event) -> None:
    """Store events in the caller's transaction, alone where no fact changes (a refused attempt, a log-in).

    A ceremony's row is read FOR SHARE, so that no event slips in while its minutes are being sealed.
    """
    for ceremony_id in {event.ceremony for event in happened if event.ceremony}:
        session.exec(_locked(select(CeremonyRow.id).where(CeremonyRow.id == ceremony_id), SHARE))
    log.append(session, happened)


def _save(session: Session, fact: Fact) -> None:
    match fact:
        case Document():
            _save_document(session, fact)
        case Ceremony():
            session.merge(_row(CeremonyRow, fact))
        case Witness():
            session.merge(_row(WitnessRow, fact))
        case Person():
            people.save_person(session, fact)
        case Link():
            people.save_link(session, fact)
        case Progress():
            _advance(session, fact)


def _row(kind: type[SQLModel], fact: Ceremony | Witness) -> SQLModel:
    values = {f.name: getattr(fact, f.name) for f in fields(fact)}
    return kind(**{k: str(v) if k in {"status", "nature"} else v for k, v in values.items()})


def _save_document(session: Session, fact: Document) -> None:
    values = {f.name: getattr(fact, f.name) for f in fields(fact) if f.name not in {"slots", "revisions"}}
    session.merge(DocumentRow(**{**values, "status": str(fact.status)}))
    session.flush()
    for slot in fact.slots:
        kept = {**asdict(slot), "role": str(slot.role), "status": str(slot.status)}
        session.merge(SlotRow(**kept, document_id=fact.id))
    stored = select(sa.func.count()).select_from(RevisionRow).where(RevisionRow.document_id == fact.id)
    first = session.exec(stored).one()
    for position, revision in enumerate(fact.revisions[first:], start=first):
        kept = {**asdict(revision), "kind": str(revision.kind)}
        session.add(RevisionRow(**kept, document_id=fact.id, position=position))


def _advance(session: Session, progress: Progress) -> None:
    # One conditional statement each: 508 slots of one official move on without loading or locking 508 documents.
    before = [str(status) for status in progress.before]
    for rows in (SlotRow, WitnessRow):
        statement = sa.update(rows).where(col(rows.person_id) == progress.person_id, col(rows.status).in_(before))
        session.exec(statement.values(status=str(progress.after)))


def _post(session: Session, letter: Letter) -> None:
    to = people.person(session, letter.person_id)
    if to is None:
        raise NotFound
    link = people.link_of(session, to.id)
    mail = Mail(
        message=Message(letter.message),
        ceremony_id=to.ceremony_id,
        person_id=to.id,
        recipient=to.email,
        link_id=link.id if link else None,
        ids={"document": letter.document_id} if letter.document_id else {},
    )
    queue.enqueue(session, [outbox.add(session, mail, MESSAGE_ID_HOST)])
