"""Invented people: names made of words for sky, sea, flowers and woods, the same ones on every run."""

import random
from dataclasses import dataclass

_HIS = (
    "Angkasa", "Bahari", "Bayu", "Bintang", "Buana", "Damar", "Elang", "Fajar", "Galang", "Guntur", "Kelana",
    "Langit", "Lazuardi", "Merapi", "Panji", "Rimba", "Rinjani", "Sagara", "Samudra", "Semeru", "Surya", "Taufan",
)  # fmt: skip
_HERS = (
    "Anggrek", "Bulan", "Cempaka", "Dahlia", "Embun", "Fajarwati", "Gerimis", "Intan", "Kemuning", "Kenanga", "Kirana",
    "Larasati", "Mawar", "Melati", "Mentari", "Mutiara", "Nirmala", "Pelangi", "Puspa", "Ratna", "Seruni", "Teratai",
)  # fmt: skip
_MIDDLE = (
    "Arunika", "Baskara", "Candra", "Dirgantara", "Ganendra", "Harsa", "Jenggala", "Kartika", "Laksana", "Nawasena",
    "Palapa", "Raksa", "Sadewa", "Swara", "Tirta", "Utama", "Wiyata",
)  # fmt: skip
_LAST = (
    "Adiluhung", "Bentala", "Cakrawala", "Dwipantara", "Ekawarna", "Halimun", "Jatayu", "Kalpataru", "Lembayung",
    "Mandalagiri", "Nirwana", "Purnama", "Rumpunbambu", "Sanggabumi", "Selasih", "Telaga", "Wanagiri", "Wukirsari",
)  # fmt: skip
_TITLES = ("", "", "", "", "M.Si.", "M.M.", "S.H.", "S.E., M.M.", "S.Sos.", "Ph.D.")
_KNOWN = 0.85


@dataclass(frozen=True)
class Invented:
    """One person: the name as it is printed, and how he or she is addressed (empty where that is unknown)."""

    name: str
    salutation: str


class People:
    """Makes people; no two of one maker bear the same name."""

    def __init__(self, seed: str) -> None:
        """Make the same people for the same seed."""
        self._dice = random.Random(seed)
        self._given: set[str] = set()

    def next(self, *, titles: bool = True, known: bool = False) -> Invented:
        """Return one more person; `known` when the form of address must be known."""
        while True:
            salutation = self._dice.choice(("Bapak", "Ibu"))
            first = self._dice.choice(_HIS if salutation == "Bapak" else _HERS)
            name = f"{first} {self._dice.choice(_MIDDLE)} {self._dice.choice(_LAST)}"
            if name not in self._given:
                break
        self._given.add(name)
        title = self._dice.choice(_TITLES) if titles else ""
        told = salutation if known or self._dice.random() < _KNOWN else ""
        return Invented(f"{name}, {title}" if title else name, told)
