"""Which regions take part, read from the demo's list and from the table of regions as plain files."""

import csv
from dataclasses import dataclass
from pathlib import Path

MEMBERS = Path(__file__).with_name("members.csv")
REGIONS = Path(__file__).parents[1] / "backend" / "regions" / "regions.csv"
FEATURED = "33.13"


@dataclass(frozen=True)
class Place:
    """One region: its code, how it is called, who leads it, and the area in which it takes part."""

    code: str
    name: str
    full_name: str
    head_title: str
    area: str
    area_name: str

    @property
    def slug(self) -> str:
        """Return its full name as a part of an address: kabupaten-karanganyar."""
        letters = "".join(c if c.isascii() and c.isalnum() else " " for c in self.full_name.lower())
        return "-".join(letters.split())


def choose(count: int) -> list[Place]:
    """Return `count` regions: of the 48 members while they suffice, else of all with an elected head, area = province.

    Raises ValueError unless 1 <= count <= 508.
    """
    table = {row["code"]: row for row in _rows(REGIONS) if row["administrative"] == "0"}
    members = _rows(MEMBERS)
    if not 1 <= count <= len(table):
        raise ValueError(f"between 1 and {len(table)} regions have an elected head, not {count}")
    if count <= len(members):
        return [_place(table[row["code"]], row["area"], _tourism(row["area"])) for row in members[:count]]
    featured_first = sorted(table.values(), key=lambda row: (row["code"] != FEATURED, row["code"]))
    return [
        _place(row, row["province"], f"Kawasan Kota Cerdas Provinsi {row['province']}")
        for row in featured_first[:count]
    ]


def for_rehearsal(taken: list[Place], count: int) -> list[Place]:
    """Return `count` regions for a rehearsal, other ones than those taken while there are any."""
    used = {place.code for place in taken}
    free = [row for row in _rows(REGIONS) if row["administrative"] == "0" and row["code"] not in used]
    if len(free) < count:
        return taken[:count]
    return [_place(row, row["province"], f"Kawasan Kota Cerdas Provinsi {row['province']}") for row in free[:count]]


def _place(row: dict[str, str], area: str, area_name: str) -> Place:
    return Place(row["code"], row["name"], row["full_name"], row["head_title"], area, area_name)


def _tourism(area: str) -> str:
    return "Kawasan Ibu Kota Negara" if area == "IKN" else f"Kawasan Pariwisata Prioritas Nasional {area}"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
