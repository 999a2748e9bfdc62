"""What every event says. Pure.

The envelope follows CloudEvents 1.0 (notes/audit-log.md 6). Personal data stands only in `personal`: the log turns it
into salted digests (RFC 9901), so a leaf holds no name, address or free text. What is not personal and belongs to one
kind of event is a field of its class and goes into `data.x`.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum, StrEnum
from typing import ClassVar
from uuid import UUID


class Role(StrEnum):
    """In what capacity somebody acted."""

    SIGNER = "signer"
    WITNESS = "witness"
    OPERATOR = "operator"
    VISITOR = "visitor"
    SYSTEM = "system"


class Result(StrEnum):
    """How the act ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    DENIED = "denied"


class Weight(Enum):
    """What an event of this kind proves, and what it does not: told beside it wherever a person reads it."""

    RECORD = (
        "Membuktikan bahwa sistem mencatat kejadian ini pada urutan dan waktu tersebut; "
        "tidak membuktikan bahwa catatannya benar."
    )
    MAILBOX = (
        "Membuktikan bahwa seseorang yang menerima tautan dan kode di kotak surat itu bertindak "
        "menurut catatan sistem; "
        "tidak membuktikan bahwa ia pemilik kotak surat itu."
    )
    SIGNATURE = (
        "Tanda tangan elektronik di dalam berkas yang disebut membuktikan tindakannya, juga tanpa rekam jejak; "
        "butir ini membuktikan urutan pencatatannya."
    )
    HINT = (
        "Petunjuk lemah: siapa pun yang memegang tautan dapat menekan tombolnya. "
        "Tidak membuktikan bahwa orang yang diundang membaca sesuatu."
    )


@dataclass(frozen=True)
class Actor:
    """Who acted: a pseudonym (`p_` and 128 random bits), a role, and on whose behalf (`region/33.13`)."""

    pseudonym: str
    role: Role
    on_behalf: str | None = None


SYSTEM = Actor("system", Role.SYSTEM)


@dataclass(frozen=True)
class Personal:
    """One personal value about the person `subject` (pseudonym); kept apart from the leaf, erasable."""

    subject: str
    field: str
    value: str


@dataclass(frozen=True)
class Subject:
    """The file an event is about, by kind (`pdf`, `statement`, `template`) and SHA-256 in hex."""

    kind: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event says. `at` is aware; `reason` is a stable code, never free text."""

    TYPE: ClassVar[str]
    TOLD: ClassVar[str]
    WEIGHT: ClassVar[Weight] = Weight.RECORD

    at: datetime
    actor: Actor
    ceremony: UUID | None = None
    document: UUID | None = None
    outcome: Result = Result.SUCCESS
    reason: str | None = None
    subject: Subject | None = None
    personal: tuple[Personal, ...] = ()

    def extra(self) -> dict[str, str | int | list[str]]:
        """Return what only this kind of event says: its own fields, by name, empty ones left out."""
        own = (f.name for f in fields(self) if f.name not in _COMMON)
        return {name: value for name in own if (value := getattr(self, name)) is not None}


_COMMON = {f.name for f in fields(Event)}
