"""A ceremony's file: everything wrong with it is told at once, with row and column, and nothing of it is used."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend.ceremonies import intake
from backend.ceremonies.ceremony import Nature
from backend.ceremonies.entries import CeremonyFileInvalid
from backend.ceremonies.intake import REGION_COLUMNS, WITNESS_COLUMNS
from backend.languages import available
from tests import ceremony_file
from tests.ceremony_file import HEAD, region_row, witness_row, write_table

Spot = tuple[str, int, str]


def faults(path: Path) -> dict[Spot, str]:
    """Return what is wrong with a file, by file, row and column."""
    with pytest.raises(CeremonyFileInvalid) as refused:
        intake.read(path)
    found = refused.value.faults
    assert refused.value.facts == {"count": len(found)}
    for fault in found:
        for language in available():
            assert "%(" not in fault.told(language)
    return {(f.file, f.row, f.column): f.said % f.facts if f.facts else f.said for f in found}


def spoilt(folder: Path, old: str, new: str) -> Path:
    """Return a file of which the head says `new` instead of `old`."""
    path = ceremony_file.write(folder)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return path


def test_a_good_file_becomes_facts(tmp_path: Path) -> None:
    entry = intake.read(ceremony_file.write(tmp_path, 3))
    assert (entry.nature, len(entry.regions), len(entry.witnesses)) == (Nature.TEST, 3, 1)
    first = entry.regions[0]
    place = ceremony_file.PLACES[0]
    assert (first.head.office, first.head.institution) == (
        f"{place.head_title} {place.name}",
        f"Pemerintah {place.full_name}",
    )
    assert [w.email for w in first.witnesses] == ["saksi-0@daerah.contoh.invalid"]
    assert [r.head.salutation for r in entry.regions] == ["Ibu", "Bapak", None]


def test_a_byte_order_mark_and_another_order_of_columns_are_fine(tmp_path: Path) -> None:
    path = ceremony_file.write(tmp_path)
    write_table(tmp_path / "daerah.csv", reversed(REGION_COLUMNS), [region_row(0)])
    table = tmp_path / "daerah.csv"
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
    assert len(intake.read(path).regions) == 1


def test_every_kind_of_fault_is_found_at_once_with_its_row_and_column(tmp_path: Path) -> None:
    path = ceremony_file.write(tmp_path)
    rows = [
        region_row(0),
        region_row(1) | {"nomor": ""},
        region_row(2) | {"kode": "99.99"},
        region_row(3) | {"kode": region_row(0)["kode"]},
        region_row(4) | {"surel": "tanpa-tanda-at"},
        region_row(5) | {"sebutan": "Saudara"},
        region_row(6) | {"kode": "31.71"},
        region_row(7) | {"alamat": "Jalan\x07Rekaan"},
        region_row(8) | {"nomor": region_row(0)["nomor"]},
        region_row(9) | {"nama": "x" * 301},
        region_row(10) | {"nama": ""},
    ]
    write_table(tmp_path / "daerah.csv", REGION_COLUMNS, rows)
    table = tmp_path / "daerah.csv"
    table.write_text(table.read_text("utf-8") + "a," * 11 + "b,c\n", "utf-8")
    witnessed = [witness_row(n) for n in range(10) if n not in {2, 3, 6}]
    write_table(tmp_path / "saksi.csv", WITNESS_COLUMNS, [*witnessed, witness_row(99, "11.99")])
    found = faults(path)
    expected: dict[Spot, str] = {
        ("daerah.csv", 3, "nomor"): "belum diisi",
        ("daerah.csv", 4, "kode"): "tidak dikenal",
        ("daerah.csv", 5, "kode"): "baris 2",
        ("daerah.csv", 6, "surel"): "surel tidak benar",
        ("daerah.csv", 7, "sebutan"): "Bapak, Ibu",
        ("daerah.csv", 8, "kode"): "kepala daerah yang dipilih",
        ("daerah.csv", 9, "alamat"): "tidak dapat dicetak",
        ("daerah.csv", 10, "nomor"): "baris 2",
        ("daerah.csv", 11, "nama"): "terlalu panjang",
        ("daerah.csv", 12, "nama"): "belum diisi",
        ("daerah.csv", 13, "-"): "lebih banyak sel",
        ("saksi.csv", 0, "kode"): "belum ada saksi",
        ("saksi.csv", len(witnessed) + 2, "kode"): "11.99",
    }
    assert {spot: said for spot, said in expected.items() if said not in found.get(spot, "")} == {}


@pytest.mark.parametrize(("name", "columns"), [("daerah.csv", REGION_COLUMNS), ("saksi.csv", WITNESS_COLUMNS)])
def test_missing_and_unknown_columns_are_named(tmp_path: Path, name: str, columns: tuple[str, ...]) -> None:
    path = ceremony_file.write(tmp_path)
    write_table(tmp_path / name, (*columns[1:], "kolom_karangan"), [region_row(0)])
    found = faults(path)
    assert found[(name, 1, columns[0])] == "kolom tidak ada"
    assert found[(name, 1, "kolom_karangan")] == "kolom tidak dikenal"


def _latin(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"Rekaan", "Rekáan".encode("latin-1"), 1))


def _unclosed(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b'"never closed')


def _zeros(path: Path) -> None:
    path.write_bytes(b"\x00" * 40)


@pytest.mark.parametrize("damage", [_latin, _unclosed, _zeros, Path.unlink], ids=["latin-1", "quote", "zeros", "gone"])
@pytest.mark.parametrize("name", ["daerah.csv", "saksi.csv", "seremoni.toml"])
def test_an_unreadable_file_is_a_fault_and_no_crash(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    path = ceremony_file.write(tmp_path)
    damage(tmp_path / name)
    assert any(spot[0] == name for spot in faults(path))


def test_a_table_without_rows_is_a_fault(tmp_path: Path) -> None:
    path = ceremony_file.write(tmp_path)
    write_table(tmp_path / "daerah.csv", REGION_COLUMNS, [])
    assert ("daerah.csv", 0, "berkas") in faults(path)


def test_a_region_without_a_witness_is_a_fault(tmp_path: Path) -> None:
    path = ceremony_file.write(tmp_path, 2)
    write_table(tmp_path / "saksi.csv", WITNESS_COLUMNS, [witness_row(0)])
    assert ceremony_file.PLACES[1].code in faults(path)[("saksi.csv", 0, "kode")]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ('sifat = "uji"', 'sifat = "percobaan"', "[seremoni] sifat"),
        ('sifat = "uji"', "sifat = []", "[seremoni] sifat"),
        ('sifat = "uji"', 'sifat = ["uji"]', "[seremoni] sifat"),
        ("+07:00", "", "[seremoni] waktu"),
        ("2026-05-20T09:00:00+07:00", '"besok"', "[seremoni] waktu"),
        ("Asia/Jakarta", "Asia/Karangan", "[seremoni] zona"),
        ("Asia/Jakarta", "../../etc/passwd", "[seremoni] zona"),
        ('judul = "Penandatanganan Contoh Rekaan"', "", "[seremoni] judul"),
        ('judul = "Penandatanganan Contoh Rekaan"', "judul = 7", "[seremoni] judul"),
        ('nama = "Lazuardi Rekaan"', "", "[pejabat] nama"),
        ('sebutan = "Bapak"', 'sebutan = "Yang Mulia"', "[pejabat] sebutan"),
        ("dirjen@kementerian.contoh.invalid", "dirjen@@contoh", "[pejabat] surel"),
        ("menteri@kementerian.contoh.invalid", "", "[[saksi]] surel"),
        ('daerah = "daerah.csv"', "", "[seremoni] daerah"),
        ('saksi = "saksi.csv"', 'saksi = ["saksi.csv"]', "[seremoni] saksi"),
        ('templat = "smart-city"', 'templat = "../minutes"', "[seremoni] templat"),
        ('surel = "seremoni@kementerian.contoh.invalid"', "", "[kementerian] surel"),
    ],
)
def test_a_fault_of_the_head_is_told_by_its_key(tmp_path: Path, old: str, new: str, column: str) -> None:
    assert ("seremoni.toml", 0, column) in faults(spoilt(tmp_path, old, new))


@pytest.mark.parametrize(
    "text", ["", 'seremoni = "x"', "pejabat = 1", "saksi = 3", "[[seremoni]]\n", "kementerian = []", "[[pejabat]]\n"]
)
def test_a_head_of_another_shape_is_a_fault_and_no_crash(tmp_path: Path, text: str) -> None:
    path = ceremony_file.write(tmp_path)
    path.write_text(text, "utf-8")
    assert faults(path)


@pytest.mark.parametrize("name", ["../daerah.csv", "/etc/passwd", "sub/../../daerah.csv"])
def test_a_table_beyond_the_files_folder_is_not_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    ceremony_file.write(tmp_path)
    path = spoilt(folder, 'daerah = "daerah.csv"', f'daerah = "{name}"')
    assert ("seremoni.toml", 0, "[seremoni] daerah") in faults(path)


def test_the_head_of_the_tests_is_the_documented_one() -> None:
    documented = Path(__file__).parents[3] / "docs" / "ceremony-file.md"
    keys = {line.split(" = ")[0] for line in HEAD.splitlines() if " = " in line}
    assert [key for key in keys if f"{key} = " not in documented.read_text("utf-8")] == []
