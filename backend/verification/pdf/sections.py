"""The cross-references of a PDF, section by section (ISO 32000-2 clauses 7.5.4 to 7.5.8): each section is a revision.

Read here are tables and streams as every writer of today writes them. What is odd (hybrid files, tables with odd
lines, circles) is left to the slow reader, which fills the same Section.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from backend.verification.pdf.lexer import Odd, read_value
from backend.verification.pdf.objects import HEADER, WHITE_SPACE, inflate, read_object
from backend.verification.pdf.values import Body, Reference

BEGIN = re.compile(rb"%PDF-\d\.\d[\x00\t\n\x0c\r ]")
END = re.compile(rb"[\r\n]startxref(?:\r\n|\r|\n)(\d{1,10})(?:\r\n|\r|\n)%%EOF\Z")
TABLE = re.compile(rb"xref[\x00\t\n\x0c\r ]++")
PART = re.compile(rb"(\d{1,10}) (\d{1,10}) ?(?:\r\n|\r|\n)")
ROWS = re.compile(rb"(?:\d{10} \d{5} [nf](?: \n| \r|\r\n))*+")
OFFSETS = re.compile(rb"(\d{10}) \d{5} [nf]")
GENERATIONS = re.compile(rb"\d{10} (\d{5}) [nf]")
ROW = 20
IN_USE = ord("n")
TRAILER = re.compile(rb"[\x00\t\n\x0c\r ]*+trailer[\x00\t\n\x0c\r ]*+(?=<<)")
NO_TRAILER = frozenset({"/Length", "/Filter", "/DecodeParms", "/W", "/Type", "/Index", "/XRefStm"})
LAST_GENERATION = 0xFFFF
MOST_SECTIONS = 5000
MOST_ROWS = 8_000_000


class Packed(NamedTuple):
    """An object that stands in an object stream: the number of the stream, and its place in it."""

    container: int
    position: int


Where = int | Packed | None


@dataclass
class Section:
    """What one section says, and where it stands. `freed` holds the generation that may come next."""

    start: int
    end: int
    trailer: dict[str, Any]
    plain: dict[int, tuple[int, int]] = field(default_factory=dict)
    packed: dict[int, Packed] = field(default_factory=dict)
    freed: dict[int, int] = field(default_factory=dict)
    hybrid: "Section | None" = None

    def find(self, ref: Reference) -> Where:
        """Return where an object stands, None if it was freed here; raises KeyError where this section is silent."""
        number, generation = ref
        if generation == 0 and number in self.packed:
            return self.packed[number]
        if number in self.plain:
            found, offset = self.plain[number]
            if found != generation:
                raise KeyError(ref)
            return offset
        if self.freed.get(number) == generation + 1:
            return None
        if self.hybrid is not None:
            return self.hybrid.find(ref)
        raise KeyError(ref)

    def touched(self) -> set[Reference]:
        """Return every object that this section places or frees."""
        found = {Reference(number, generation) for number, (generation, _) in self.plain.items()}
        found.update(Reference(number, 0) for number in self.packed)
        found.update(Reference(number, generation - 1) for number, generation in self.freed.items())
        return found | self.hybrid.touched() if self.hybrid else found


def read_sections(pdf: bytes) -> list[Section]:
    """Return all sections, oldest first, of the bytes of a PDF that end with `%%EOF`; or Odd."""
    last = END.search(pdf, max(0, len(pdf) - 64))
    if last is None or not BEGIN.match(pdf):
        raise Odd(b"startxref")
    found: list[Section] = []
    seen: set[int] = set()
    at: int | None = int(last[1])
    while at is not None:
        if at in seen or at >= len(pdf) or len(seen) == MOST_SECTIONS:
            raise Odd(at)
        seen.add(at)
        section = _section(pdf, at)
        found.append(section)
        at = section.trailer.get("/Prev")
        if "/Prev" in section.trailer and (type(at) is not int or at < 0):
            raise Odd(at)
    return found[::-1]


def _section(pdf: bytes, at: int) -> Section:
    white = WHITE_SPACE.match(pdf, at)
    start = white.end() if white else at
    table = TABLE.match(pdf, start)
    section = _table(pdf, start, table.end()) if table else _stream(pdf, start)
    size = section.trailer.get("/Size")
    if type(size) is not int or "/XRefStm" in section.trailer:
        raise Odd(at)
    return section


def _table(pdf: bytes, start: int, at: int) -> Section:
    section = Section(start, 0, {})
    while part := PART.match(pdf, at):
        first, count = int(part[1]), int(part[2])
        at = part.end() + ROW * count
        rows = ROWS.match(pdf, part.end(), at) if count < MOST_ROWS else None
        if rows is None or rows.end() != at:
            raise Odd(at)
        _enter_rows(section, first, rows[0])
    trailer = TRAILER.match(pdf, at)
    if trailer is None:
        raise Odd(at)
    section.end = trailer.end()
    section.trailer, after = read_value(pdf, section.end)
    white = WHITE_SPACE.match(pdf, after)
    if white and pdf.startswith(b"stream", white.end()):
        raise Odd(after)
    return section


def _enter_rows(section: Section, first: int, rows: bytes) -> None:
    """Enter the rows of one part, twenty bytes each; a number that one section tells of twice is odd."""
    numbers = range(first, first + len(rows) // ROW)
    generations = list(map(int, GENERATIONS.findall(rows)))
    places = zip(generations, map(int, OFFSETS.findall(rows)), strict=True)
    kinds = rows[17::ROW]
    plain = {number: place for number, place, kind in zip(numbers, places, kinds, strict=True) if kind == IN_USE}
    free = zip(numbers, generations, kinds, strict=True) if len(plain) < len(kinds) else ()
    freed = {number: generation for number, generation, kind in free if kind != IN_USE}
    if first == 0 or max(generations, default=0) > LAST_GENERATION:
        plain = {number: place for number, place in plain.items() if number and place[0] <= LAST_GENERATION}
        freed = {number: place for number, place in freed.items() if number and place <= LAST_GENERATION}
    told = plain.keys() | freed.keys()
    if not (section.plain.keys().isdisjoint(told) and section.freed.keys().isdisjoint(told)):
        raise Odd(first)
    section.plain.update(plain)
    section.freed.update(freed)


def _enter(section: Section, number: int, generation: int, place: Where) -> None:
    """Enter one object; a number that one section tells of twice is odd."""
    if number == 0 or generation > LAST_GENERATION:
        return
    if number in section.plain or number in section.freed or number in section.packed:
        raise Odd(number)
    if place is None:
        section.freed[number] = generation
    elif isinstance(place, Packed):
        section.packed[number] = place
    else:
        section.plain[number] = (generation, place)


def _stream(pdf: bytes, at: int) -> Section:
    if HEADER.match(pdf, at) is None:
        raise Odd(at)
    _, body, end = read_object(pdf, at, lambda length: length)
    if type(body) is not Body or body.entries.get("/Type") != "/XRef":
        raise Odd(at)
    # The slow reader goes on after `endstream`; the end of the object makes no difference to who looks for %%EOF.
    section = Section(at, end, body.entries)
    for number, kind, second, third in _entries(body):
        if kind == 1:
            _enter(section, number, third, second)
        elif kind == 2:
            _enter(section, number, 0, Packed(second, third))
        elif kind == 0:
            _enter(section, number, third, None)
        else:
            raise Odd(kind)
    return section


def _entries(body: Body) -> Iterator[tuple[int, int, int, int]]:
    """Yield number, kind, second and third field of every entry of a cross-reference stream (clause 7.5.8.3)."""
    entries = body.entries
    widths: Any = entries.get("/W")
    index: Any = entries.get("/Index", [0, entries.get("/Size")])
    if not _counts(widths) or len(widths) != 3 or not _counts(index) or len(index) % 2 or max(widths) > 7:
        raise Odd(widths)
    one, two = widths[0], widths[0] + widths[1]
    width = sum(widths)
    total = sum(index[1::2])
    if not 0 < total * width <= MOST_ROWS * 4:
        raise Odd(total)
    rows = _rows(body, total, width)
    at, last = 0, 0
    for first, count in zip(index[::2], index[1::2], strict=True):
        if first < last:
            raise Odd(first)
        last = first + count
        for number in range(first, last):
            row = rows[at : at + width]
            at += width
            kind = int.from_bytes(row[:one]) if one else 1
            yield number, kind, int.from_bytes(row[one:two]), int.from_bytes(row[two:])


def _counts(values: Any) -> bool:
    return type(values) is list and all(type(value) is int and value >= 0 for value in values)


def _rows(body: Body, count: int, width: int) -> bytes:
    """Return the decoded rows, which must be exactly as many as announced."""
    filter_, parameters = body.entries.get("/Filter"), body.entries.get("/DecodeParms")
    rows = body.encoded
    if filter_ is not None:
        if filter_ != "/FlateDecode":
            raise Odd(filter_)
        rows = inflate(rows, count * (width + 1) + 4096)
    if parameters is not None:
        rows = _unpredicted(rows, parameters, width)
    if len(rows) != count * width:
        raise Odd(len(rows))
    return rows


def _unpredicted(rows: bytes, parameters: Any, width: int) -> bytes:
    """Undo the PNG prediction `up` (clause 7.4.4.4), which is what writers use here; or Odd."""
    told = parameters if type(parameters) is dict else {}
    if told.get("/Predictor") != 12 or told.get("/Columns") != width or set(told) - {"/Predictor", "/Columns"}:
        raise Odd(parameters)
    if len(rows) % (width + 1) or set(rows[:: width + 1]) - {2}:
        raise Odd(len(rows))
    above = bytes(width)
    out = []
    for at in range(0, len(rows), width + 1):
        above = bytes((a + b) & 0xFF for a, b in zip(rows[at + 1 : at + 1 + width], above, strict=True))
        out.append(above)
    return b"".join(out)
