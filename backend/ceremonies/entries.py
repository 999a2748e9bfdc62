"""What a ceremony's file says, and what is wrong with it: what `intake.py` hands to the action `create`. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.ceremonies.ceremony import Nature
from backend.errors import Refusal
from backend.languages import translate


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: where (`row` 0 means the whole file) and what to do."""

    file: str
    row: int
    column: str
    said: str
    facts: dict[str, object] = field(default_factory=dict, hash=False)

    def told(self, language: str) -> str:
        """Return one line for a list of faults, in the reader's language."""
        place = translate("baris %(row)s, kolom %(column)s", language, row=self.row, column=self.column)
        said = translate(self.said, language)
        return f"{self.file}: {place if self.row else self.column}: {said % self.facts if self.facts else said}"


class CeremonyFileInvalid(Refusal):
    """The file has faults; `faults` lists all of them, nothing was imported."""

    code = "ceremony-file-invalid"
    message = "Berkas seremoni belum dapat dipakai: ada %(count)s hal yang perlu diperbaiki. Tidak ada yang disimpan."
    remedy = "Perbaiki semua hal dalam daftar, lalu jalankan kembali."

    def __init__(self, faults: list[Fault]) -> None:
        """Keep the whole list."""
        self.faults = faults
        super().__init__(count=len(faults))


@dataclass(frozen=True)
class PersonEntry:
    """A person as a file names him."""

    name: str
    office: str
    institution: str
    email: str
    salutation: str | None


@dataclass(frozen=True)
class RegionEntry:
    """One region's row: its document, head and local witnesses; `printed` are columns printed as they are."""

    code: str
    area: str
    printed: dict[str, str] = field(hash=False)
    number: str
    region_number: str
    head: PersonEntry
    witnesses: tuple[PersonEntry, ...] = ()


@dataclass(frozen=True)
class CeremonyEntry:
    """All that a ceremony's file says."""

    title: str
    nature: Nature
    template: str
    starts_at: datetime
    zone: str
    place: str
    venue: str
    minutes_number: str
    ministry: dict[str, Any] = field(hash=False)
    official: PersonEntry
    witnesses: tuple[PersonEntry, ...]
    regions: tuple[RegionEntry, ...]


class Faults(list[Fault]):
    """All faults of one file and its tables."""

    def add(self, file: str, at: int, column: str, said: str, **facts: object) -> None:
        """Note one more; `said` is a message id, filled with `facts`."""
        self.append(Fault(file, at, column, said, facts))
