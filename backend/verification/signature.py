"""Where one signature stands in the file: its dictionary, its bytes, its revision. Judges the ByteRange, nothing else.

ISO 32000-2 clause 12.8.1: the signed bytes are all of the revision except the one hexadecimal string in /Contents.
"""

import dataclasses
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyhanko.pdf_utils.generic import parse_pdf_date
from pyhanko.pdf_utils.misc import PdfError

from backend.verification.document import Document, Field, Prefixes, quietly
from backend.verification.pdf.values import EMPTY, Array, Dictionary, Reference, String
from backend.verification.twice import has_key_twice

TIMESTAMP = "/ETSI.RFC3161"
PADES = "/ETSI.CAdES.detached"
HEX = re.compile(rb"<[0-9A-Fa-f\x00\t\n\x0c\r ]*>")
BEFORE_CONTENTS = re.compile(rb"/Contents[\x00\t\n\x0c\r ]*\Z")
WHITE = b"\x00\t\n\x0c\r "


class Misplaced(Exception):
    """The ByteRange does not fit; `moved` where it is well-formed, but the bytes it speaks of lie elsewhere now."""

    def __init__(self, *, moved: bool = False) -> None:
        """Remember whether the file looks rewritten."""
        self.moved = moved
        super().__init__(moved)


@dataclass(frozen=True)
class Placed:
    """A signature whose place is right: it covers everything of its revision but its own value.

    What it allows later: `mdp` (DocMDP, 1 to 3, or None), `closed` (FieldMDP, action and names).
    """

    field: Field
    dictionary: Dictionary
    contents: bytes
    gap: tuple[int, int]
    end: int
    revision: int
    mdp: int | None
    closed: tuple[tuple[str, frozenset[str]], ...]
    _prefixes: Prefixes
    _digests: dict[str, bytes] = dataclasses.field(default_factory=dict)

    @property
    def is_timestamp(self) -> bool:
        """Tell whether this is a document timestamp (EN 319 142-1 clause 5.4.3)."""
        return self.subfilter == TIMESTAMP

    @property
    def subfilter(self) -> str:
        """Return the name of the signature's format, as written."""
        return str(quietly(self.dictionary, "/SubFilter"))

    @property
    def claimed_at(self) -> datetime | None:
        """Return the time the signer wrote into /M, None where there is none that can be read."""
        return parse_date(quietly(self.dictionary, "/M"))

    def digest(self, pdf: bytes, name: str) -> bytes:
        """Return the digest of the signed bytes; raises ValueError for an unknown algorithm."""
        if name not in self._digests:
            whole = self._prefixes.hashed(name, self.gap[0])
            whole.update(memoryview(pdf)[self.gap[1] : self.end])
            self._digests[name] = whole.digest()
        return self._digests[name]

    def closes(self, name: str) -> bool:
        """Tell whether this signature forbids filling the field `name` later (FieldMDP, clause 12.8.2.4).

        A name that is listed stands for all fields below it too.
        """
        parts = name.split(".")
        above = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
        return any(
            action == "/All" or (bool(above & names) if action == "/Include" else not above & names)
            for action, names in self.closed
        )


def place(document: Document, found: Field) -> Placed:
    """Return where the signature in a field stands; raises Misplaced."""
    value, container = quietly(found.dictionary, "/V"), found.container
    if not isinstance(value, Dictionary) or container is None:
        raise Misplaced
    start, end = _byte_range(value)
    revision = document.last_change(container)
    contents = _gap(document, container, value, (start, end[0]))
    _covers_revision(document, revision, end[1])
    return Placed(
        found,
        value,
        contents,
        (start, end[0]),
        end[1],
        revision,
        _mdp(value),
        tuple(_closed(value, found.dictionary)),
        document.prefixes,
    )


def _byte_range(value: Dictionary) -> tuple[int, tuple[int, int]]:
    numbers = quietly(value, "/ByteRange")
    if not isinstance(numbers, Array) or len(numbers) != 4:
        raise Misplaced
    if any(type(number) is not int for number in numbers.raw):
        raise Misplaced
    zero, first, second, length = numbers.raw
    if zero != 0 or first <= 0 or length <= 0 or second <= first:
        raise Misplaced
    return first, (second, second + length)


def _gap(document: Document, container: Reference, value: Any, gap: tuple[int, int]) -> bytes:
    """Return the signature value, having made sure that the gap is its hexadecimal string and nothing more."""
    pdf = document.pdf
    hole = pdf[gap[0] : gap[1]]
    offset = document.where(container, document.revisions - 1)
    contents = _contents(value)
    written = HEX.fullmatch(hole) and bytes.fromhex(_even(hole[1:-1].translate(None, WHITE)))
    if not written or written != contents or not BEFORE_CONTENTS.search(pdf, max(0, gap[0] - 64), gap[0]):
        raise Misplaced(moved=True)
    if not isinstance(offset, int) or not offset < gap[0] or pdf.find(b"endobj", offset, gap[0]) >= 0:
        raise Misplaced
    if has_key_twice(pdf, offset, max(pdf.find(b"endobj", gap[1]), gap[1])):
        raise Misplaced
    return contents


def _even(digits: bytes) -> str:
    return digits.decode("ascii") + "0" * (len(digits) % 2)


def _contents(value: Dictionary) -> bytes:
    raw = value.raw.get("/Contents")
    if not isinstance(raw, String):
        raise Misplaced
    return bytes(raw)


def _covers_revision(document: Document, revision: int, end: int) -> None:
    """Make sure that the signed bytes end where the revision of this signature ends."""
    own = document.ends[revision]
    if end > len(document.pdf):
        raise Misplaced(moved=True)
    if not document.marker_end(revision) <= end or document.pdf[own:end].strip(WHITE):
        raise Misplaced
    if revision + 1 < document.revisions and document.ends[revision + 1] <= end:
        raise Misplaced


def _mdp(value: Dictionary) -> int | None:
    parameters = _transform(value, "/DocMDP")
    level = quietly(parameters, "/P") if parameters is not None else None
    if parameters is None:
        return None
    return int(level) if isinstance(level, int) and 1 <= level <= 3 else 2


def _closed(value: Dictionary, form_field: Dictionary) -> Any:
    for rule in (_transform(value, "/FieldMDP"), quietly(form_field, "/Lock")):
        if isinstance(rule, Dictionary):
            names = quietly(rule, "/Fields")
            listed = names if isinstance(names, Array) else ()
            yield str(quietly(rule, "/Action")), frozenset(str(name) for name in listed)


def _transform(value: Dictionary, method: str) -> Dictionary | None:
    references = quietly(value, "/Reference")
    for index in range(len(references)) if isinstance(references, Array) else ():
        reference = quietly(references, index)
        if isinstance(reference, Dictionary) and quietly(reference, "/TransformMethod") == method:
            parameters = quietly(reference, "/TransformParams")
            return parameters if isinstance(parameters, Dictionary) else EMPTY
    return None


def parse_date(text: Any) -> datetime | None:
    """Return a PDF date (ISO 32000-2 clause 7.9.4) as an aware moment, None where it is none."""
    if not isinstance(text, String):
        return None
    try:
        moment = parse_pdf_date(str(text), strict=False)
    except (ValueError, TypeError, PdfError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
