"""The rekam jejak as a person looks through it: filters and pages by query, never by loading all. Changes nothing.

Whatever is not a column of its own (role, outcome, actor) is read by the database out of the body itself.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col, func, select

from backend import clock
from backend.audit import tree
from backend.audit.events import kinds
from backend.audit.reader import LoggedEvent, logged
from backend.audit.tables import AuditEvent, AuditHead, AuditLeaf, AuditQueue
from backend.errors import NotFound

GROUPS: Final[tuple[str, ...]] = tuple(sorted({kind.TYPE.split(".")[1] for kind in kinds()}))
"""Subjects of events, as the filter of a page offers them: `document` for every `prasasti.document.*`."""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; an empty field asks for everything. `group` is one of GROUPS, `since` and `until` aware.

    `since` belongs to the span, `until` does not.
    """

    ceremony: UUID | None = None
    document: UUID | None = None
    group: str = ""
    role: str = ""
    outcome: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Reach:
    """How far the log is: leaves with a number, and how many of them the newest signed checkpoint covers."""

    numbered: int
    signed: int


def reach(session: Session) -> Reach:
    """Return how many events have a number, and how many a signed checkpoint covers."""
    size = session.exec(select(AuditHead.size)).first()
    return Reach(size or 0, tree.newest_checkpoint(session))


def place_of_file(session: Session, sha256: str) -> int | None:
    """Return the number (from 0) of the first signed event about a file of this SHA-256 (hex), None without one."""
    about = select(AuditLeaf.seq).join(AuditEvent, col(AuditEvent.id) == col(AuditLeaf.event_id))
    first = about.where(AuditEvent.object_sha256 == sha256, AuditLeaf.seq < tree.newest_checkpoint(session))
    return session.exec(first.order_by(col(AuditLeaf.seq)).limit(1)).first()


def count(session: Session, wanted: Wanted) -> int:
    """Return how many events there are of what is wanted, those without a number included."""
    return int(session.exec(_filtered(session, select(func.count()).select_from(AuditEvent), wanted)).one())


def events(
    session: Session, wanted: Wanted, *, limit: int, offset: int = 0, newest_first: bool = False
) -> list[LoggedEvent]:
    """Return a page of what is wanted in log order (or from its end); events without a number come last in the log.

    Raises EventDamaged if one of them is no longer what was recorded.
    """
    waiting = _places(session, wanted, AuditQueue.event_id, AuditQueue.position)
    numbered = _places(session, wanted, AuditLeaf.event_id, AuditLeaf.seq)
    first, second = (waiting, numbered) if newest_first else (numbered, waiting)
    ids = _page(session, first, limit, offset, newest_first=newest_first)
    if len(ids) < limit:
        begun = max(0, offset - int(session.exec(select(func.count()).select_from(first.subquery())).one()))
        ids += _page(session, second, limit - len(ids), begun, newest_first=newest_first)
    found = {row[1]: row for row in session.exec(_with_bodies().where(col(AuditEvent.id).in_(ids)))}
    return [logged(*found[event_id]) for event_id in ids if event_id in found]


def event(session: Session, event_id: UUID) -> tuple[LoggedEvent, bytes]:
    """Return one event and the exact bytes of its leaf; raises NotFound, or EventDamaged."""
    row = session.exec(_with_bodies().where(AuditEvent.id == str(event_id))).first()
    if row is None:
        raise NotFound
    return logged(*row), bytes(row[2])


def newest_of(session: Session, wanted: Wanted, types: Iterable[str]) -> UUID | None:
    """Return the id of the newest event of these types, or None; ids are UUIDv7, so the largest is the newest."""
    found = select(AuditEvent.id).where(col(AuditEvent.type).in_(list(types)))
    newest = _filtered(session, found, wanted).order_by(col(AuditEvent.id).desc()).limit(1)
    row = session.exec(newest).first()
    return UUID(row) if row else None


def _with_bodies() -> Any:
    return (
        select(AuditLeaf.seq, AuditEvent.id, AuditEvent.body)
        .select_from(AuditEvent)
        .outerjoin(AuditLeaf, col(AuditLeaf.event_id) == col(AuditEvent.id))
    )


def _places(session: Session, wanted: Wanted, event_id: str, place: int | None) -> Any:
    """Return the ids in one order, without the bodies: what is sorted and skipped stays small."""
    found = select(event_id, place).join(AuditEvent, col(AuditEvent.id) == col(event_id))
    return _filtered(session, found, wanted)


def _page(session: Session, places: Any, limit: int, offset: int, *, newest_first: bool) -> list[str]:
    order = sa.desc(sa.text("2")) if newest_first else sa.text("2")
    return [row[0] for row in session.exec(places.order_by(order).limit(limit).offset(offset))]


def _filtered(session: Session, statement: Any, wanted: Wanted) -> Any:
    conditions: Sequence[tuple[object, Any]] = (
        (wanted.ceremony, col(AuditEvent.ceremony_id) == str(wanted.ceremony)),
        (wanted.document, col(AuditEvent.document_id) == str(wanted.document)),
        (wanted.group in GROUPS, col(AuditEvent.type).startswith(f"prasasti.{wanted.group}.", autoescape=True)),
        (wanted.role, _says(session, "role", wanted.role)),
        (wanted.outcome, _says(session, "outcome", wanted.outcome)),
        (wanted.actor, _says(session, "actor", wanted.actor)),
        # Text of one length and form: comparing it compares the moments.
        (wanted.since, col(AuditEvent.occurred_at) >= (clock.to_text(wanted.since) if wanted.since else "")),
        (wanted.until, col(AuditEvent.occurred_at) < (clock.to_text(wanted.until) if wanted.until else "")),
    )
    for asked, condition in conditions:
        if asked:
            statement = statement.where(condition)
    return statement


def _says(session: Session, member: str, value: str) -> Any:
    """Return the condition that the body says `value` under `data.<member>`.

    Bodies are canonical, so the bytes are sought first: parsing 10 000 bodies takes a database a second.
    """
    body = col(AuditEvent.body)
    sought = f'"{member}":{json.dumps(value)}'.encode()
    if session.connection().dialect.name == "postgresql":
        said = sa.cast(func.convert_from(body, "UTF8"), JSONB)["data"][member].astext
        place = sa.literal(sought).op("in", precedence=0)(body)
        return sa.case((func.position(place) > 0, said == value), else_=False)
    said = func.json_extract(sa.cast(body, sa.Text), f"$.data.{member}")
    return sa.case((func.instr(body, sought) > 0, said == value), else_=False)
