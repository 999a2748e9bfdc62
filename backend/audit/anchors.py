"""Timestamps over checkpoints (RFC 3161): which are due, how they are kept, which prove when an event was recorded.

What is stamped is the signed note as `audit_checkpoint` holds it: the log's own signature and no other line. Nobody is
asked here, and no answer is judged: that is backend.audit.anchoring and, above, the signing package.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from backend import clock
from backend.audit.events import CeremonyClosed, CeremonyOpened, LogAnchored, MinutesSealed
from backend.audit.tables import AuditCheckpoint, AuditEvent, AuditLeaf, AuditTsr

BRACKETS: Final = (CeremonyOpened.TYPE, CeremonyClosed.TYPE, MinutesSealed.TYPE)
"""The events whose time must be proved soon; everything between two of them is proved to lie there."""

HEARTBEAT: Final = timedelta(days=1)
"""A timestamp is taken at least so often, even when nothing happens."""


@dataclass(frozen=True)
class Anchor:
    """A checkpoint and one authority's answer over the bytes of its `note` (`der`, RFC 3161 TimeStampResp)."""

    size: int
    root: bytes
    note: str
    tsa: str
    der: bytes


@dataclass(frozen=True)
class CeremonyAnchors:
    """The earliest stamped checkpoints that cover opening, closing and sealed minutes; None while none does."""

    opened: Anchor | None
    closed: Anchor | None
    sealed: Anchor | None


@dataclass(frozen=True)
class Due:
    """The checkpoint to be stamped now."""

    size: int
    root: bytes
    note: str


def store(session: Session, size: int, tsa: str, der: bytes) -> bool:
    """Keep an answer (DER TimeStampResp) over the checkpoint of `size`; False if this authority's is already there."""
    if tsa in (name for name, _ in of(session, size)):  # SQLite's guard refuses even an insert that would do nothing
        return False
    connection = session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(AuditTsr).values(size=size, tsa=tsa, der=der).on_conflict_do_nothing()
    return connection.execute(row, execution_options={"preserve_rowcount": True}).rowcount == 1


def of(session: Session, size: int) -> list[tuple[str, bytes]]:
    """Return (authority, DER TimeStampResp) of all answers over the checkpoint of `size`, by authority."""
    found = select(AuditTsr.tsa, AuditTsr.der).where(col(AuditTsr.size) == size).order_by(col(AuditTsr.tsa))
    return [(tsa, bytes(der)) for tsa, der in session.exec(found)]


def covering(session: Session, seq: int) -> Anchor | None:
    """Return the earliest stamped checkpoint that holds leaf `seq`: the event was recorded before its time."""
    return next(_anchors(session, col(AuditTsr.size) > seq, order=col(AuditTsr.size), limit=1), None)


def of_ceremony(session: Session, ceremony_id: UUID) -> CeremonyAnchors:
    """Return what proves the time of a ceremony: the first opening, the last closing, the sealed minutes."""
    found = select(AuditEvent.type, func.min(AuditLeaf.seq), func.max(AuditLeaf.seq)).join(
        AuditLeaf, col(AuditLeaf.event_id) == col(AuditEvent.id)
    )
    mine = found.where(col(AuditEvent.ceremony_id) == str(ceremony_id), col(AuditEvent.type).in_(BRACKETS))
    places = {kind: (first, last) for kind, first, last in session.exec(mine.group_by(col(AuditEvent.type)))}

    def anchor(kind: str, which: int) -> Anchor | None:
        return covering(session, places[kind][which]) if kind in places else None

    return CeremonyAnchors(
        anchor(CeremonyOpened.TYPE, 0), anchor(CeremonyClosed.TYPE, 1), anchor(MinutesSealed.TYPE, 0)
    )


def listed(session: Session, limit: int = 100, offset: int = 0) -> list[Anchor]:
    """Return the stamped checkpoints, the newest first."""
    return list(_anchors(session, order=col(AuditTsr.size).desc(), limit=limit, offset=offset))


def count(session: Session) -> int:
    """Return how many `listed` has in all."""
    return int(session.exec(select(func.count()).select_from(AuditTsr)).one())


def due(session: Session, at: datetime) -> Due | None:
    """Return the newest checkpoint if it must be stamped now: a BRACKETS event waits, or the HEARTBEAT has passed."""
    newest = select(AuditCheckpoint.size, AuditCheckpoint.root, AuditCheckpoint.note)
    signed = session.exec(newest.order_by(col(AuditCheckpoint.size).desc()).limit(1)).first()
    stamped = session.exec(select(func.max(AuditTsr.size))).one() or 0
    if signed is None or signed[0] <= stamped:
        return None
    size, root, note = signed
    if stamped and not _news(session, stamped, size, at):
        return None
    return Due(size, bytes(root), note)


def _news(session: Session, stamped: int, size: int, at: datetime) -> bool:
    """Tell whether something after the last stamp asks for another. The stamp's own event is never far behind it."""
    since = (
        select(AuditEvent.type, AuditEvent.occurred_at)
        .join(AuditLeaf, col(AuditLeaf.event_id) == col(AuditEvent.id))
        .where(col(AuditLeaf.seq) >= stamped, col(AuditLeaf.seq) < size)
        .where(col(AuditEvent.type).in_((*BRACKETS, LogAnchored.TYPE)))
        .order_by(col(AuditLeaf.seq))
    )
    found = session.exec(since).all()
    told = [clock.from_text(when) for kind, when in found if kind == LogAnchored.TYPE]
    return any(kind in BRACKETS for kind, _ in found) or any(at - when >= HEARTBEAT for when in told)


def _anchors(session: Session, *conditions: Any, order: Any, limit: int, offset: int = 0) -> Iterator[Anchor]:
    found = (
        sa.select(
            col(AuditTsr.size),
            col(AuditCheckpoint.root),
            col(AuditCheckpoint.note),
            col(AuditTsr.tsa),
            col(AuditTsr.der),
        )
        .join(AuditCheckpoint, col(AuditCheckpoint.size) == col(AuditTsr.size))
        .where(*conditions)
        .order_by(order, col(AuditTsr.tsa))
        .limit(limit)
        .offset(offset)
    )
    for size, root, note, tsa, der in session.connection().execute(found):
        yield Anchor(size, bytes(root), note, tsa, bytes(der))
