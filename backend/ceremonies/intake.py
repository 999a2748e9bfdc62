"""Reading a ceremony's file (TOML, with tables of regions and witnesses beside it): all faults in one list, or facts.

The format is documented in docs/ceremony-file.md; `demo/seremoni.toml` is the example.
"""

import csv
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from backend import regions
from backend.ceremonies.ceremony import Nature
from backend.ceremonies.entries import CeremonyEntry, CeremonyFileInvalid, Faults, PersonEntry, RegionEntry

NATURES = {"sungguhan": Nature.REAL, "gladi": Nature.REHEARSAL, "uji": Nature.TEST}
SALUTATIONS = {"", "Bapak", "Ibu"}
REGION_COLUMNS = (
    "kode",
    "kawasan",
    "nama_kawasan",
    "nomor",
    "nomor_daerah",
    "nama",
    "sebutan",
    "surel",
    "alamat",
    "penghubung",
    "surel_daerah",
)
PRINTED_COLUMNS = ("nama_kawasan", "alamat", "penghubung", "surel_daerah")
WITNESS_COLUMNS = ("kode", "nama", "jabatan", "instansi", "sebutan", "surel")
MAY_BE_EMPTY = {"sebutan"}
HEAD_KEYS = ("judul", "sifat", "templat", "waktu", "zona", "tempat", "lokasi", "nomor_berita_acara", "daerah", "saksi")
NAMES = {"templat", "daerah", "saksi"}
MINISTRY_KEYS = ("kop", "instansi", "alamat", "penghubung", "surel")
PERSON_KEYS = ("nama", "jabatan", "instansi", "surel")
LONGEST_CELL = 300


def read(path: Path) -> CeremonyEntry:
    """Return what the file and its tables say; raises CeremonyFileInvalid with every fault found."""
    faults = Faults()
    data = _toml(path, faults)
    head = _section(path, data, "seremoni", faults)
    _check_head(path, head, faults)
    official = _person(path.name, 0, _section(path, data, "pejabat", faults), faults, "[pejabat] ")
    witnesses = tuple(_person(path.name, 0, w, faults, "[[saksi]] ") for w in _list(path, data, "saksi", faults))
    ministry = _section(path, data, "kementerian", faults)
    for key in MINISTRY_KEYS:
        if not ministry.get(key):
            faults.add(path.name, 0, f"[kementerian] {key}", "belum diisi")
    entries = _regions(path.parent, head, faults)
    if faults:
        raise CeremonyFileInvalid(faults)
    return CeremonyEntry(
        title=head["judul"],
        nature=NATURES[head["sifat"]],
        template=head["templat"],
        starts_at=head["waktu"],
        zone=head["zona"],
        place=head["tempat"],
        venue=head["lokasi"],
        minutes_number=head["nomor_berita_acara"],
        ministry=ministry,
        official=official,
        witnesses=witnesses,
        regions=entries,
    )


def _toml(path: Path, faults: Faults) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.add(path.name, 0, "berkas", "tidak dapat dibaca: %(error)s", error=error)
        return {}


def _section(path: Path, data: dict[str, Any], name: str, faults: Faults) -> dict[str, Any]:
    found = data.get(name, {})
    if isinstance(found, dict):
        return found
    faults.add(path.name, 0, f"[{name}]", "bentuknya lain dari yang diharapkan")
    return {}


def _list(path: Path, data: dict[str, Any], name: str, faults: Faults) -> list[dict[str, Any]]:
    found = data.get(name, [])
    if isinstance(found, list) and all(isinstance(one, dict) for one in found):
        return found
    faults.add(path.name, 0, f"[[{name}]]", "bentuknya lain dari yang diharapkan")
    return []


def _check_head(path: Path, head: dict[str, Any], faults: Faults) -> None:
    for key in HEAD_KEYS:
        value = head.get(key)
        if not value:
            faults.add(path.name, 0, f"[seremoni] {key}", "belum diisi")
        elif key == "waktu":
            if not isinstance(value, datetime) or value.tzinfo is None:
                faults.add(path.name, 0, "[seremoni] waktu", "harus tanggal dan jam dengan selisih zona (+07:00)")
        elif not isinstance(value, str):
            faults.add(path.name, 0, f"[seremoni] {key}", "bentuknya lain dari yang diharapkan")
            head[key] = ""
        elif key in NAMES and Path(value).name != value:
            faults.add(path.name, 0, f"[seremoni] {key}", "harus nama tanpa folder")
            head[key] = ""
    if head.get("sifat") and head["sifat"] not in NATURES:
        faults.add(path.name, 0, "[seremoni] sifat", "harus salah satu dari %(choices)s", choices=", ".join(NATURES))
    if head.get("zona") and not _is_zone(head["zona"]):
        faults.add(path.name, 0, "[seremoni] zona", "zona waktu tidak dikenal, misalnya Asia/Jakarta")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return False
    return True


