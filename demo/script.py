"""The input of a ceremony: writes its file and tables (docs/ceremony-file.md), and knows who plays which part."""

import csv
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from demo.invented import Invented, People
from demo.places import FEATURED, Place

EXAMPLE = Path(__file__).with_name("seremoni.toml")
REGION_COLUMNS = (
    "kode", "kawasan", "nama_kawasan", "nomor", "nomor_daerah", "nama", "sebutan", "surel", "alamat", "penghubung",
    "surel_daerah",
)  # fmt: skip
WITNESS_COLUMNS = ("kode", "nama", "jabatan", "instansi", "sebutan", "surel")
FEATURED_WITNESSES = (
    "Asisten Pemerintahan dan Kesejahteraan Rakyat",
    "Asisten Perekonomian dan Pembangunan",
    "Kepala Dinas Komunikasi dan Informatika",
)
WITNESSES = ("Sekretaris Daerah", "Kepala Dinas Komunikasi dan Informatika", "Asisten Administrasi Umum")
STREETS = (
    "Alun-Alun Contoh",
    "Contoh Pemuda",
    "Contoh Diponegoro",
    "Contoh Sudirman",
    "Contoh Merdeka",
    "Contoh Pahlawan",
)


@dataclass(frozen=True)
class Cast:
    """Who takes part, by mail address: heads and local witnesses by region, the official, witnesses of the whole."""

    heads: dict[str, str]
    local_witnesses: dict[str, list[str]]
    official: str
    witnesses: list[str]

    @property
    def everybody(self) -> list[str]:
        """Return all addresses."""
        local = [address for addresses in self.local_witnesses.values() for address in addresses]
        return [*self.heads.values(), *local, self.official, *self.witnesses]


@dataclass(frozen=True)
class Production:
    """What distinguishes one ceremony from another: its name, whether it counts, its day, and its own mail domain."""

    title: str
    nature: str
    day: datetime
    domain: str = "contoh.invalid"
    series: str = "AI.01.04"


def write(folder: Path, places: list[Place], production: Production) -> tuple[Path, Cast]:
    """Write seremoni.toml, daerah.csv and saksi.csv into `folder`; return the ceremony's file and its cast."""
    folder.mkdir(parents=True, exist_ok=True)
    people = People(production.title)
    heads = [_head(place, number, people.next(), production) for number, place in enumerate(places, start=1)]
    witnesses = [row for place in places for row in _witnesses(place, people, production)]
    _table(folder / "daerah.csv", REGION_COLUMNS, heads)
    _table(folder / "saksi.csv", WITNESS_COLUMNS, witnesses)
    text = _ceremony(production)
    (folder / EXAMPLE.name).write_text(text, "utf-8")
    return folder / EXAMPLE.name, _cast(tomllib.loads(text), heads, witnesses)


def _cast(ceremony: dict[str, Any], heads: list[dict[str, str]], witnesses: list[dict[str, str]]) -> Cast:
    local: dict[str, list[str]] = {}
    for row in witnesses:
        local.setdefault(row["kode"], []).append(row["surel"])
    return Cast(
        heads={row["kode"]: row["surel"] for row in heads},
        local_witnesses=local,
        official=ceremony["pejabat"]["surel"],
        witnesses=[witness["surel"] for witness in ceremony["saksi"]],
    )


def _ceremony(production: Production) -> str:
    day = production.day
    text = EXAMPLE.read_text("utf-8").replace("contoh.invalid", production.domain)
    text = text[text.index("[seremoni]") :]
    begins = day.replace(hour=9, minute=0, second=0, microsecond=0).isoformat()
    return _with(
        text,
        judul=f'"{production.title}"',
        sifat=f'"{production.nature}"',
        waktu=begins,
        nomor_berita_acara=f'"BA-001/DJAI/{production.series}/{day:%m/%Y}"',
    )


def _with(text: str, **values: str) -> str:
    for key, value in values.items():
        text, count = re.subn(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        if count != 1:
            raise ValueError(f"{EXAMPLE.name} has {count} lines `{key}`")
    return text


def _head(place: Place, number: int, person: Invented, production: Production) -> dict[str, str]:
    day = production.day
    mail = f"{place.slug}.{production.domain}"
    return {
        "kode": place.code,
        "kawasan": place.area,
        "nama_kawasan": place.area_name,
        "nomor": f"B-{number:03d}/DJAI/{production.series}/{day:%m/%Y}",
        "nomor_daerah": f"{415 + number % 3}.4/{100 + number * 7}/{day:%Y}",
        "nama": person.name,
        "sebutan": person.salutation,
        "surel": f"{place.head_title.lower().replace(' ', '')}@{mail}",
        "alamat": f"Jalan {STREETS[number % len(STREETS)]} Nomor {number}, {place.name}",
        "penghubung": "Kepala Dinas Komunikasi dan Informatika",
        "surel_daerah": f"diskominfo@{mail}",
    }


def _witnesses(place: Place, people: People, production: Production) -> list[dict[str, str]]:
    offices = FEATURED_WITNESSES if place.code == FEATURED else (WITNESSES[int(place.code[-2:]) % len(WITNESSES)],)
    rows = []
    for number, office in enumerate(offices, start=1):
        person = people.next()
        rows.append(
            {
                "kode": place.code,
                "nama": person.name,
                "jabatan": f"{office} {place.full_name}",
                "instansi": f"Pemerintah {place.full_name}",
                "sebutan": person.salutation,
                "surel": f"saksi{number}@{place.slug}.{production.domain}",
            }
        )
    return rows


def _table(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
