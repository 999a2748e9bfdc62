"""Writes the file of an invented ceremony with its two tables, as staff would; a test spoils what it wants to."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from backend import regions
from backend.ceremonies.intake import REGION_COLUMNS, WITNESS_COLUMNS

Row = Mapping[str, str]
PLACES = tuple(r for r in regions.all_regions() if not r.administrative)

STARTS = "2026-05-20T09:00:00+07:00"
HEAD = """
[seremoni]
judul = "Penandatanganan Contoh Rekaan"
sifat = "{nature}"
templat = "smart-city"
waktu = {starts}
zona = "Asia/Jakarta"
tempat = "Ruang Contoh, Jakarta"
lokasi = "Jakarta dan melalui konferensi video"
nomor_berita_acara = "BA-001/CONTOH/2026"
daerah = "daerah.csv"
saksi = "saksi.csv"

[kementerian]
kop = ["KEMENTERIAN CONTOH", "REPUBLIK INDONESIA"]
instansi = "Direktorat Jenderal Contoh Digital"
alamat = "Jalan Karangan Nomor 1, Jakarta"
penghubung = "Direktur Contoh"
surel = "seremoni@kementerian.contoh.invalid"

[pejabat]
nama = "Lazuardi Rekaan"
jabatan = "Direktur Jenderal Contoh Digital"
instansi = "Direktorat Jenderal Contoh Digital"
sebutan = "Bapak"
surel = "dirjen@kementerian.contoh.invalid"

[[saksi]]
nama = "Kirana Rekaan"
jabatan = "Menteri Contoh"
instansi = "Kementerian Contoh"
sebutan = "Ibu"
surel = "menteri@kementerian.contoh.invalid"
"""


def region_row(number: int, code: str = "") -> dict[str, str]:
    """Return a good row of the table of regions; `number` counts from 0."""
    return {
        "kode": code or PLACES[number].code,
        "kawasan": "Contoh",
        "nama_kawasan": "Kawasan Contoh Rekaan",
        "nomor": f"B-{number + 1:03d}/CONTOH/2026",
        "nomor_daerah": f"415/{number + 1}/2026",
        "nama": f"Kepala Rekaan {'ABCDEFGHIJ'[number % 10]}",
        "sebutan": ("Ibu", "Bapak", "")[number % 3],
        "surel": f"kepala-{number}@daerah.contoh.invalid",
        "alamat": "Jalan Rekaan Nomor 2",
        "penghubung": "Kepala Dinas Rekaan",
        "surel_daerah": f"dinas-{number}@daerah.contoh.invalid",
    }


def witness_row(number: int, code: str = "") -> dict[str, str]:
    """Return a good row of the table of local witnesses."""
    return {
        "kode": code or PLACES[number].code,
        "nama": "Saksi Rekaan",
        "jabatan": "Asisten Contoh",
        "instansi": "Pemerintah Daerah Contoh",
        "sebutan": "",
        "surel": f"saksi-{number}@daerah.contoh.invalid",
    }


def write_table(path: Path, columns: Iterable[str], rows: Iterable[Row]) -> None:
    """Write a table; cells of columns that are not named are left out."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, tuple(columns), extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


def write(folder: Path, count: int = 1, *, nature: str = "uji", starts: str = STARTS) -> Path:
    """Write a good file for `count` regions, one witness each, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / "daerah.csv", REGION_COLUMNS, map(region_row, range(count)))
    write_table(folder / "saksi.csv", WITNESS_COLUMNS, map(witness_row, range(count)))
    path = folder / "seremoni.toml"
    path.write_text(HEAD.format(nature=nature, starts=starts), encoding="utf-8")
    return path
