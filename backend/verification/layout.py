"""Which bytes of a later revision belong to nothing, or can be read in two ways: one object each, no key twice.

A reader that follows the cross-references never sees such bytes; one that repairs files by searching for objects may
(incremental saving without a table, Mladenov et al. 2019). ISO 32000-2 clause 7.5.1 has no room for them.
"""

import re
from itertools import pairwise

from backend.verification.document import Document
from backend.verification.pdf.sections import Section
from backend.verification.pdf.values import Reference, Stream
from backend.verification.twice import has_key_twice

SPACE = re.compile(rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)*+")
HEADER = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")
START = re.compile(rb"startxref[\x00\t\n\x0c\r ]+\d+")
STREAM = re.compile(rb">>[\x00\t\n\x0c\r ]*stream(?:\r\n|\n|\r)")
TABLE = re.compile(rb"xref[\x00\t\n\x0c\r 0-9fn]*+trailer")
LENGTH = re.compile(rb"/Length[\x00\t\n\x0c\r ]+(\d{1,10}+)(?![\x00\t\n\x0c\r ]+\d+[\x00\t\n\x0c\r ]+R)")
INDEX = re.compile(rb"/Index[\x00\t\n\x0c\r ]*\[([^\]]*)\]")
END = b"endobj"
NOWHERE = -1
NEAR = 8  # the reader says where the rows of a table start, which is after the word `xref` and its line end


def has_stray_bytes(document: Document, revision: int) -> bool:
    """Tell whether a revision holds more than its own objects, its cross-references, white space and comments."""
    pdf, end = document.pdf, document.ends[revision]
    table, listed = document.sections[revision], _listed(document, revision)
    if _speaks_with_two_tongues(table) or not _leads_where_it_says(document, revision):
        return True
    place = _past_space(pdf, document.ends[revision - 1])
    while place < end:
        if rows := TABLE.match(pdf, place):
            place = _past_table(pdf, rows) if abs(table.start - place) <= NEAR else NOWHERE
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
    table = document.sections[revision]
    listed = {table.start, *(offset for _, offset in table.plain.values())}
    if table.hybrid is not None:
        listed |= {table.hybrid.start, *(offset for _, offset in table.hybrid.plain.values())}
    return listed


def _speaks_with_two_tongues(table: Section) -> bool:
    """Tell whether a hybrid table sends older readers elsewhere than newer ones (ISO 32000-2 clause 7.5.8.4)."""
    hidden = table.hybrid
    if hidden is None:
        return False
    return any(
        number in hidden.packed or hidden.plain.get(number, place) != place for number, place in table.plain.items()
    )


def _leads_where_it_says(document: Document, revision: int) -> bool:
    """Tell whether each packed entry names the place where its container lists it: some readers take one only."""
    held: dict[int, list[bytes]] = {}
    for number, (container, position) in document.sections[revision].packed.items():
        if container not in held:
            stream = document.at(revision).get_object(Reference(container, 0))
            held[container] = stream.data[: int(stream["/First"])].split()[::2] if isinstance(stream, Stream) else []
        if held[container][position : position + 1] != [b"%d" % number]:
            return False
    return True


def _past_table(pdf: bytes, rows: re.Match[bytes]) -> int:
    """Return where `startxref` stands after a trailer; NOWHERE where an object hides between, or a number is twice."""
    end = pdf.find(b"startxref", rows.end())
    if end < 0 or HEADER.search(pdf, rows.end(), end) or has_key_twice(pdf, rows.end(), end):
        return NOWHERE
    numbers = rows[0].split()[1:-1]
    sections, index = [], 0
    while index + 1 < len(numbers) and numbers[index].isdigit() and numbers[index + 1].isdigit():
        sections.append((int(numbers[index]), int(numbers[index + 1])))
        index += 2 + 3 * sections[-1][1]
    return NOWHERE if _overlap(sections) else end


def _overlap(sections: list[tuple[int, int]]) -> bool:
    """Tell whether two sections of a table, first number and count, list the same object."""
    ordered = sorted(section for section in sections if section[1])
    return any(first + count > then for (first, count), (then, _) in pairwise(ordered))


def _past_space(pdf: bytes, place: int) -> int:
    found = SPACE.match(pdf, place)
    return found.end() if found else place


def _past_object(document: Document, revision: int, place: int) -> int:
    """Return the offset after the object at `place`; NOWHERE if it has no clean end, one more inside, a key twice."""
    pdf = document.pdf
    header = HEADER.match(pdf, place)
    if not header:
        return NOWHERE
    end = pdf.find(END, header.end())
    began = STREAM.search(pdf, header.end(), max(end, header.end()))
    if began:
        end = _past_stream(document, revision, header, began)
    inside = _holds_a_header(pdf, header.end(), began.start() if began else max(end, header.end()))
    if end < 0 or inside or has_key_twice(pdf, header.end(), began.start() + 2 if began else end):
        return NOWHERE
    return end + len(END)


def _holds_a_header(pdf: bytes, start: int, end: int) -> bool:
    return pdf.find(b"obj", start, end) >= 0 and HEADER.search(pdf, start, end) is not None


def _past_stream(document: Document, revision: int, header: re.Match[bytes], began: re.Match[bytes]) -> int:
    """Return where `endobj` stands after a stream, NOWHERE where anything but `endstream` is before it.

    A cross-reference stream need not list itself, so what its dictionary says is read here.
    """
    said = document.pdf[header.end() : began.start()]
    length = _length(document, revision, header, said)
    end = document.pdf.find(END, began.end() + length) if length is not None else NOWHERE
    if end < 0 or length is None or document.pdf[began.end() + length : end].split() != [b"endstream"]:
        return NOWHERE
    if b"/ObjStm" in said:
        packed = document.at(revision).get_object(_reference(header))
        return NOWHERE if has_key_twice(bytes(packed.data), int(packed["/First"])) else end
    index = [int(number) for numbers in INDEX.findall(said) for number in numbers.split()]
    return NOWHERE if _overlap(list(zip(index[::2], index[1::2], strict=False))) else end


def _length(document: Document, revision: int, header: re.Match[bytes], said: bytes) -> int | None:
    lengths = LENGTH.findall(said)
    if len(lengths) == 1:
        return int(lengths[0])
    value = document.at(revision).get_object(_reference(header))
    return len(value.body.encoded) if isinstance(value, Stream) else None


def _reference(header: re.Match[bytes]) -> Reference:
    return Reference(int(header[1]), int(header[2]))
