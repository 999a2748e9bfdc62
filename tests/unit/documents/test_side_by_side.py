"""Pages side by side: a changed page is marked where it was changed, a hostile file draws nothing and harms nobody."""

import io
from collections.abc import Iterator

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image, ImageChops

from backend.confined import Limits
from backend.documents import side_by_side
from backend.documents.side_by_side import Comparer, codes_on, compare

CODE = "QF5M2ZJX4T7RWB3NHYACEDK6GU"


def paper(*pages: str, size: tuple[float, float] = (595, 842), over: str = "") -> bytes:
    """Return a PDF with one line of text on each page, and drawing operators over the last one."""
    pdf = pikepdf.Pdf.new()
    for number, words in enumerate(pages, 1):
        page = pdf.add_blank_page(page_size=size)
        page.Resources = Dictionary(
            Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        )
        drawn = f"BT /F1 14 Tf 72 700 Td ({words}) Tj ET {over if number == len(pages) else ''}"
        page.Contents = pdf.make_stream(drawn.encode())
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def picture(webp: bytes | None) -> Image.Image:
    assert webp
    return Image.open(io.BytesIO(webp)).convert("RGB")


def red(image: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box of what an image shows in the red of the frame."""
    strong, *weak = image.split()
    frame = strong.point(lambda value: 255 if value > 140 else 0)
    for band in weak:
        frame = ImageChops.multiply(frame, band.point(lambda value: 255 if value < 90 else 0))
    return frame.getbbox()


def test_the_same_pages_are_the_same() -> None:
    side = compare(paper("satu", "dua"), paper("satu", "dua"))
    assert side.differing == ()
    assert (side.pages_archived, side.pages_uploaded, len(side.pairs)) == (2, 2, 2)
    assert red(picture(side.pairs[0].uploaded)) is None


def test_one_changed_digit_marks_its_page_and_frames_the_place() -> None:
    side = compare(paper("Nomor 12", "Rp 1.000.000"), paper("Nomor 12", "Rp 7.000.000"))
    assert side.differing == (2,)
    assert side.pairs[1].words_differ
    frame = red(picture(side.pairs[1].uploaded))
    assert frame is not None
    left, top, right, bottom = frame
    line = 142 / 842 * picture(side.pairs[1].uploaded).height
    assert top < line < bottom
    assert right - left < 200
    assert red(picture(side.pairs[1].archived)) is None


def test_a_patch_without_words_is_seen_and_hidden_words_are_too() -> None:
    patched = compare(paper("satu"), paper("satu", over="0.9 0.9 0.2 rg 300 300 80 40 re f"))
    assert (patched.differing, patched.pairs[0].words_differ) == ((1,), False)
    hidden = compare(paper("satu"), paper("satu", over="BT 3 Tr /F1 14 Tf 72 500 Td (tersembunyi) Tj ET"))
    assert (hidden.differing, hidden.pairs[0].words_differ) == ((1,), True)


def test_a_page_too_many_or_too_few_differs() -> None:
    longer, shorter = compare(paper("satu"), paper("satu", "dua")), compare(paper("satu", "dua"), paper("satu"))
    assert longer.differing == shorter.differing == (2,)
    assert longer.pairs[1].archived is None
    assert shorter.pairs[1].uploaded is None


def test_pages_and_pixels_are_limited() -> None:
    many = compare(paper("satu"), paper(*["x"] * (side_by_side.MOST_PAGES + 5)))
    assert (len(many.pairs), many.pages_uploaded) == (side_by_side.MOST_PAGES, side_by_side.MOST_PAGES + 5)
    tall = compare(paper("satu"), paper("satu", size=(10, 14_400)))
    image = picture(tall.pairs[0].uploaded)
    assert image.width * image.height <= side_by_side.MOST_PIXELS
    wide = picture(compare(paper("satu"), paper("satu", size=(14_400, 14_400))).pairs[0].uploaded)
    assert wide.width <= side_by_side.WIDTH


@pytest.mark.parametrize("hostile", [b"", b"bukan pdf", b"%PDF-1.7\n" + b"[" * 100_000, paper("satu")[:300]])
def test_what_cannot_be_drawn_is_told_as_that(hostile: bytes) -> None:
    side = compare(paper("satu"), hostile)
    assert not side.drawn or all(pair.uploaded is None for pair in side.pairs)
    assert codes_on(hostile) == ()


def test_codes_are_found_on_first_and_last_page_only_in_their_form() -> None:
    assert codes_on(paper(f"Kode {CODE}", "tengah", "akhir")) == (CODE,)
    assert codes_on(paper("awal", f"Kode {CODE}")) == (CODE,)
    assert codes_on(paper(f"Kode {CODE.lower()} {CODE}X {CODE[:25]}")) == ()


@pytest.fixture(scope="module")
def comparer() -> Iterator[Comparer]:
    made = Comparer()
    yield made
    made.close()


def test_a_file_that_uses_up_its_limits_ends_its_process_and_not_ours(
    comparer: Comparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = "/Fm Do " * 12
    pdf = pikepdf.Pdf.new()
    inner = pdf.make_stream(b"0 0 1 1 re f " * 50)
    for _ in range(9):
        inner = pdf.make_stream(
            form.encode(),
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=[0, 0, 595, 842],
            Resources=Dictionary(XObject=Dictionary(Fm=pdf.make_indirect(inner))),
        )
    page = pdf.add_blank_page(page_size=(595, 842))
    page.Resources = Dictionary(XObject=Dictionary(Fm=inner))
    page.Contents = pdf.make_stream(form.encode())
    out = io.BytesIO()
    pdf.save(out)
    quick = Comparer()
    monkeypatch.setattr(quick._confined, "_limits", Limits(memory=1 << 30, wall=2.0))
    try:
        assert quick.compare(paper("satu"), out.getvalue()).drawn is False
    finally:
        quick.close()
    assert comparer.compare(paper("satu"), paper("satu")).differing == ()
