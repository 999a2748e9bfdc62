"""Tables of ceremonies: ceremony, document, slot, revision, witness. Facts are made from them in `store.py` only."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from backend.database import Moment


class CeremonyRow(SQLModel, table=True):
    """One ceremony. Its row is the lock between signing and closing (DESIGN section 3)."""

    __tablename__ = "ceremony"
    id: UUID = Field(primary_key=True)
    title: str
    nature: str
    template: str
    starts_at: datetime = Field(sa_type=Moment)
    zone: str
    place: str
    venue: str
    minutes_number: str
    code: str = Field(unique=True)
    ministry: dict[str, Any] = Field(sa_type=sa.JSON)
    status: str
    created_at: datetime | None = Field(default=None, sa_type=Moment)
    opened_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    minutes_requested_at: datetime | None = Field(default=None, sa_type=Moment)
    sealed_at: datetime | None = Field(default=None, sa_type=Moment)
    minutes_sha256: str | None = None


class DocumentRow(SQLModel, table=True):
    """One region's document. Its row is the lock of its signatures (invariant 1)."""

    __tablename__ = "document"
    __table_args__ = (
        sa.UniqueConstraint("ceremony_id", "region", name="uq_document_region"),
        sa.UniqueConstraint("ceremony_id", "number", name="uq_document_number"),
    )
    id: UUID = Field(primary_key=True)
    ceremony_id: UUID = Field(foreign_key="ceremony.id", index=True)
    region: str
    area: str
    number: str
    region_number: str
    printed: dict[str, str] = Field(sa_type=sa.JSON)
    code: str = Field(unique=True)
    status: str
    attempt: int = 0
    failure: str | None = None
    template_sha256: str | None = None
    recipe_sha256: str | None = None
    unsigned_sha256: str | None = None
    blocks_sha256: str | None = None


class SlotRow(SQLModel, table=True):
    """One expected signature."""

    __tablename__ = "slot"
    __table_args__ = (sa.UniqueConstraint("document_id", "role"),)
    id: UUID = Field(primary_key=True)
    document_id: UUID = Field(foreign_key="document.id", index=True)
    role: str
    field: str
    order: int
    person_id: UUID = Field(foreign_key="person.id", index=True)
    status: str
    face_sha256: str | None = None
    signed_sha256: str | None = None
    certificate_sha256: str | None = None
    level: str | None = None
    signed_at: datetime | None = Field(default=None, sa_type=Moment)
    timestamp_at: datetime | None = Field(default=None, sa_type=Moment)


class RevisionRow(SQLModel, table=True):
    """One state of a document's file; `position` counts from 0 and is never reused."""

    __tablename__ = "revision"
    document_id: UUID = Field(primary_key=True, foreign_key="document.id")
    position: int = Field(primary_key=True)
    sha256: str = Field(index=True)
    kind: str
    size: int
    at: datetime = Field(sa_type=Moment)
    level: str
    slot_id: UUID | None = None
    certificate_sha256: str | None = None


class WitnessRow(SQLModel, table=True):
    """One witness of a document's signing, or of the whole ceremony."""

    __tablename__ = "witness"
    id: UUID = Field(primary_key=True)
    ceremony_id: UUID = Field(foreign_key="ceremony.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    order: int
    document_id: UUID | None = Field(default=None, foreign_key="document.id", index=True)
    status: str
    attested_sha256: str | None = None
    statement_sha256: str | None = None
    at: datetime | None = Field(default=None, sa_type=Moment)
