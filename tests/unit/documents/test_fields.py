"""The fields of a document are exactly the parties' and the seal's, final before anything is signed."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from backend.documents.refusals import TemplateError
from backend.documents.render import Rendered, render

WHEN = datetime(2021, 5, 20, 1, 30, tzinfo=UTC)


@pytest.fixture
def made(folder: Path, facts: dict[str, Any]) -> Rendered:
    return render(folder, facts, WHEN, mark="UJI COBA - TIDAK SAH")


@pytest.fixture
def pdf(made: Rendered) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(made.pdf)) as opened:
        yield opened


def field(pdf: pikepdf.Pdf, name: str) -> Any:
    return next(f for f in pdf.Root.AcroForm.Fields.as_list() if str(f.T) == name)


def test_the_fields_are_the_seal_and_the_two_parties(pdf: pikepdf.Pdf) -> None:
    names = [str(f.T) for f in pdf.Root.AcroForm.Fields.as_list()]
    assert names == ["segel-kementerian", "ttd-pihak-kedua", "ttd-pihak-kesatu"]
    assert not any("/V" in f or "/Kids" in f for f in pdf.Root.AcroForm.Fields.as_list())


def test_the_seal_is_invisible_on_the_first_page(pdf: pikepdf.Pdf) -> None:
    seal = field(pdf, "segel-kementerian")
    assert [int(v) for v in seal.Rect.as_list()] == [0, 0, 0, 0]
    assert seal.P.objgen == pdf.pages[0].obj.objgen
    assert int(seal.F) == 132


@pytest.mark.parametrize(("name", "office"), [("ttd-pihak-kedua", "Bupati"), ("ttd-pihak-kesatu", "Direktur Jenderal")])
def test_a_party_field_is_tagged_and_its_appearance_final(
    pdf: pikepdf.Pdf, made: Rendered, name: str, office: str
) -> None:
    widget = field(pdf, name)
    assert office in str(widget.TU)
    assert (int(widget.F), str(widget.FT), str(widget.Subtype)) == (132, "/Sig", "/Widget")
    assert str(widget.P.Tabs) == "/S"
    forms = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == pikepdf.Name.Form]
    element = next(e for e in forms if e.K.Obj.objgen == widget.objgen)
    assert str(element.K.Type) == "/OBJR"  # one dictionary, no array: pyHanko's rules follow nothing else
    face = widget.AP.N
    assert "/Filter" not in face
    assert face.read_raw_bytes() == b""
    left, bottom, right, top = (float(v) for v in widget.Rect.as_list())
    assert [float(v) for v in face.BBox.as_list()[2:]] == pytest.approx([right - left, top - bottom], abs=0.1)
    used = {bytes(line.split()[0]).decode() for line in made.faces[name].splitlines() if line.endswith(b" Tf")}
    assert used
    assert used <= set(face.Resources.Font.keys())


def test_the_file_has_one_revision_and_a_classic_cross_reference_table(made: Rendered) -> None:
    assert made.pdf.count(b"%%EOF") == 1
    assert b"\nxref\n" in made.pdf
    assert b"/ObjStm" not in made.pdf


def test_a_layout_that_forgets_a_party_is_refused(editable: Path, facts: dict[str, Any]) -> None:
    words = editable / "naskah.md"
    words.write_text(words.read_text(encoding="utf-8").replace("::tanda-tangan::", ""), encoding="utf-8")
    with pytest.raises(TemplateError) as refused:
        render(editable, facts, WHEN, mark="")
    assert "ttd-pihak-kesatu" in str(refused.value.facts["reason"])
