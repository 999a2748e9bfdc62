"""A rendered document: the same bytes everywhere, the words of its blocks, and no silent fault."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from backend.documents.comparing import FOOT, letters, printed, same_words
from backend.documents.reading import to_html
from backend.documents.refusals import GlyphMissing, TemplateError, TemplateFieldMissing
from backend.documents.render import Renderer, render

WHEN = datetime(2021, 5, 20, 1, 30, tzinfo=UTC)
HOSTILE = 'A#read("/etc/passwd") *b* $x$ _c_ <script>alert(1)</script> {{ 7*7 }} [d](e) \\ @f'


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    one = Renderer(processes=1)
    yield one
    one.close()


def test_the_same_facts_give_the_same_bytes_in_another_process(
    folder: Path, facts: dict[str, Any], when: datetime, renderer: Renderer
) -> None:
    other = dict(facts, kawasan="Kawasan Lain")
    renderer.render(folder, other, when, mark="")
    there = renderer.render(folder, facts, when, mark="UJI COBA - TIDAK SAH")
    here = render(folder, facts, when, mark="UJI COBA - TIDAK SAH")
    assert hashlib.sha256(there.pdf).hexdigest() == hashlib.sha256(here.pdf).hexdigest()
    assert there == here


def test_the_words_of_the_pdf_are_the_words_of_its_blocks(folder: Path, facts: dict[str, Any], when: datetime) -> None:
    made = render(folder, facts, when, mark="UJI COBA - TIDAK SAH")
    assert made.same_words
    other = [*made.blocks[:-1], made.blocks[0]]
    assert not same_words(made.pdf, other)


def test_a_hostile_name_is_printed_literally_in_pdf_and_html(
    folder: Path, facts: dict[str, Any], when: datetime
) -> None:
    facts["kepala"] = {"nama": HOSTILE, "jabatan": "Bupati Contoh"}
    made = render(folder, facts, when, mark="")
    assert letters(HOSTILE.split()) in letters(printed(made.pdf))
    html = to_html(made.blocks)
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in html


def test_every_page_carries_the_mark_and_the_number(folder: Path, facts: dict[str, Any], when: datetime) -> None:
    made = render(folder, facts, when, mark="GLADI - TIDAK SAH")
    with pypdfium2.PdfDocument(made.pdf) as document:
        feet = [" ".join(page.get_textpage().get_text_bounded(top=FOOT).split()) for page in document]
    assert len(feet) > 3
    for number, foot in enumerate(feet, start=1):
        assert "GLADI - TIDAK SAH" in foot
        assert facts["nomor"]["kesatu"] in foot
        assert f"Halaman {number} dari {len(feet)}" in foot


def test_the_signed_face_shows_the_name_and_no_time(folder: Path, facts: dict[str, Any], when: datetime) -> None:
    made = render(folder, facts, when, mark="")
    assert set(made.faces) == {"ttd-pihak-kedua", "ttd-pihak-kesatu"}
    assert render(folder, facts, when.replace(year=2022), mark="").faces == made.faces
    facts["kepala"]["nama"] = "Nama Lain Sekali"
    assert render(folder, facts, when, mark="").faces["ttd-pihak-kedua"] != made.faces["ttd-pihak-kedua"]


def test_a_missing_fact_is_refused_across_processes(
    folder: Path, facts: dict[str, Any], when: datetime, renderer: Renderer
) -> None:
    del facts["kawasan"]
    with pytest.raises(TemplateFieldMissing) as refused:
        renderer.render(folder, facts, when, mark="")
    assert refused.value.facts == {"template": "smart-city", "fields": "kawasan"}


def test_a_character_the_font_lacks_names_its_fact(folder: Path, facts: dict[str, Any], when: datetime) -> None:
    facts["kepala"]["nama"] = "Budi 漢"
    with pytest.raises(GlyphMissing) as refused:
        render(folder, facts, when, mark="")
    assert refused.value.facts == {"field": "kepala.nama", "characters": "漢"}


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("smart-city/layout.typ", "record.blocks,", "record.blokk,", "blokk"),
        ("_shared/naskah.typ", '"TeX Gyre Bonum"', '"Fon Lain"', "fon lain"),
        ("_shared/parts.typ", '"Kode QR menuju " + item.url', "none", "alt text"),
    ],
)
def test_a_faulty_layout_is_refused_with_file_line_and_column(
    editable: Path, facts: dict[str, Any], file: str, old: str, new: str, reason: str
) -> None:
    path = editable.parent / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    line = next(n for n, row in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1) if new in row)
    with pytest.raises(TemplateError) as refused:
        render(editable, facts, WHEN, mark="")
    assert refused.value.facts["file"] == file
    assert refused.value.facts["line"] == line
    assert int(str(refused.value.facts["column"])) > 0
    assert reason in str(refused.value.facts["reason"])


def test_a_document_stays_small(folder: Path, facts: dict[str, Any], when: datetime) -> None:
    assert len(render(folder, facts, when, mark="UJI COBA - TIDAK SAH").pdf) < 140_000
