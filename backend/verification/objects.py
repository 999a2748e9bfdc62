"""The objects of a PDF as a graph: which ones a revision wrote, and which ones point to which; nothing is judged."""

import re
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from pyhanko.pdf_utils import generic

from backend.verification.document import Document

TRAILER = 0
POINTER = re.compile(rb"(\d+)\s+\d+\s+R\b")
LONGEST_BROKEN = 1 << 16


class Written(NamedTuple):
    """What one revision did: objects with other content than before, new ones, freed ones."""

    changed: list[generic.Reference]
    fresh: list[generic.Reference]
    freed: list[generic.Reference]


def written(document: Document, revision: int) -> Written:
    """Return what `revision` wrote; an object written again with the same bytes is not among it.

    A number that comes back under another generation counts as changed: readers differ about what it then means.
    """
    found = Written([], [], [])
    for ref in sorted(document.xrefs.explicit_refs_in_revision(revision), key=lambda r: (r.idnum, r.generation)):
        was = document.xrefs.get_historical_ref(ref, revision - 1)
        now = document.xrefs.get_historical_ref(ref, revision)
        if was is None and now is not None:
            (found.changed if _lived(document, ref.idnum, revision) else found.fresh).append(ref)
        elif was is not None and now is None:
            found.freed.append(ref)
        elif (
            was is not None
            and was != now
            and canonical(document, ref, revision - 1) != canonical(document, ref, revision)
        ):
            found.changed.append(ref)
    return found


def _lived(document: Document, number: int, revision: int) -> bool:
    """Tell whether a number was in use before `revision`, under any generation."""
    for earlier in reversed(range(revision)):
        data = document.xrefs.get_xref_data(earlier)
        if number in data.standard_xrefs or number in data.xrefs_in_objstm:
            return True
        if number in data.freed:
            return False
    return False


def canonical(document: Document, ref: generic.Reference, revision: int) -> bytes:
    """Return one spelling of an object as it stood in a revision, equal for equal content."""
    return spelling(document.at(revision).get_object(ref))


def spelling(value: Any) -> bytes:
    """Return one spelling of a value; references are spelled, not followed."""
    out = BytesIO()
    if value is not None:
        value.write_to_stream(out, None)
    return out.getvalue()


def differing(old: generic.DictionaryObject, new: generic.DictionaryObject) -> list[str]:
    """Return the keys whose values differ between two dictionaries."""
    return sorted(key for key in {*old, *new} if _spelled(old, key) != _spelled(new, key))


def _spelled(dictionary: generic.DictionaryObject, key: str) -> bytes:
    return spelling(dictionary.raw_get(key)) if key in dictionary else b""


class References:
    """Who points to whom, by object number: a number is enough, since readers take generations lightly."""

    def __init__(self, document: Document, revision: int) -> None:
        """Read every object of a revision once."""
        self._targets: dict[int, set[int]] = {}
        self._holders: dict[int, set[int]] = defaultdict(set)
        self.blind = False
        self._document = document
        self._hold(TRAILER, set(_pointers(document.at(revision).trailer_view)))
        for ref in _live(document, revision):
            self._read(ref, revision)

    def follow(self, revision: int, wrote: Written) -> None:
        """Bring the graph from the revision before to `revision`."""
        self._hold(TRAILER, set(_pointers(self._document.at(revision).trailer_view)))
        for ref in wrote.freed:
            self._hold(ref.idnum, set())
        for ref in (*wrote.changed, *wrote.fresh):
            self._read(ref, revision)

    def holders(self, number: int) -> set[int]:
        """Return the numbers of the objects that point to `number`; the trailer counts as 0."""
        return self._holders.get(number, set())

    def held_only_by(self, number: int, allowed: set[int]) -> bool:
        """Tell whether nothing outside `allowed` points to `number`, as far as everything could be read."""
        return not self.blind and self.holders(number) <= allowed

    def _hold(self, holder: int, targets: set[int]) -> None:
        for gone in self._targets.get(holder, set()) - targets:
            self._holders[gone].discard(holder)
        for target in targets:
            self._holders[target].add(holder)
        self._targets[holder] = targets

    def _read(self, ref: generic.Reference, revision: int) -> None:
        xrefs, reader = self._document.xrefs, self._document.reader
        current = xrefs.get_last_change(ref) <= revision
        try:
            value = reader.get_object(ref, None if current else revision, transparent_decrypt=False)
            self._hold(ref.idnum, set(_pointers(value)))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  because pyHanko raises builtins of every kind on hostile bytes
            self._scan(ref, xrefs.get_historical_ref(ref, revision))

    def _scan(self, ref: generic.Reference, offset: Any) -> None:
        """Take from an object that cannot be parsed whatever looks like a pointer; another reader may parse it."""
        if not isinstance(offset, int):
            self.blind = True
            return
        raw = self._document.pdf[offset : offset + LONGEST_BROKEN].partition(b"endobj")[0]
        self._hold(ref.idnum, {int(number) for number in POINTER.findall(raw) if len(number) < 10})


def _live(document: Document, revision: int) -> Iterator[generic.Reference]:
    seen: set[int] = set()
    for earlier in reversed(range(revision + 1)):
        for ref in document.xrefs.explicit_refs_in_revision(earlier):
            if ref.idnum in seen:
                continue
            seen.add(ref.idnum)
            if document.xrefs.get_historical_ref(ref, revision) is not None:
                yield ref


def _pointers(value: Any) -> Iterator[int]:
    """Yield the numbers of all references in a value, following none; no recursion, so depth costs nothing."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, generic.DecryptedObjectProxy):
            item = item.raw_object
        if isinstance(item, generic.IndirectObject):
            yield item.idnum
        elif isinstance(item, generic.DictionaryObject):
            waiting.extend(dict.values(item))
        elif isinstance(item, generic.ArrayObject):
            waiting.extend(list.__iter__(item))
