"""Compares a returned PDF with its base, object by object, and names every change that a signature does not need.

Cheap because only the cross-reference entries of the new revisions are looked at: an object without a new entry is the
one in the base. Whether the signature itself holds is no matter of this file.
"""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from backend.signing.reading import entry
from backend.signing.refusals import ChangedAppearance, ChangedContent, Rewritten, TrailingBytes

END = re.compile(rb"startxref\s+(\d+)\s+%%EOF[\r\n]{0,2}\Z")
DEEPEST_PAGE = 32
SEEN = {"/Page", "/Annot", "/XObject", "/Font"}
LAST = 64  # bytes in which the end of a revision lies
VALUE_AND_FACE = {"/V", "/AP"}
STORE = {"/DSS", "/Extensions"}


@dataclass(frozen=True)
class Allowed:
    """What the new revisions may change besides /DSS.

    `field` may get a value and another appearance; `certification` permits /Perms; `timestamp` permits one new
    invisible field.
    """

    field: str | None = None
    certification: bool = False
    timestamp: bool = False


class Difference:
    """What lies between the end of the base (`size` bytes) and the end of the returned file."""

    def __init__(self, pdf: bytes, size: int, reader: PdfFileReader) -> None:
        self.pdf = pdf
        self.size = size
        self.reader = reader
        self._sections = [reader.xrefs.get_xref_container_info(n) for n in range(reader.total_revisions)]
        self.first_new = sum(1 for section in self._sections if section.start_location < size)
        self._check_ends(size)
        self.old = reader.get_historical_resolver(self.first_new - 1)
        self.old_root, self.root = self.old.root, reader.root

    def _check_ends(self, size: int) -> None:
        """Raise unless the base is the newest old revision of the chain, and the file ends with its last revision."""
        base_end, end = END.search(self.pdf[size - LAST : size]), END.search(self.pdf[-LAST:])
        if end is None:
            raise TrailingBytes
        newest_old = self._sections[self.first_new - 1] if self.first_new else None
        if base_end is None or newest_old is None or newest_old.declared_startxref != int(base_end[1]):
            raise Rewritten
        if int(end[1]) != self._sections[-1].declared_startxref:
            raise TrailingBytes

    def check_covered(self, end: int) -> None:
        """Raise TrailingBytes unless `end` is the end of a new revision and everything after it is a revision again."""
        covered = [section for section in self._sections if section.start_location < end]
        ends = END.search(self.pdf[max(end - LAST, 0) : end])
        if end > len(self.pdf) or len(covered) <= self.first_new or ends is None:
            raise TrailingBytes
        if end < len(self.pdf) and len(covered) == len(self._sections):
            raise TrailingBytes
        if int(ends[1]) != covered[-1].declared_startxref:
            raise TrailingBytes

    def check(self, allowed: Allowed) -> None:
        """Raise ChangedContent or ChangedAppearance when anything changed that is not allowed."""
        self._check_trailer()
        expected = self._expected(allowed)
        for number in range(self.first_new, self.reader.total_revisions):
            if self.reader.xrefs.refs_freed_in_revision(number):
                raise ChangedContent
            for reference in self.reader.xrefs.explicit_refs_in_revision(number):
                if reference.idnum < self._sections[self.first_new - 1].size:
                    self._check_object(reference, expected.get(reference.idnum))
        self._check_root(allowed)
        self._check_form(allowed)

    def _check_trailer(self) -> None:
        old, new = self.old.trailer_view, self.reader.trailer
        if "/Encrypt" in new or any(_text(_raw(old, key)) != _text(_raw(new, key)) for key in ("/Root", "/Info")):
            raise ChangedContent
        if "/ID" in old and _text(old["/ID"][0]) != _text(new["/ID"][0] if "/ID" in new else None):
            raise ChangedContent

    def _expected(self, allowed: Allowed) -> dict[int, set[str]]:
        """Return which old objects may change: number -> keys that may differ, {"*"} for the whole object."""
        found: dict[int, set[str]] = {self.old.root_ref.idnum: {*STORE, "/AcroForm", "/Perms"}}
        _add(found, _raw(self.old_root, "/AcroForm"), {"/SigFlags", "/Fields"})
        form = entry(self.old_root, "/AcroForm", {})
        if allowed.timestamp:
            _add(found, _raw(form, "/Fields"), {"*"})
            page = _first_page(self.old_root)
            _add(found, page, {"/Annots"})
            _add(found, _raw(page.get_object(), "/Annots"), {"*"})
        for reference in entry(form, "/Fields", ()):
            field = reference.get_object()
            if entry(field, "/T") == allowed.field is not None and entry(field, "/FT") == "/Sig":
                _add(found, reference, VALUE_AND_FACE)
                _add(found, _raw(field, "/AP"), {"/N"})
                _add(found, _raw(field["/AP"], "/N") if "/AP" in field else None, {"*"})
        if "/DSS" in self.old_root:
            _add(found, _raw(self.old_root, "/DSS"), {"*"})
            for key in ("/VRI", "/Certs", "/OCSPs", "/CRLs"):
                _add(found, _raw(self.old_root["/DSS"], key), {"*"})
        return found

    def _check_object(self, reference: generic.Reference, may: set[str] | None) -> None:
        new = self.reader.get_object(reference)
        try:
            old = self.old.get_object(reference)
        except PdfError as error:  # a number that the base left free, and that something in it may refer to
            raise ChangedContent from error
        if _text(old) == _text(new) or (may is not None and "*" in may):
            return
        both = isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject)
        stream = isinstance(old, generic.StreamObject) or isinstance(new, generic.StreamObject)
        if stream or not both or _differing(old, new) - (may or set()):
            raise _refusal(old)

    def _check_root(self, allowed: Allowed) -> None:
        """Compare the catalogues; a certification adds /Perms, and nobody else touches it."""
        differing = _differing(self.old_root, self.root) - STORE - {"/AcroForm"}
        if allowed.certification and "/Perms" not in self.old_root:
            differing -= {"/Perms"}
        if differing:
            raise ChangedContent

    def _check_form(self, allowed: Allowed) -> None:
        """Compare the forms; the list of fields is the same, or has one invisible field more."""
        old, new = (entry(root, "/AcroForm", {}) for root in (self.old_root, self.root))
        if _differing(old, new) - {"/SigFlags", "/Fields"} or "/Fields" not in new:
            raise ChangedContent
        before, after = ([_text(f) for f in entry(form, "/Fields", ())] for form in (old, new))
        if not allowed.timestamp:
            if before != after:
                raise ChangedContent
            return
        if before != after[:-1] or not _is_invisible(new["/Fields"][-1]):
            raise ChangedContent
        self._check_first_page(after[-1])

    def _check_first_page(self, field: bytes) -> None:
        """The annotations of the first page are the same, with or without the new field at their end."""
        pages = (_first_page(root).get_object() for root in (self.old_root, self.root))
        before, after = ([_text(a) for a in entry(page, "/Annots", ())] for page in pages)
        if after not in (before, [*before, field]):
            raise ChangedAppearance


