"""A PDF as a verifier sees it: its revisions, where each ends, and its signature fields; nothing is judged here.

`pdf/` reads the objects. Fields are walked here, one by one, so that a malformed one cannot hide the others.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from backend.verification.pdf.sections import Section, Where
from backend.verification.pdf.source import EOF, Source, View
from backend.verification.pdf.values import Array, Dictionary, Name, Reference
from backend.verification.verdict import Reason

LINE_END = re.compile(rb"\r\n|\r|\n")
DEEPEST_FIELD = 32
MOST_FIELDS = 5000
EARLIER_ENDS = 4


class Unreadable(Exception):
    """The file cannot be read; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        """Remember why."""
        self.reason = reason
        super().__init__(str(reason))


@dataclass(frozen=True)
class Field:
    """A signature field as it stands in the last revision; `ref` is None where it is no object of its own."""

    name: str
    dictionary: Dictionary
    ref: Reference | None

    @property
    def filled(self) -> bool:
        """Tell whether the field has a value, readable or not: one that is not will be told as malformed."""
        return self.dictionary.raw.get("/V") is not None

    @property
    def container(self) -> Reference | None:
        """Return the object in which the signature dictionary stands."""
        value = self.dictionary.raw_get("/V")
        return value if isinstance(value, Reference) else self.ref


class Prefixes:
    """Digests of how a file begins: signatures cover the same first pages, so those are hashed once."""

    def __init__(self, pdf: bytes) -> None:
        """Begin with nothing hashed."""
        self._pdf = memoryview(pdf)
        self._known: dict[str, list[tuple[int, Any]]] = {}

    def hashed(self, name: str, end: int) -> Any:
        """Return a hash object that has read the file up to `end`; raises ValueError for an unknown algorithm."""
        known = self._known.setdefault(name, [(0, hashlib.new(name))])
        at, state = max((one for one in known if one[0] <= end), key=itemgetter(0))
        further = state.copy()
        further.update(self._pdf[at:end])
        known.append((end, further))
        return further.copy()


class Document:
    """An opened PDF. `ends[i]` is the offset after the last byte that belongs to revision i."""

    def __init__(self, pdf: bytes, source: Source, *, torn: bool) -> None:
        """Keep the bytes and their reader, and find where each revision ends; `torn`: the end of the file is broken."""
        self._torn = torn
        self._fields: dict[int, list[Field]] = {}
        self._source = source
        self.pdf = pdf
        self.prefixes = Prefixes(pdf)
        self.sections: list[Section] = source.sections
        self.revisions = len(source.sections)
        self._markers = list(self._marker_ends())
        self.ends = [self._past_line_end(end) for end in self._markers]

    def _marker_ends(self) -> Iterator[int]:
        """Yield the end of each revision: past the first `%%EOF` after its cross-references."""
        reached = 0
        for section in self.sections:
            reached = max(reached, section.end)
            marker = self.pdf.find(EOF, reached)
            yield len(self.pdf) if marker < 0 else marker + len(EOF)

    def _past_line_end(self, end: int) -> int:
        line_end = LINE_END.match(self.pdf, end)
        return line_end.end() if line_end else end

    def marker_end(self, revision: int) -> int:
        """Return the offset after the `%%EOF` of a revision: a signature must reach at least there."""
        return self._markers[revision]

    @property
    def last(self) -> View:
        """Return the objects as they stand."""
        return self._source.last

    def at(self, revision: int) -> View:
        """Return the objects as they stood in a revision."""
        return self._source.view(revision)

    def where(self, ref: Reference, revision: int) -> Where:
        """Return where an object stood in a revision: its offset, its object stream, or None."""
        return self._source.where(ref, revision)

    def fields_at(self, revision: int) -> list[Field]:
        """Return the signature fields as they stood in a revision."""
        if revision not in self._fields:
            self._fields[revision] = signature_fields(self.at(revision).root)
        return self._fields[revision]

    def last_change(self, ref: Reference) -> int:
        """Return the revision that last wrote an object; raises KeyError."""
        return self._source.last_change(ref)

    def fields(self) -> list[Field]:
        """Return all signature fields in the order of the form; raises Unreadable where there is a form, but broken."""
        root = self.last.root
        form = quietly(root, "/AcroForm")
        if _stated(root, "/AcroForm") and not isinstance(form, Dictionary):
            raise Unreadable(Reason.NOT_A_PDF)
        listed = quietly(form, "/Fields") if form is not None else None
        if form is not None and _stated(form, "/Fields") and not isinstance(listed, Array):
            raise Unreadable(Reason.NOT_A_PDF)
        found = self.fields_at(self.revisions - 1)
        broken = listed is not None and any(quietly(listed, index) is None for index in range(len(listed)))
        if (broken or self._torn) and not any(field.filled for field in found):
            raise Unreadable(Reason.NOT_A_PDF)
        return found


