"""A PDF as its reader sees it: revisions, where each ends, and any object as it stood in any of them.

The quick reader goes first; what it finds odd is read by the slow one. Every object is parsed once, however many
revisions see it.
"""

from typing import Any

from backend.verification.pdf.lexer import Odd
from backend.verification.pdf.objects import MEBIBYTE, TooLarge, decoded, packed_places, read_object, read_packed
from backend.verification.pdf.sections import NO_TRAILER, Packed, Section, Where, read_sections
from backend.verification.pdf.slow import Foreign, Slow
from backend.verification.pdf.values import Dictionary, Reference, Stream, seen

EOF = b"%%EOF"
LONGEST_CHAIN = 20
PACKED_RATIO = 100
LARGEST_PACKED = 64 * MEBIBYTE
BUDGET = 256 * MEBIBYTE


class Source:
    """The bytes of one PDF, up to and with its last `%%EOF`, and what was read from them."""

    def __init__(self, pdf: bytes) -> None:
        """Read the cross-references; raises whatever the slow reader raises where even it cannot."""
        self.pdf = pdf
        self.slow = Slow(pdf)
        try:
            self.sections = read_sections(pdf)
        except Odd:
            self.sections = self.slow.sections()
        self.trailers = _flattened(self.sections)
        self.locked = any("/Encrypt" in section.trailer for section in self.sections)
        self._objects: dict[Any, Any] = {}
        self._packs: dict[Any, tuple[bytes, dict[int, tuple[int, int]]]] = {}
        self._views: dict[int, View] = {}
        self._budget = max(BUDGET, 100 * len(pdf))

    def view(self, revision: int) -> "View":
        """Return the file as it stood in a revision."""
        if revision not in self._views:
            self._views[revision] = View(self, revision)
        return self._views[revision]

    @property
    def last(self) -> "View":
        """Return the file as it stands."""
        return self.view(len(self.sections) - 1)

    def where(self, ref: Reference, revision: int) -> Where:
        """Return where an object stood in a revision, None where it did not exist."""
        for section in reversed(self.sections[: revision + 1]):
            try:
                return section.find(ref)
            except KeyError:
                continue
        return None

    def last_change(self, ref: Reference) -> int:
        """Return the revision that last placed or freed an object; raises KeyError."""
        for revision in reversed(range(len(self.sections))):
            try:
                self.sections[revision].find(ref)
            except KeyError:
                continue
            return revision
        raise KeyError(ref)

    def read(self, ref: Reference, revision: int) -> Any:
        """Return the raw value of an object as it stood in a revision, None where there was none."""
        where = self.where(ref, revision)
        if where is None:
            return None
        key: Any = (where, ref)
        if isinstance(where, Packed):
            key = (self.where(Reference(where.container, 0), revision), where, ref)
        if key not in self._objects:
            self._objects[key] = self._read(ref, where, revision)
        return self._objects[key]

    def _read(self, ref: Reference, where: int | Packed, revision: int) -> Any:
        try:
            return self.quick(ref, where, revision)
        except Odd:
            return self.slow.get_object(ref, revision)

    def quick(self, ref: Reference, where: int | Packed, revision: int) -> Any:
        """Return the raw value of an object by the quick reader alone, or Odd; in a locked file everything is."""
        if self.locked:
            raise Odd(ref)
        if isinstance(where, Packed):
            return self._unpacked(ref, where, revision)
        found, value, _ = read_object(self.pdf, where, self._length)
        if found != ref:
            raise Odd(found)
        return value

    def _length(self, value: Any) -> Any:
        """Return the length of a stream; one that stands elsewhere counts as the file ends, as for pyHanko."""
        return self.last.follow(value)

    def _unpacked(self, ref: Reference, where: Packed, revision: int) -> Any:
        key = (where.container, self.where(Reference(where.container, 0), revision))
        if key not in self._packs:
            stream = self.view(revision).get_object(Reference(where.container, 0))
            if not isinstance(stream, Stream):
                raise Odd(where)
            most = min(LARGEST_PACKED, max(4 * MEBIBYTE, PACKED_RATIO * len(stream.body.encoded)))
            try:
                data = self._spend(decoded(stream, most))
            except TooLarge as error:
                raise Odd(most) from error
            self._packs[key] = data, packed_places(data, stream)
        return read_packed(*self._packs[key], ref.idnum, where.position)

    def decoded(self, stream: Stream, revision: int) -> bytes:
        """Return the bytes of a stream without its filters; raises TooLarge, or what pyHanko's decoders raise."""
        body = stream.body
        if body.data is None:
            body.data = self._spend(self._decode(stream, revision))
        return body.data

    def _decode(self, stream: Stream, revision: int) -> bytes:
        body = stream.body
        if not isinstance(body, Foreign):
            try:
                return decoded(stream)
            except Odd:
                body = self.slow.get_object(body.ref, revision)
        return bytes(body.stream.data)

    def _spend(self, found: bytes) -> bytes:
        """Count decoded bytes; raises MemoryError when one file decodes to more than its share."""
        self._budget -= len(found)
        if self._budget < 0:
            raise MemoryError
        return found


def _flattened(sections: list[Section]) -> list[dict[str, Any]]:
    """Return the trailer of each revision with what earlier ones said and it did not (pyHanko does the same)."""
    found = []
    known: dict[str, Any] = {}
    for section in sections:
        known = {**known, **section.trailer}
        found.append({key: value for key, value in known.items() if key not in NO_TRAILER})
    return found


class View:
    """One revision: references lead to the objects as they stood in it."""

    def __init__(self, source: Source, revision: int) -> None:
        """See `source` as it was in a revision."""
        self.source = source
        self.revision = revision
        self._found: dict[Reference, Any] = {}

    @property
    def trailer_view(self) -> Dictionary:
        """Return the trailer."""
        return Dictionary(self.source.trailers[self.revision], self)

    @property
    def root_ref(self) -> Reference:
        """Return the reference to the catalogue; raises KeyError where the trailer has none."""
        found = self.source.trailers[self.revision].get("/Root")
        if not isinstance(found, Reference):
            raise KeyError("/Root")
        return found

    @property
    def root(self) -> Dictionary:
        """Return the catalogue; raises KeyError where there is none."""
        found = self.get_object(self.root_ref)
        if not isinstance(found, Dictionary):
            raise KeyError("/Root")
        return found

    def raw(self, ref: Reference) -> Any:
        """Return the raw value of an object, None where there is none."""
        if ref not in self._found:
            self._found[ref] = self.source.read(ref, self.revision)
        return self._found[ref]

    def get_object(self, ref: Reference) -> Any:
        """Return an object; its references lead to objects of this revision."""
        return seen(self.raw(ref), self)

    def decoded(self, stream: Stream) -> bytes:
        """Return the bytes of a stream without its filters."""
        return self.source.decoded(stream, self.revision)

    def follow(self, value: Any) -> Any:
        """Return the raw value at the end of a chain of references; raises RecursionError where it has none."""
        for _ in range(LONGEST_CHAIN):
            if type(value) is not Reference:
                return value
            value = self.raw(value)
        raise RecursionError(value)
