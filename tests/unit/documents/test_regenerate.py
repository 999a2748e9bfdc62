"""A signed file starts with exactly the bytes that its own record makes, or the reason why that cannot be told."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from backend.documents import packing, regenerate
from backend.documents import template as templates
from backend.documents.refusals import NotOurDocument, RecipeChanged, TemplateUnknown
from backend.documents.render import render

APPENDED = b"\n% revisi berikutnya\n"


def test_the_unsigned_document_is_made_again_from_the_signed_file(
    folder: Path, facts: dict[str, Any], when: datetime
) -> None:
    made = render(folder, facts, when, mark="UJI COBA - TIDAK SAH")
    assert regenerate.regenerate(made.pdf + APPENDED, folder.parent) == made.pdf
    assert regenerate.begins_with(made.pdf + APPENDED, folder.parent)


def test_a_byte_changed_inside_the_document_is_noticed(folder: Path, facts: dict[str, Any], when: datetime) -> None:
    made = render(folder, facts, when, mark="")
    changed = made.pdf.replace(b"/TU (Tanda tangan", b"/TU (Tanda Tangan", 1)
    assert changed != made.pdf
    assert not regenerate.begins_with(changed, folder.parent)


def test_another_template_or_engine_is_told_apart_from_a_forgery(
    editable: Path, facts: dict[str, Any], when: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = render(editable, facts, when, mark="")
    changed = made.pdf.replace(b"/TU (Tanda tangan", b"/TU (Tanda Tangan", 1)
    monkeypatch.setattr(regenerate, "engine", lambda: {"typst": "99"})
    with pytest.raises(RecipeChanged) as refused:
        regenerate.begins_with(changed, editable.parent)
    assert refused.value.facts["part"] == "typst"
    (editable / "naskah.md").write_text("# Lain\n", encoding="utf-8")
    with pytest.raises(RecipeChanged) as refused:
        regenerate.regenerate(made.pdf, editable.parent)
    assert refused.value.facts["part"] == "templat"
    with pytest.raises(TemplateUnknown):
        regenerate.regenerate(made.pdf, editable)


def test_a_packed_template_makes_the_document_again_elsewhere(
    folder: Path, facts: dict[str, Any], when: datetime, tmp_path: Path
) -> None:
    made = render(folder, facts, when, mark="")
    packed = packing.pack(templates.load(folder))
    assert packed == packing.pack(templates.load(folder))
    assert regenerate.begins_with(made.pdf, packing.unpack(packed, tmp_path / "kept"))


def test_a_packed_file_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../luar.txt", "x")
    for data in (buffer.getvalue(), b"bukan zip"):
        with pytest.raises(TemplateUnknown):
            packing.unpack(data, tmp_path / "kept")
    assert not (tmp_path / "luar.txt").exists()


def test_a_foreign_pdf_is_refused() -> None:
    buffer = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(buffer)
    for data in (buffer.getvalue(), b"bukan PDF"):
        with pytest.raises(NotOurDocument):
            regenerate.record_in(data)
