"""A template says what it needs, and its hash says exactly which template it is."""

from pathlib import Path
from typing import Any

import pytest

from backend.documents import template as templates
from backend.documents.refusals import TemplateFieldInvalid, TemplateFieldMissing, TemplateUnknown


def test_head_signs_before_the_ministry(folder: Path) -> None:
    slots = templates.load(folder).slots
    assert [(slot.order, slot.key, slot.field) for slot in slots] == [
        (1, "head", "ttd-pihak-kedua"),
        (2, "ministry", "ttd-pihak-kesatu"),
    ]


def test_every_missing_fact_is_named_at_once(folder: Path, facts: dict[str, Any]) -> None:
    del facts["kepala"]["nama"]
    facts["nomor"]["kedua"] = ""
    with pytest.raises(TemplateFieldMissing) as refused:
        templates.check_facts(templates.load(folder), facts)
    assert refused.value.facts["fields"] == "kepala.nama, nomor.kedua"
    assert refused.value.code == "field-missing"


@pytest.mark.parametrize(
    ("group", "key", "value"),
    [
        ("seremoni", "tanggal", "20 Mei 2021"),
        ("kementerian", "kop", "satu baris"),
        ("kepala", "nama", 7),
        ("verifikasi", "url", "javascript:x"),
        ("daerah", "surel", "dinas"),
    ],
)
def test_a_fact_of_the_wrong_type_is_refused(
    folder: Path, facts: dict[str, Any], group: str, key: str, value: object
) -> None:
    facts[group][key] = value
    with pytest.raises(TemplateFieldInvalid) as refused:
        templates.check_facts(templates.load(folder), facts)
    assert refused.value.facts["field"] == f"{group}.{key}"


def test_what_is_not_declared_is_dropped(folder: Path, facts: dict[str, Any]) -> None:
    facts["kepala"]["nik"] = "3313000000000001"
    facts["kepala"]["gelar_depan"] = ""
    kept = templates.only_declared(templates.load(folder), facts)
    assert set(kept["kepala"]) == {"nama", "gelar_belakang", "jabatan"}


def test_invisible_characters_are_taken_out() -> None:
    assert templates.cleaned("Budi\u202e  gnu\x00 \u200bKarya\n baru") == "Budi gnu Karya baru"


def test_the_hash_changes_with_any_file_and_the_fonts_hash_with_fonts_only(editable: Path) -> None:
    before = templates.load(editable)
    shared = editable.parent / "_shared" / "parts.typ"
    shared.write_text(shared.read_text() + "\n// berubah\n")
    after = templates.load(editable)
    assert before.sha256 != after.sha256
    assert before.fonts_sha256 == after.fonts_sha256
    (editable.parent / "_shared" / "fonts" / "texgyrebonum-regular.otf").write_bytes(b"other")
    assert templates.load(editable).fonts_sha256 != before.fonts_sha256


def test_a_folder_without_a_template_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateUnknown):
        templates.load(tmp_path)


def test_the_font_folder_holds_nothing_but_the_four_fonts_and_their_licence(folder: Path) -> None:
    names = sorted(path.name for path in (folder.parent / "_shared" / "fonts").iterdir())
    faces = [f"texgyrebonum-{face}.otf" for face in ("bold", "bolditalic", "italic", "regular")]
    assert names == ["GUST-FONT-LICENSE.txt", *faces]