def open_document(pdf: bytes) -> Document:
    """Open the bytes of a PDF; raises Unreadable where they are none, or are locked with a password."""
    if not pdf.startswith(b"%PDF-"):
        raise Unreadable(Reason.NOT_A_PDF)
    source, torn = _read(pdf)
    if source.locked and not source.slow.unlock():
        raise Unreadable(Reason.ENCRYPTED)
    if not isinstance(quietly(source.last.trailer_view, "/Root"), Dictionary):
        raise Unreadable(Reason.NOT_A_PDF)
    return Document(pdf, source, torn=torn)


def _read(pdf: bytes) -> tuple[Source, bool]:
    """Return a reader of the longest part that ends like a PDF, and whether an end after it could not be read."""
    end = len(pdf)
    for tries in range(EARLIER_ENDS):
        end = pdf.rfind(EOF, 0, end)
        if end < 0:
            break
        try:
            return Source(pdf[: end + len(EOF)]), tries > 0
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001, S112  because pyHanko raises builtins of every kind on hostile bytes
            continue
    raise Unreadable(Reason.NOT_A_PDF)


def signature_fields(root: Dictionary) -> list[Field]:
    """Return the signature fields of a catalogue, those of nested fields included."""
    found: list[Field] = []
    form = quietly(root, "/AcroForm")
    if isinstance(form, Dictionary):
        _walk(quietly(form, "/Fields"), "", None, found, DEEPEST_FIELD)
    return found


def _walk(kids: Any, prefix: str, inherited: Any, found: list[Field], depth: int) -> None:
    if not isinstance(kids, Array) or depth == 0:
        return
    for index in range(len(kids)):
        if len(found) >= MOST_FIELDS:
            return
        raw = kids.raw_get(index)
        field = quietly(kids, index)
        if not isinstance(field, Dictionary):
            continue
        own = quietly(field, "/T")
        name = f"{prefix}.{own}" if prefix and own is not None else str(own) if own is not None else prefix
        kind = quietly(field, "/FT") or inherited
        below = quietly(field, "/Kids")
        if isinstance(below, Array) and any("/T" in kid for kid in _dictionaries(below)):
            _walk(below, name, kind, found, depth - 1)
        elif type(kind) is Name and kind == "/Sig":
            found.append(Field(name, field, raw if isinstance(raw, Reference) else None))


def _dictionaries(array: Array) -> Iterator[Dictionary]:
    for index in range(min(len(array), MOST_FIELDS)):
        kid = quietly(array, index)
        if isinstance(kid, Dictionary):
            yield kid


def quietly(container: Any, key: Any) -> Any:
    """Return the resolved value under a key or index, or None where there is none or it cannot be read."""
    try:
        return container[key]
    except (KeyError, IndexError):
        return None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  because the slow reader raises builtins of every kind on hostile bytes
        return None


def _stated(container: Dictionary, key: str) -> bool:
    """Tell whether a key has a value, readable or not."""
    return container.raw.get(key) is not None
