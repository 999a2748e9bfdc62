"""Numbers for queued events, growth of the tree, signed checkpoints: the work of the worker, never of a request.

`drain` is one transaction and may be killed at any statement. A checkpoint is signed only if it extends the last one
kept outside the database, so no two signed notes of this log ever contradict each other (notes/audit-log.md 7.4).
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from backend.audit import bulk, merkle, outside, tree
from backend.audit.checkpoint import Checkpoint, SigningKey
from backend.audit.faults import EventDamaged, TreeDamaged
from backend.audit.standing import CheckpointMissing, LogBehind, LogForked, check_extends, check_start
from backend.audit.tables import AuditCheckpoint, AuditEvent, AuditHead, AuditQueue
from backend.database import Database

__all__ = [
    "CheckpointMissing",
    "LogBehind",
    "LogForked",
    "check_start",
    "drain",
    "drain_and_sign",
    "load_or_create_key",
    "sign_checkpoint",
]


def load_or_create_key(path: Path, origin: str) -> SigningKey:
    """Return the log's signing key, made on first use under the name `origin` (no space, no plus).

    The secret file has mode 0600; the public key is written beside it as `log.vkey`. An existing file decides the name.
    Raises InvalidNote if the file holds no key.
    """
    with outside.signing(path):
        if not path.exists():
            outside.write(path, SigningKey.generate(origin).to_text() + "\n", mode=0o600)
        key = SigningKey.from_text(path.read_text(encoding="utf-8"))
        public = path.with_name("log.vkey")
        if not public.exists() or public.read_text(encoding="utf-8").strip() != key.public.to_text():
            outside.write(public, key.public.to_text() + "\n")
    return key


def drain(database: Database, limit: int = 512) -> int:
    """Give numbers to up to `limit` queued events in one transaction; return how many.

    That is 0 also while another worker drains.

    Raises EventDamaged or TreeDamaged and numbers nothing if what is stored contradicts itself.
    """
    with database.writing() as session:
        if not tree.lock(session, wait=False):
            return 0
        queued = _queued(session, limit)
        if not queued:
            return 0
        frontier = tree.head(session)
        first = frontier.size
        completed = [node for _, _, leaf in queued for node in frontier.push(leaf)]
        connection = session.connection()
        bulk.insert_leaves(connection, first, [event_id for _, event_id, _ in queued])
        bulk.insert_nodes(connection, completed)
        bulk.delete_queued(connection, [position for position, _, _ in queued])
        _move_head(connection, first, frontier)
    return len(queued)


def sign_checkpoint(database: Database, key: SigningKey, path: Path) -> Checkpoint | None:
    """Sign the head if it is new, keep the note in `path` and then in the database; return the newest checkpoint.

    Returns None for an empty log. Raises LogForked (or LogBehind, CheckpointMissing), OutsideUnreadable, TreeDamaged
    and signs nothing when the database does not extend what was signed before.
    """
    with outside.signing(path):
        return _sign(database, key, path, outside.read(path, key.public))


def drain_and_sign(database: Database, key: SigningKey, path: Path, limit: int = 2048) -> int:
    """Drain what is queued, then sign; return how many events were numbered. Call it again whenever woken.

    Raises what `sign_checkpoint` raises, and then numbers nothing either: a restored backup must not grow on.
    """
    total = 0
    with outside.signing(path):
        last = outside.read(path, key.public)
        with database.reading() as session:
            check_extends(session, tree.head(session), last)
            waiting = session.exec(select(AuditQueue.position).limit(1)).first() is not None
        # SQLite has one writer: no write transaction when nothing waits, and none to learn that nothing is left.
        while waiting:
            done = drain(database, limit)
            total += done
            waiting = done == limit
        _sign(database, key, path, last)
    return total


def _sign(database: Database, key: SigningKey, path: Path, last: Checkpoint | None) -> Checkpoint | None:
    """Sign what extends `last`, the checkpoint outside; the caller holds the file against other signers."""
    with database.reading() as session:
        head = tree.head(session)
        check_extends(session, head, last)
        stored = tree.newest_checkpoint(session)
    if head.size == 0:
        return None
    new = Checkpoint(key.name, head.size, head.root())
    if new == last and stored == new.size:
        return new
    note = key.sign(new.to_text())
    if last != new:
        outside.write(path, note)
    _store(database, new, note)
    return new


def _queued(session: Session, limit: int) -> list[tuple[int, str, bytes]]:
    """Return position, event id and leaf hash of what waits; the hash is made anew from the body."""
    waiting = (
        select(AuditQueue.position, AuditQueue.event_id, AuditEvent.body, AuditEvent.leaf_hash)
        .join(AuditEvent, col(AuditEvent.id) == col(AuditQueue.event_id))
        .order_by(col(AuditQueue.position))
        .limit(limit)
    )
    found = []
    for position, event_id, body, stored in session.exec(waiting):
        if merkle.leaf_hash(body) != stored:
            raise EventDamaged(event=event_id)
        found.append((int(position or 0), event_id, stored))
    return found


def _move_head(connection: sa.Connection, first: int, frontier: merkle.Frontier) -> None:
    values: dict[str, Any] = {"size": frontier.size, "frontier": frontier.to_bytes()}
    if first == 0:
        connection.execute(sa.insert(AuditHead).values(id=1, **values))
        return
    moved = connection.execute(sa.update(AuditHead).where(col(AuditHead.size) == first).values(**values))
    if moved.rowcount != 1:
        raise TreeDamaged(what="audit_head")


def _store(database: Database, new: Checkpoint, note: str) -> None:
    with database.writing() as session:
        tree.lock(session, wait=True)
        previous = tree.newest_checkpoint(session)
        if previous < new.size:
            row = {"size": new.size, "previous": previous, "root": new.root, "note": note}
            session.connection().execute(sa.insert(AuditCheckpoint), row)
