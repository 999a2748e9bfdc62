"""Who takes part: frozen facts about a person in one ceremony and about a staff account. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from backend.audit.events import Actor, Role

ERASED = "(data pribadi dihapus)"
"""What stands in place of the name of a person whose data was erased."""


class Part(StrEnum):
    """What a person does in a ceremony."""

    HEAD = "head"
    OFFICIAL = "official"
    WITNESS = "witness"


@dataclass(frozen=True)
class Person:
    """One person in one ceremony. `pseudonym` is his name in the log; `certificate_sha256` alone may sign for him."""

    id: UUID
    ceremony_id: UUID
    pseudonym: str
    part: Part
    name: str
    office: str
    institution: str
    email: str
    salutation: str | None = None
    region: str | None = None
    language: str = "id"
    certificate_sha256: str | None = None

    @property
    def erased(self) -> bool:
        """Tell whether his personal data was erased."""
        return self.name == ERASED

    @property
    def actor(self) -> Actor:
        """Return this person as the log names him."""
        role = Role.WITNESS if self.part is Part.WITNESS else Role.SIGNER
        behalf = f"region/{self.region}" if self.region else "ministry"
        return Actor(self.pseudonym, role, behalf)


class AccountRole(StrEnum):
    """What staff may do: an organiser runs ceremonies, an auditor reads everything and changes nothing."""

    ORGANISER = "organiser"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class Account:
    """One member of staff."""

    id: UUID
    pseudonym: str
    email: str
    name: str
    role: AccountRole

    @property
    def actor(self) -> Actor:
        """Return this account as the log names it."""
        return Actor(self.pseudonym, Role.OPERATOR)
