"""Pictures of pages: the right size, and the signed face shows."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from backend.documents.pages import page_count, page_image
from backend.documents.refusals import PageMissing
from backend.documents.render import render


def test_a_page_is_a_webp_of_the_width_asked_for(folder: Path, facts: dict[str, Any], when: datetime) -> None:
    pdf = render(folder, facts, when, mark="").pdf
    with Image.open(io.BytesIO(page_image(pdf, 1, 300))) as image:
        assert (image.format, image.width) == ("WEBP", 300)
        assert image.height == pytest.approx(300 * 297 / 210, abs=2)
    pages = page_count(pdf)
    for number in (0, pages + 1):
        with pytest.raises(PageMissing) as refused:
            page_image(pdf, number, 300)
        assert refused.value.facts["pages"] == pages


def test_the_face_put_into_a_field_shows_in_the_picture(folder: Path, facts: dict[str, Any], when: datetime) -> None:
    made = render(folder, facts, when, mark="")
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        widget = next(f for f in pdf.Root.AcroForm.Fields.as_list() if str(f.T) == "ttd-pihak-kedua")
        widget.AP.N.write(made.faces["ttd-pihak-kedua"])
        number = 1 + [page.obj.objgen for page in pdf.pages].index(widget.P.objgen)
        faced = io.BytesIO()
        pdf.save(faced)
    assert page_image(made.pdf, number, 600) != page_image(faced.getvalue(), number, 600)
