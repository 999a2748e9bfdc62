"""Pages: pictures of our own frozen files for the screen. Call it in a confined process: PDFium parses bytes."""

import io

import pypdfium2

from backend.documents.refusals import PageMissing

WIDEST = 4000
QUALITY = 82


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def page_image(pdf: bytes, number: int, width: int) -> bytes:
    """Return page `number` (from 1) as WebP, `width` pixels wide (at most 4000), signature faces included.

    Raises PageMissing.
    """
    with pypdfium2.PdfDocument(pdf) as document:
        document.init_forms()
        if not 1 <= number <= len(document):
            raise PageMissing(page=number, pages=len(document))
        page = document[number - 1]
        image = page.render(scale=min(width, WIDEST) / page.get_width()).to_pil()
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=QUALITY, method=4)
        return buffer.getvalue()
