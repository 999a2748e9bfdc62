"""What a rule decided: facts, events and work to do, stored together or not at all. Pure."""

from dataclasses import dataclass
from uuid import UUID

from backend.audit.events import Event
from backend.ceremonies.ceremony import Ceremony, Witness
from backend.ceremonies.document import Document, SlotStatus
from backend.jobs.catalogue import Job
from backend.people.links import Link
from backend.people.person import Person


@dataclass(frozen=True)
class Progress:
    """One person came further: all his slots and attestations in one of the states `before` move on to `after`."""

    person_id: UUID
    before: tuple[SlotStatus, ...]
    after: SlotStatus


@dataclass(frozen=True)
class Letter:
    """A mail to one person; its words and his link's token are made when it is sent, never before."""

    message: str  # the folder of its words in templates/mail
    person_id: UUID
    document_id: UUID | None = None


Fact = Ceremony | Document | Witness | Link | Person | Progress


@dataclass(frozen=True)
class Outcome:
    """What a rule decided; nothing has happened yet. Without an event there is no outcome (DESIGN, the core)."""

    facts: tuple[Fact, ...]
    events: tuple[Event, ...]
    jobs: tuple[Job, ...] = ()
    letters: tuple[Letter, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a change without history."""
        if not self.events:
            raise ValueError("an outcome without an event would change something unseen")
