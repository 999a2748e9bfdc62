"""The rows of the audit log, the same on SQLite and PostgreSQL: text, bytes and integers, no cascade, no ORM relation.

Everything is insert-only (backend.audit.protection enforces it) except the queue (its rows go), the head (a cache,
rebuilt and compared at start) and the two tables of erasable personal data.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Text
from sqlmodel import Field, SQLModel

_BIG: Final = BigInteger().with_variant(Integer(), "sqlite")


class AuditEvent(SQLModel, table=True):
    """One event. `body` is the truth (the leaf's exact bytes); every other column is a copy out of it."""

    __tablename__ = "audit_event"

    id: str = Field(primary_key=True, sa_type=Text)
    body: bytes
    leaf_hash: bytes
    type: str = Field(sa_type=Text)
    ceremony_id: str | None = Field(default=None, index=True, sa_type=Text)
    document_id: str | None = Field(default=None, index=True, sa_type=Text)
    object_sha256: str | None = Field(default=None, index=True, sa_type=Text)
    occurred_at: str = Field(sa_type=Text)


class AuditQueue(SQLModel, table=True):
    """An event without a number yet.

    `position` only orders: rollbacks leave gaps, late commits come in below, nobody ever asks for "newer than".
    """

    __tablename__ = "audit_queue"

    position: int | None = Field(default=None, sa_column=Column(_BIG, primary_key=True, autoincrement=True))
    event_id: str = Field(unique=True, sa_type=Text, foreign_key="audit_event.id")


class AuditLeaf(SQLModel, table=True):
    """The place of an event in the log: contiguous from 0, enforced by a trigger."""

    __tablename__ = "audit_leaf"

    seq: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    event_id: str = Field(unique=True, sa_type=Text, foreign_key="audit_event.id")


class AuditNode(SQLModel, table=True):
    """A complete subtree; level 0 are the leaf hashes themselves."""

    __tablename__ = "audit_node"

    level: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    idx: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    hash: bytes


class AuditHead(SQLModel, table=True):
    """How far the log has come (one row, id 1): number of leaves and the right edge of the tree."""

    __tablename__ = "audit_head"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    size: int = Field(sa_type=BigInteger)
    frontier: bytes


class AuditCheckpoint(SQLModel, table=True):
    """A signed note. `previous` is the size of the one before it (0 at first), so that a missing row leaves a gap."""

    __tablename__ = "audit_checkpoint"

    size: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    previous: int = Field(sa_type=BigInteger)
    root: bytes
    note: str = Field(sa_type=Text)


class AuditCosignature(SQLModel, table=True):
    """What a cosigner at another institution signed under a checkpoint (C2SP tlog-cosignature): one line of a note."""

    __tablename__ = "audit_cosignature"

    size: int = Field(
        sa_column=Column(_BIG, ForeignKey("audit_checkpoint.size"), primary_key=True, autoincrement=False)
    )
    name: str = Field(primary_key=True, sa_type=Text)
    line: str = Field(sa_type=Text)


class AuditTsr(SQLModel, table=True):
    """A timestamp authority's answer over a checkpoint's note (RFC 3161 TimeStampResp, DER)."""

    __tablename__ = "audit_tsr"

    size: int = Field(
        sa_column=Column(_BIG, ForeignKey("audit_checkpoint.size"), primary_key=True, autoincrement=False)
    )
    tsa: str = Field(primary_key=True, sa_type=Text)
    der: bytes


class AuditDisclosure(SQLModel, table=True):
    """One personal value of one event, encrypted under its person's key; `digest` stands in the leaf's `_sd`."""

    __tablename__ = "audit_disclosure"

    event_id: str = Field(primary_key=True, sa_type=Text)
    digest: str = Field(primary_key=True, sa_type=Text)
    field: str = Field(sa_type=Text)
    key_id: str = Field(index=True, sa_type=Text)
    ciphertext: bytes


class AuditSubjectKey(SQLModel, table=True):
    """The key of one person in one ceremony (`key_id` is the pseudonym), wrapped by the deployment's key."""

    __tablename__ = "audit_subject_key"

    key_id: str = Field(primary_key=True, sa_type=Text)
    wrapped: bytes


def copies(envelope: dict[str, Any]) -> dict[str, str | None]:
    """Return the columns of `audit_event` that repeat members of an envelope, to be written and to be compared."""
    data = envelope["data"]
    _, _, document = envelope.get("subject", "").partition("document/")
    return {
        "type": envelope["type"],
        "ceremony_id": data.get("ceremony"),
        "document_id": document or None,
        "object_sha256": data.get("object", {}).get("sha256"),
        "occurred_at": envelope["time"],
    }
