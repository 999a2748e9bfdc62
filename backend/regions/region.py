"""The 514 kabupaten and kota of Indonesia, from `regions.csv` beside this file; facts only, no rule.

Where the table comes from, and how it is made again, stands in THIRD-PARTY.md.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from backend.errors import Refusal

TABLE = Path(__file__).with_name("regions.csv")


class Kind(StrEnum):
    """What a region is: 26 names are borne by a kabupaten and a kota, so a name alone says nothing."""

    KABUPATEN = "kabupaten"
    KOTA = "kota"


@dataclass(frozen=True)
class Province:
    """A province by its two-digit code."""

    code: str
    name: str


@dataclass(frozen=True)
class Region:
    """One kabupaten or kota, keyed by its official code (`33.13`).

    `zone` is an IANA name, `zone_label` what Indonesians call it (WIB, WITA, WIT), `head_title` is Bupati or Wali Kota.
    `administrative` regions (six, all in Jakarta) have an appointed head, who signs no nota kesepakatan.
    """

    code: str
    name: str
    full_name: str
    kind: Kind
    province_code: str
    province: str
    zone: str
    zone_label: str
    head_title: str
    administrative: bool


class UnknownRegion(Refusal):
    """A code that is none of the 514; `region` is what was given."""

    code = "region-unknown"
    message = "Kode daerah %(region)s tidak dikenal."
    remedy = "Gunakan kode resmi kabupaten atau kota, misalnya 33.13 untuk Kabupaten Karanganyar."


@cache
def all_regions() -> tuple[Region, ...]:
    """Return all 514 regions, ordered by code."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(_region(row) for row in csv.DictReader(file))


@cache
def provinces() -> tuple[Province, ...]:
    """Return the 38 provinces, ordered by code."""
    return tuple(Province(*pair) for pair in sorted({(r.province_code, r.province) for r in all_regions()}))


def by_code(code: str) -> Region:
    """Return the region with this official code; raises UnknownRegion."""
    region = _by_code().get(code)
    if region is None:
        raise UnknownRegion(region=code)
    return region


@cache
def _by_code() -> dict[str, Region]:
    return {region.code: region for region in all_regions()}


def _region(row: dict[str, str]) -> Region:
    return Region(
        code=row["code"],
        name=row["name"],
        full_name=row["full_name"],
        kind=Kind(row["kind"]),
        province_code=row["province_code"],
        province=row["province"],
        zone=row["iana_tz"],
        zone_label=row["timezone"],
        head_title=row["head_title"],
        administrative=row["administrative"] == "1",
    )