def _person(file: str, row: int, values: dict[str, Any], faults: Faults, prefix: str = "") -> PersonEntry:
    for key in PERSON_KEYS:
        if not str(values.get(key, "")).strip():
            faults.add(file, row, prefix + key, "belum diisi")
    email = str(values.get("surel", "")).strip()
    if email and (email.count("@") != 1 or any(c.isspace() or not c.isprintable() for c in email)):
        faults.add(file, row, prefix + "surel", "alamat surel tidak benar")
    salutation = str(values.get("sebutan", "")).strip()
    if salutation not in SALUTATIONS:
        faults.add(file, row, prefix + "sebutan", "harus Bapak, Ibu, atau kosong")
    name, office, institution = (str(values.get(key, "")).strip() for key in PERSON_KEYS[:3])
    return PersonEntry(name, office, institution, email, salutation or None)


def _rows(path: Path, columns: tuple[str, ...], faults: Faults) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, strict=True)
            names = tuple(table.fieldnames or ())
            for unknown in (n for n in names if n not in columns):
                faults.add(path.name, 1, unknown, "kolom tidak dikenal")
            missing = [n for n in columns if n not in names]
            for column in missing:
                faults.add(path.name, 1, column, "kolom tidak ada")
            if missing:
                return
            for number, row in enumerate(table, start=2):
                yield number, _cells((path.name, number), row, columns, faults)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.add(path.name, 0, "berkas", "tidak dapat dibaca: %(error)s", error=error)


def _cells(place: tuple[str, int], row: dict[str, Any], columns: tuple[str, ...], faults: Faults) -> dict[str, str]:
    # csv puts cells beyond the last column under the key None.
    if None in row:
        faults.add(*place, "-", "lebih banyak sel daripada kolom")
    cells = {name: str(row.get(name) or "").strip() for name in columns}
    for name, value in cells.items():
        if len(value) > LONGEST_CELL or any(ord(c) < ord(" ") for c in value):
            faults.add(*place, name, "terlalu panjang atau memuat tanda yang tidak dapat dicetak")
    return cells


def _regions(folder: Path, head: dict[str, Any], faults: Faults) -> tuple[RegionEntry, ...]:
    if not head.get("daerah") or not head.get("saksi"):
        return ()
    file = head["daerah"]
    seen: dict[str, dict[str, int]] = {"kode": {}, "nomor": {}}
    entries = [
        _region(file, number, cells, seen, faults) for number, cells in _rows(folder / file, REGION_COLUMNS, faults)
    ]
    if not entries and not faults:
        faults.add(file, 0, "berkas", "tidak memuat satu daerah pun")
    witnesses = _witnesses(folder / head["saksi"], {e.code for e in entries}, faults)
    for entry in entries:
        if not witnesses.get(entry.code):
            faults.add(head["saksi"], 0, "kode", "belum ada saksi untuk daerah %(region)s", region=entry.code)
    return tuple(RegionEntry(**{**vars(entry), "witnesses": tuple(witnesses.get(entry.code, ()))}) for entry in entries)


def _region(file: str, row: int, cells: dict[str, str], seen: dict[str, dict[str, int]], faults: Faults) -> RegionEntry:
    for column in REGION_COLUMNS:
        if not cells[column] and column not in MAY_BE_EMPTY | {"nama", "surel"}:
            faults.add(file, row, column, "belum diisi")
    for column, before in seen.items():
        value = cells[column]
        if value and value in before:
            faults.add(file, row, column, "sama dengan baris %(row)s", row=before[value])
        before.setdefault(value, row)
    head = dict(cells)
    try:
        region = regions.by_code(cells["kode"])
    except regions.UnknownRegion:
        faults.add(file, row, "kode", "kode daerah %(region)s tidak dikenal", region=cells["kode"])
    else:
        if region.administrative:
            faults.add(
                file, row, "kode", "%(region)s tidak mempunyai kepala daerah yang dipilih", region=region.full_name
            )
        head |= {"jabatan": f"{region.head_title} {region.name}", "instansi": f"Pemerintah {region.full_name}"}
    person = _person(file, row, {"jabatan": "-", "instansi": "-", **head}, faults)
    return RegionEntry(
        cells["kode"],
        cells["kawasan"],
        {name: cells[name] for name in PRINTED_COLUMNS},
        cells["nomor"],
        cells["nomor_daerah"],
        person,
    )


def _witnesses(path: Path, codes: set[str], faults: Faults) -> dict[str, list[PersonEntry]]:
    found: dict[str, list[PersonEntry]] = {}
    for number, cells in _rows(path, WITNESS_COLUMNS, faults):
        if cells["kode"] not in codes:
            faults.add(
                path.name, number, "kode", "daerah %(region)s tidak ada dalam daftar daerah", region=cells["kode"]
            )
        found.setdefault(cells["kode"], []).append(_person(path.name, number, cells, faults))
    return found
