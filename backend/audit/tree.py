"""The Merkle tree as the database keeps it: nodes, head, newest checkpoint. Nothing is written here."""

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from backend.audit import bulk
from backend.audit.faults import TreeDamaged
from backend.audit.merkle import EMPTY, Frontier, Nodes
from backend.audit.tables import AuditCheckpoint, AuditHead, AuditLeaf, AuditNode

Proof = TypeVar("Proof")


def nodes(session: Session) -> Nodes:
    """Return the stored subtrees as a function; it raises TreeDamaged for one that is missing."""

    def read(level: int, index: int) -> bytes:
        place = select(AuditNode.hash).where(col(AuditNode.level) == level, col(AuditNode.idx) == index)
        if (found := session.exec(place).first()) is None:
            raise TreeDamaged(what=f"audit_node {level}/{index}")
        return bytes(found)

    return read


def gather(session: Session, prove: Callable[[Nodes], Proof]) -> Proof:
    """Return `prove(nodes)`, whose subtrees are read with one query instead of one each.

    `prove` runs twice: to tell which subtrees it wants, then with them. Raises TreeDamaged for one that is missing.
    """
    wanted: dict[tuple[int, int], None] = {}

    def note(level: int, index: int) -> bytes:
        wanted[level, index] = None
        return EMPTY

    prove(note)
    found = bulk.read_nodes(session.connection(), list(wanted))

    def read(level: int, index: int) -> bytes:
        try:
            return found[level, index]
        except KeyError:
            raise TreeDamaged(what=f"audit_node {level}/{index}") from None

    return prove(read)


def head(session: Session) -> Frontier:
    """Return the stored head, an empty tree if there is none; raises TreeDamaged if it is no right edge of its size."""
    row = session.exec(select(AuditHead.size, AuditHead.frontier)).first()
    try:
        return Frontier.from_bytes(row[0], bytes(row[1])) if row else Frontier()
    except ValueError as error:
        raise TreeDamaged(what="audit_head") from error


def leaf_count(session: Session) -> int:
    """Return how many leaves there are; they are contiguous from 0, so the highest number tells."""
    return int(session.exec(select(func.coalesce(func.max(AuditLeaf.seq) + 1, 0))).one())


def newest_checkpoint(session: Session) -> int:
    """Return the size of the newest signed checkpoint in the database, 0 if there is none."""
    return int(session.exec(select(func.max(AuditCheckpoint.size))).one() or 0)


def freeze(session: Session) -> None:
    """Let all reads of this fresh transaction see one state. SQLite does so by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def lock(session: Session, *, wait: bool) -> bool:
    """Take the sequencer's lock until the transaction ends; tell whether it was free. SQLite has one writer anyway."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return True
    if wait:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        return True
    return bool(connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))).scalar_one())


_LOCK = int.from_bytes(b"prasasti")
"""PostgreSQL advisory locks are named by 64-bit numbers."""