def _text(value: Any) -> bytes:
    """Return an object as it would be written, references as references; empty for None."""
    output = BytesIO()
    if value is not None:
        value.write_to_stream(output, None)
    return output.getvalue()


def _raw(container: Any, key: str) -> Any:
    return container.raw_get(key) if key in container else None


def _differing(old: Any, new: Any) -> set[str]:
    return {str(key) for key in {*old, *new} if _text(_raw(old, key)) != _text(_raw(new, key))}


def _add(found: dict[int, set[str]], reference: Any, keys: set[str]) -> None:
    if isinstance(reference, generic.IndirectObject):
        found.setdefault(reference.idnum, set()).update(keys)


def _first_page(root: Any) -> Any:
    """Return the reference of the first page."""
    reference = root.raw_get("/Pages")
    for _ in range(DEEPEST_PAGE):
        node = reference.get_object()
        if "/Kids" not in node:
            return reference
        reference = node["/Kids"].raw_get(0)
    raise ChangedContent


def _is_invisible(field: Any) -> bool:
    left, bottom, right, top = (float(number) for number in field["/Rect"])
    return (
        entry(field, "/FT") == "/Sig" and "/AP" not in field and "/Kids" not in field and (left, bottom) == (right, top)
    )


def _refusal(old: Any) -> ChangedContent | ChangedAppearance:
    """Return the refusal for a changed object: pages, annotations, fonts and drawing streams are seen."""
    kind = old.get("/Type", "/XObject") if isinstance(old, generic.StreamObject) else None
    if kind is None and isinstance(old, generic.DictionaryObject):
        kind = old.get("/Type")
    return ChangedAppearance() if kind in SEEN else ChangedContent()
