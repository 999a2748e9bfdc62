"""Comparing: whether the reading view says what the pages say, letter by letter; a page claims it only where so."""

import pypdfium2

from backend.documents.blocks import Block
from backend.documents.reading import plain_words

FOOT = 76  # points from the bottom: the footer's number, code and mark belong to the page, not to the text
# PDFium writes U+0002 or U+FFFE for a hyphen at the end of a line, so hyphens are left out on both sides.
HYPHENS = dict.fromkeys(map(ord, "-\x02\ufffe"))


def same_words(pdf: bytes, blocks: list[Block]) -> bool:
    """Tell whether the letters of a document's pages, footers aside, are those of its blocks, in the same order."""
    return letters(printed(pdf)) == letters(plain_words(blocks))


def printed(pdf: bytes, bottom: int = FOOT) -> list[str]:
    """Return the words on the pages of one of our own PDFs, above `bottom` points."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [word for page in document for word in page.get_textpage().get_text_bounded(bottom=bottom).split()]


def letters(words: list[str]) -> str:
    """Return words as one run of letters, without hyphens."""
    return "".join(words).translate(HYPHENS)
