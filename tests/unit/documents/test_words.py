"""Values are only ever text: no name can become markup, a directive, or another cell."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.documents import blocks, wording, words
from backend.documents import template as templates
from backend.documents.refusals import TemplateError

SOURCE = """\
{{ a }}
===

::kop::

{{ a }} dan **{{ b }}** sepakat.

(1) {{ a }}
(2) Butir:

    a. {{ b }}
    b. {{ a }}

| No. | Nama |
|:---:|:---|
|{{ a }}|{{ b }}|
"""
HOSTILE = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30).filter(lambda text: text.strip())


def one_line(text: str) -> str:
    return words.SPACE.sub(" ", text).strip()


@given(HOSTILE, HOSTILE)
@example("* x", "1. y")
@example("# h", "> q")
@example("{{7*7}}", "|a|b|")
@example("&amp;", "`x`")
@example("a\\", "\\|")
@example("---", "===")
@example("::kop::", "::tanda-tangan::")
@example("(1) x", "a. y")
@example("<script>", "[a](b)")
@example("12", "_x_ *y*")
def test_any_value_is_printed_literally_wherever_it_stands(a: str, b: str) -> None:
    parts: dict[str, blocks.Block] = {"kop": {"kind": "letterhead"}, "tanda-tangan": {"kind": "signatures"}}
    found = blocks.parse(words.fill(SOURCE, {"a": a, "b": b}), parts)
    assert [block["kind"] for block in found] == ["heading", "letterhead", "paragraph", "list", "table"]
    heading, _, paragraph, ayat, table = found
    assert blocks.text_of(heading["lines"][0]) == one_line(a)
    assert blocks.text_of(paragraph["runs"]) == f"{one_line(a)} dan {one_line(b)} sepakat."
    assert blocks.text_of(ayat["items"][0][0]["runs"]) == one_line(a)
    assert ayat["marker"] == "ayat"
    letters = ayat["items"][1][1]
    assert letters["marker"] == "letter"
    assert blocks.text_of(letters["items"][0][0]["runs"]) == one_line(b)
    assert [blocks.text_of(cell) for cell in table["rows"][0]] == [one_line(a), one_line(b)]


def test_a_drafters_marks_become_the_lists_that_are_printed() -> None:
    source = (
        "I. **Nama**\n\n   jabatan\n\nII. **Nama**\n\n    jabatan\n\nTeks:\n\n1. satu\n1. dua\n\nTeks:\n\n* titik\n"
    )
    found = blocks.parse(words.fill(source, {}), {})
    assert [block.get("marker") for block in found] == ["roman", None, "number", None, "bullet"]
    assert [blocks.mark("roman", 1), blocks.mark("ayat", 9), blocks.mark("letter", 2)] == ["II.", "(10)", "c."]


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("baris satu\n\nKepada {{ kepala.nma }}.", 3, 18),
        ("{{ tidak_ada }}", 1, 4),
        ("satu\n{% if a %}", 2, 4),
        ("satu\n{{ a.__class__.__mro__ }}", 2, 6),
    ],
)
def test_a_faulty_template_is_refused_with_its_place(source: str, line: int, column: int) -> None:
    with pytest.raises(TemplateError) as refused:
        words.fill(source, {"kepala": {"nama": "x"}, "a": "x"})
    assert refused.value.facts["file"] == "naskah.md"
    assert (refused.value.facts["line"], refused.value.facts["column"]) == (line, column)


def test_the_words_of_the_template_follow_the_facts(folder: Path, facts: dict[str, Any]) -> None:
    facts["daerah"] |= {"nama_lengkap": "Kota Contoh Raya", "provinsi": "Jawa Contoh"}
    facts["kepala"] = {"nama": "Retno Palupi", "jabatan": "Wali Kota Contoh Raya", "dasar": "Surat Kuasa Nomor 1"}
    facts["kawasan"] = "Kawasan Ibu Kota Nusantara"
    template = templates.load(folder)
    found = words.blocks_of(template, templates.only_declared(template, facts))
    title = [blocks.text_of(line) for line in found[1]["lines"]]
    assert title[-2:] == ["KOTA CONTOH RAYA", "PADA KAWASAN IBU KOTA NUSANTARA"]
    second = blocks.text_of(found[4]["items"][1][1]["runs"])
    assert second.startswith("Wali Kota Contoh Raya, berkedudukan di ")
    assert ", berdasarkan Surat Kuasa Nomor 1, " in second
    articles = [blocks.text_of(b["lines"][0]) for b in found if b["kind"] == "heading" and b["level"] == 2]
    assert articles[:12] == [f"Pasal {number}" for number in range(1, 13)]


def test_the_date_is_told_in_words() -> None:
    told = "Kamis, tanggal dua puluh, bulan Mei, tahun dua ribu dua puluh satu (20-05-2021)"
    assert wording.solemn_date("2021-05-20") == told


def test_titles_are_printed_only_if_the_template_says_so() -> None:
    person = {"nama": "Budi Contoh", "gelar_depan": "Dr.", "gelar_belakang": "M.Si."}
    assert wording.full_name(person, titles=True) == "Dr. Budi Contoh, M.Si."
    assert wording.full_name(person, titles=False) == "Budi Contoh"


def test_a_moment_is_told_in_its_zone() -> None:
    assert wording.moment("2021-05-20T17:04:05.000000Z", "WIT").split() == ["21", "Mei", "2021", "02.04.05", "WIT"]
