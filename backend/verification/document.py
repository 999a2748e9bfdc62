"""A PDF as a verifier sees it: its revisions, where each ends, and its signature fields; nothing is judged here.

pyHanko reads the objects. Fields are walked here, one by one, so that a malformed one cannot hide the others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from backend.verification import fastread
from backend.verification.verdict import Reason

fastread.install()

EOF = b"%%EOF"
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
    dictionary: generic.DictionaryObject
    ref: generic.Reference | None

    @property
    def filled(self) -> bool:
        """Tell whether the field has a value; one that cannot be read is a value, and will be told as malformed."""
        try:
            return not _is_null(self.dictionary.get("/V"))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  because pyHanko raises builtins of every kind on hostile bytes
            return True

    @property
    def container(self) -> generic.Reference | None:
        """Return the object in which the signature dictionary stands."""
        value = self.dictionary.raw_get("/V")
        return value.reference if isinstance(value, generic.IndirectObject) else self.ref


class Document:
    """An opened PDF. `ends[i]` is the offset after the last byte that belongs to revision i."""

    def __init__(self, pdf: bytes, reader: PdfFileReader, *, torn: bool) -> None:
        """Keep the bytes and pyHanko's reader of them, and find where each revision ends; `torn`: its end is broken."""
        self._torn = torn
        self._fields: dict[int, list[Field]] = {}
        self.pdf = pdf
        self.reader = reader
        self.xrefs = reader.xrefs
        self.revisions = reader.total_revisions
        self._markers = list(self._marker_ends())
        self.ends = [self._past_line_end(end) for end in self._markers]

    def _marker_ends(self) -> Iterator[int]:
        """Yield the end of each revision: past the first `%%EOF` after its cross-references."""
        reached = 0
        for revision in range(self.revisions):
            reached = max(reached, self.xrefs.get_xref_container_info(revision).end_location)
            marker = self.pdf.find(EOF, reached)
            yield len(self.pdf) if marker < 0 else marker + len(EOF)

    def _past_line_end(self, end: int) -> int:
        line_end = LINE_END.match(self.pdf, end)
        return line_end.end() if line_end else end

    def marker_end(self, revision: int) -> int:
        """Return the offset after the `%%EOF` of a revision: a signature must reach at least there."""
        return self._markers[revision]

    def at(self, revision: int) -> HistoricalResolver:
        """Return the objects as they stood in a revision."""
        return self.reader.get_historical_resolver(revision)

    def fields_at(self, revision: int) -> list[Field]:
        """Return the signature fields as they stood in a revision."""
        if revision not in self._fields:
            self._fields[revision] = signature_fields(self.at(revision).root)
        return self._fields[revision]

    def last_change(self, ref: generic.Reference) -> int:
        """Return the revision that last wrote an object; raises KeyError."""
        return int(self.xrefs.get_last_change(ref))

    def fields(self) -> list[Field]:
        """Return all signature fields in the order of the form; raises Unreadable where there is a form, but broken."""
        root = self.reader.root
        form = quietly(root, "/AcroForm")
        if _stated(root, "/AcroForm") and not isinstance(form, generic.DictionaryObject):
            raise Unreadable(Reason.NOT_A_PDF)
        listed = quietly(form, "/Fields") if form is not None else None
        if form is not None and _stated(form, "/Fields") and not isinstance(listed, generic.ArrayObject):
            raise Unreadable(Reason.NOT_A_PDF)
        found = signature_fields(root)
        broken = listed is not None and any(quietly(listed, index) is None for index in range(len(listed)))
        if (broken or self._torn) and not any(field.filled for field in found):
            raise Unreadable(Reason.NOT_A_PDF)
        return found


def open_document(pdf: bytes) -> Document:
    """Open the bytes of a PDF; raises Unreadable where they are none, or are locked with a password."""
    if not pdf.startswith(b"%PDF-"):
        raise Unreadable(Reason.NOT_A_PDF)
    reader, torn = _read(pdf)
    if "/Encrypt" in reader.trailer and not _unlocked(reader):
        raise Unreadable(Reason.ENCRYPTED)
    if not isinstance(quietly(reader.trailer, "/Root"), generic.DictionaryObject):
        raise Unreadable(Reason.NOT_A_PDF)
    return Document(pdf, reader, torn=torn)


def _read(pdf: bytes) -> tuple[PdfFileReader, bool]:
    """Return a reader of the longest part that ends like a PDF, and whether an end after it could not be read."""
    end = len(pdf)
    for tries in range(EARLIER_ENDS):
        end = pdf.rfind(EOF, 0, end)
        if end < 0:
            break
        try:
            return PdfFileReader(BytesIO(pdf[: end + len(EOF)] + b"\n"), strict=False), tries > 0
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001, S112  because pyHanko raises builtins of every kind on hostile bytes
            continue
    raise Unreadable(Reason.NOT_A_PDF)


def _unlocked(reader: PdfFileReader) -> bool:
    """Try the empty password, with which every viewer opens a file that is locked only against changes."""
    try:
        reader.decrypt("")
    except Exception:  # noqa: BLE001  because pyHanko raises builtins of every kind on hostile bytes
        return False
    return bool(reader.security_handler and reader.security_handler.is_authenticated())


def signature_fields(root: generic.DictionaryObject) -> list[Field]:
    """Return the signature fields of a catalogue, those of nested fields included."""
    found: list[Field] = []
    form = quietly(root, "/AcroForm")
    if isinstance(form, generic.DictionaryObject):
        _walk(quietly(form, "/Fields"), "", None, found, DEEPEST_FIELD)
    return found


def _walk(kids: Any, prefix: str, inherited: Any, found: list[Field], depth: int) -> None:
    if not isinstance(kids, generic.ArrayObject) or depth == 0:
        return
    for index in range(len(kids)):
        if len(found) >= MOST_FIELDS:
            return
        raw = kids.raw_get(index)
        field = quietly(kids, index)
        if not isinstance(field, generic.DictionaryObject):
            continue
        own = quietly(field, "/T")
        name = f"{prefix}.{own}" if prefix and own is not None else str(own) if own is not None else prefix
        kind = quietly(field, "/FT") or inherited
        below = quietly(field, "/Kids")
        if isinstance(below, generic.ArrayObject) and any("/T" in kid for kid in _dictionaries(below)):
            _walk(below, name, kind, found, depth - 1)
        elif kind == "/Sig":
            ref = raw.reference if isinstance(raw, generic.IndirectObject) else None
            found.append(Field(name, field, ref))


def _dictionaries(array: generic.ArrayObject) -> Iterator[generic.DictionaryObject]:
    for index in range(min(len(array), MOST_FIELDS)):
        kid = quietly(array, index)
        if isinstance(kid, generic.DictionaryObject):
            yield kid


def quietly(container: Any, key: Any) -> Any:
    """Return the resolved value under a key or index, or None where there is none or it cannot be read."""
    try:
        value = container[key]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  because pyHanko raises builtins of every kind on hostile bytes
        return None
    return None if _is_null(value) else value


def _stated(container: generic.DictionaryObject, key: str) -> bool:
    """Tell whether a key has a value, readable or not."""
    return key in container and not _is_null(container.raw_get(key))


def _is_null(value: Any) -> bool:
    return value is None or isinstance(value, generic.NullObject)
