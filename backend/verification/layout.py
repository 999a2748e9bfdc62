"""Which bytes of a later revision belong to nothing: no listed object, no cross-references, no trailer.

A reader that follows the cross-references never sees such bytes; one that repairs files by searching for objects may
(incremental saving without a table, Mladenov et al. 2019). ISO 32000-2 clause 7.5.1 has no room for them.
"""

import re

from pyhanko.pdf_utils import generic

from backend.verification.document import Document

SPACE = re.compile(rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)*+")
HEADER = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")
START = re.compile(rb"startxref[\x00\t\n\x0c\r ]+\d+")
STREAM = re.compile(rb">>[\x00\t\n\x0c\r ]*stream(?:\r\n|\n|\r)")
TABLE = re.compile(rb"xref[\x00\t\n\x0c\r 0-9fn]*+trailer")
END = b"endobj"
NOWHERE = -1
NEAR = 8  # the reader says where the rows of a table start, which is after the word `xref` and its line end


def has_stray_bytes(document: Document, revision: int) -> bool:
    """Tell whether a revision holds more than its own objects, its cross-references, white space and comments."""
    pdf, end = document.pdf, document.ends[revision]
    table, listed = document.xrefs.get_xref_container_info(revision), _listed(document, revision)
    place = _past_space(pdf, document.ends[revision - 1])
    while place < end:
        if rows := TABLE.match(pdf, place):
            place = _past_table(pdf, rows.end()) if abs(table.start_location - place) <= NEAR else NOWHERE
        elif started := START.match(pdf, place):
            place = started.end()
        else:
            place = _past_object(document, revision, place) if place in listed else NOWHERE
        if place == NOWHERE:
            return True
        place = _past_space(pdf, place)
    return False


def _listed(document: Document, revision: int) -> set[int]:
    """Return the places where a revision says that its objects start; a cross-reference stream need not list itself."""
    data = document.xrefs.get_xref_data(revision)
    listed = {offset for _, offset in data.standard_xrefs.values()}
    listed.add(document.xrefs.get_xref_container_info(revision).start_location)
    if data.hybrid is not None:
        listed |= {offset for _, offset in data.hybrid.xref_data.standard_xrefs.values()}
        listed.add(data.hybrid.meta_info.start_location)
    return listed


def _past_table(pdf: bytes, place: int) -> int:
    """Return where `startxref` stands after a trailer, NOWHERE where an object is hidden between."""
    end = pdf.find(b"startxref", place)
    return NOWHERE if end < 0 or HEADER.search(pdf, place, end) else end


def _past_space(pdf: bytes, place: int) -> int:
    found = SPACE.match(pdf, place)
    return found.end() if found else place


def _past_object(document: Document, revision: int, place: int) -> int:
    """Return the offset after the object at `place`, NOWHERE where it has no clean end or another one inside."""
    pdf = document.pdf
    header = HEADER.match(pdf, place)
    if not header:
        return NOWHERE
    end = pdf.find(END, header.end())
    began = STREAM.search(pdf, header.end(), max(end, header.end()))
    if began:
        end = _past_stream(document, revision, header, began)
    inside = HEADER.search(pdf, header.end(), began.start() if began else max(end, header.end()))
    return NOWHERE if end < 0 or inside else end + len(END)


def _past_stream(document: Document, revision: int, header: re.Match[bytes], began: re.Match[bytes]) -> int:
    """Return where `endobj` stands after a stream, NOWHERE where anything but `endstream` is before it."""
    reference = generic.Reference(int(header[1]), int(header[2]))
    value = document.at(revision).get_object(reference)
    if not isinstance(value, generic.StreamObject):
        return NOWHERE
    data = began.end() + len(value.encoded_data)
    end = document.pdf.find(END, data)
    rest = document.pdf[data:end] if end >= 0 else b""
    return end if rest.split() == [b"endstream"] else NOWHERE
