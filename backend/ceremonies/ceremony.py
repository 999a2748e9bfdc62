"""Frozen facts about a ceremony and its witnesses. Pure: no rule, no row, no clock."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

MARK_TEST = "UJI COBA - TIDAK SAH"
MARK_REHEARSAL = "GLADI - TIDAK SAH"


class Nature(StrEnum):
    """Whether a ceremony counts. A rehearsal or test works in every way and says everywhere what it is."""

    REAL = "real"
    REHEARSAL = "rehearsal"
    TEST = "test"


class CeremonyStatus(StrEnum):
    """Where a ceremony stands; the moves are in `lifecycle.CEREMONY_MOVES`."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    SEALED = "sealed"
    CANCELLED = "cancelled"


class WitnessStatus(StrEnum):
    """Where a witness stands; the moves are in `lifecycle.WITNESS_MOVES`."""

    WAITING = "waiting"
    INVITED = "invited"
    OPENED = "opened"
    IDENTIFIED = "identified"
    ATTESTED = "attested"
    DECLINED = "declined"


@dataclass(frozen=True)
class Ceremony:
    """One signing event. `code` is what the QR of its minutes shows, `ministry` what documents print of it."""

    id: UUID
    title: str
    nature: Nature
    template: str
    starts_at: datetime
    zone: str
    place: str
    venue: str
    minutes_number: str
    code: str
    ministry: dict[str, Any] = field(hash=False)
    status: CeremonyStatus = CeremonyStatus.DRAFT
    created_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    minutes_requested_at: datetime | None = None
    sealed_at: datetime | None = None
    minutes_sha256: str | None = None

    @property
    def counts(self) -> bool:
        """Tell whether what is signed here is meant to count."""
        return self.nature is Nature.REAL


@dataclass(frozen=True)
class Witness:
    """Somebody who attests: to one region's signature (`document_id`) or, without one, to the whole ceremony."""

    id: UUID
    ceremony_id: UUID
    person_id: UUID
    order: int
    document_id: UUID | None = None
    status: WitnessStatus = WitnessStatus.WAITING
    attested_sha256: str | None = None
    statement_sha256: str | None = None
    at: datetime | None = None
