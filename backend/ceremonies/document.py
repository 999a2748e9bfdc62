"""Frozen facts about one region's document: its slots (expected signatures) and its revisions. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from backend.errors import NotFound


class DocumentStatus(StrEnum):
    """Where a document stands; the moves are in `lifecycle.DOCUMENT_MOVES`."""

    DRAFT = "draft"
    FREEZING = "freezing"
    FREEZE_FAILED = "freeze_failed"
    FROZEN = "frozen"
    IN_SIGNING = "in_signing"
    COMPLETED = "completed"
    ARCHIVED = "archived"
    RETURNED = "returned"
    DECLINED = "declined"
    VOIDED = "voided"
    EXPIRED = "expired"


class SlotStatus(StrEnum):
    """Where one expected signature stands; the moves are in `lifecycle.SLOT_MOVES`."""

    WAITING = "waiting"
    INVITED = "invited"
    OPENED = "opened"
    IDENTIFIED = "identified"
    SIGNED = "signed"
    RETURNED = "returned"
    DECLINED = "declined"
    REPLACED = "replaced"


class SlotRole(StrEnum):
    """For whom a slot is: the keys of the template's slots."""

    HEAD = "head"
    MINISTRY = "ministry"


class RevisionKind(StrEnum):
    """What a revision added to the one before it."""

    SEALED = "sealed"
    SIGNED = "signed"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Slot:
    """One expected signature: whose, in which field, in which order, and what became of it."""

    id: UUID
    role: SlotRole
    field: str
    order: int
    person_id: UUID
    status: SlotStatus = SlotStatus.WAITING
    face_sha256: str | None = None
    signed_sha256: str | None = None
    certificate_sha256: str | None = None
    level: str | None = None
    signed_at: datetime | None = None
    timestamp_at: datetime | None = None


@dataclass(frozen=True)
class Revision:
    """One state of the file, under the SHA-256 of its bytes; `certificate_sha256` is of whoever signed or sealed it."""

    sha256: str
    kind: RevisionKind
    size: int
    at: datetime
    level: str
    slot_id: UUID | None = None
    certificate_sha256: str | None = None


@dataclass(frozen=True)
class Document:
    """The MoU of one region. `code` is what its QR shows; `revisions` are in order, the last is the current one.

    `printed` holds what the region supplied to be printed as it is: its address, contact and the area's full name;
    `recipe_sha256` is the vault's name of the packed template and fonts.
    """

    id: UUID
    ceremony_id: UUID
    region: str
    area: str
    number: str
    region_number: str
    printed: dict[str, str] = field(hash=False)
    code: str
    status: DocumentStatus = DocumentStatus.DRAFT
    attempt: int = 0
    failure: str | None = None
    template_sha256: str | None = None
    recipe_sha256: str | None = None
    unsigned_sha256: str | None = None
    blocks_sha256: str | None = None
    slots: tuple[Slot, ...] = ()
    revisions: tuple[Revision, ...] = ()

    @property
    def current(self) -> Revision | None:
        """Return the newest revision, or None before freezing."""
        return self.revisions[-1] if self.revisions else None

    @property
    def complete(self) -> bool:
        """Tell whether every party has signed."""
        return bool(self.slots) and all(s.status is SlotStatus.SIGNED for s in self.slots)

    def slot(self, slot_id: UUID) -> Slot:
        """Return one slot; raises NotFound."""
        found = next((s for s in self.slots if s.id == slot_id), None)
        if found is None:
            raise NotFound
        return found

    def slot_of(self, person_id: UUID) -> Slot | None:
        """Return the slot of a person, if he has one here."""
        return next((s for s in self.slots if s.person_id == person_id), None)

    def slot_for(self, role: SlotRole) -> Slot | None:
        """Return the slot of a role."""
        return next((s for s in self.slots if s.role is role), None)

    @property
    def turn(self) -> Slot | None:
        """Return the slot whose signature is next: the first in order that is not signed."""
        waiting = [s for s in self.slots if s.status is not SlotStatus.SIGNED]
        return min(waiting, key=lambda s: s.order, default=None)
