"""The objects of a PDF as a graph: which ones a revision wrote, and which ones point to which; nothing is judged."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.xref import ObjStreamRef, XRefSectionData

from backend.verification.document import Document

TRAILER = 0
DEAD = -1
# Number, generation, R; white space and comments between them (ISO 32000-2 clauses 7.2.3 and 7.3.10).
_GAP = rb"(?>(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])+)"
POINTER = re.compile(rb"(?<!\d)(\d{1,10}+)" + _GAP + rb"\d{1,5}+" + _GAP + rb"R")


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
        elif was is not None and was != now and not _same(document, ref, revision):
            found.changed.append(ref)
    return found


def _same(document: Document, ref: generic.Reference, revision: int) -> bool:
    """Tell whether an object says the same as in the revision before; one that cannot be read does not."""
    try:
        return canonical(document, ref, revision - 1) == canonical(document, ref, revision)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001  because pyHanko raises builtins of every kind on hostile bytes
        return False


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
    """Who points to whom, by object number: a number is enough, since readers take generations lightly.

    A whole revision is searched for the spelling of references and not parsed, which is twenty times faster. What is
    found too much (inside a string, a comment, a stream) is looked at again, exactly, before anybody is blamed.
    """

    def __init__(self, document: Document, revision: int) -> None:
        """Search all objects of a revision once."""
        self._targets: dict[int, set[int]] = {}
        self._holders: dict[int, set[int]] = defaultdict(set)
        self._blind = False
        self._document = document
        self._revision = revision
        self._places = _places(document, revision)
        self._live = {number: generic.Reference(number, place.generation) for number, place in self._places.items()}
        self._hold(TRAILER, set(_pointers(document.at(revision).trailer_view)))
        for holder, targets in self._searched().items():
            self._hold(holder, targets)

    def follow(self, revision: int, wrote: Written) -> None:
        """Bring the graph from the revision before to `revision`."""
        self._revision = revision
        self._hold(TRAILER, set(_pointers(self._document.at(revision).trailer_view)))
        for ref in wrote.freed:
            self._hold(ref.idnum, set())
        for ref in (*wrote.changed, *wrote.fresh):
            self._live[ref.idnum] = ref
            self._hold(ref.idnum, self._exact(ref.idnum))

    def held_only_by(self, number: int, allowed: set[int]) -> bool:
        """Tell whether nothing outside `allowed` points to `number`, as far as everything could be read."""
        suspects = self._holders.get(number, set()) - allowed
        return not self._blind and not any(number in self._exact(suspect) for suspect in suspects)

    def _hold(self, holder: int, targets: set[int]) -> None:
        for gone in self._targets.get(holder, set()) - targets:
            self._holders[gone].discard(holder)
        for target in targets:
            self._holders[target].add(holder)
        self._targets[holder] = targets

    def _exact(self, number: int) -> set[int]:
        """Return the numbers an object points to, by parsing it; one that cannot be parsed keeps what was found."""
        if number == TRAILER or number not in self._live:
            return self._targets.get(number, set())
        try:
            return set(_pointers(self._document.at(self._revision).get_object(self._live[number])))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  because pyHanko raises builtins of every kind on hostile bytes
            return self._targets.get(number, set())

    def _searched(self) -> dict[int, set[int]]:
        """Return what each live object seems to point to."""
        starts = dict.fromkeys(_all_offsets(self._document, self._revision), DEAD)
        packed: dict[int, set[int]] = defaultdict(set)
        for number, place in self._places.items():
            if isinstance(place.where, int):
                starts[place.where] = number
            else:
                packed[place.where.obj_stream_id].add(number)
        found = _search(self._document.pdf[: self._document.ends[self._revision]], starts)
        for container, numbers in packed.items():
            for holder, targets in self._searched_stream(container, numbers).items():
                found[holder] |= targets
        return found

    def _searched_stream(self, container: int, numbers: set[int]) -> dict[int, set[int]]:
        """Return what the objects in an object stream seem to point to (ISO 32000-2 clause 7.5.7)."""
        try:
            stream = self._document.at(self._revision).get_object(self._live[container])
            first, data = int(stream["/First"]), bytes(stream.data)
            header = [int(word) for word in data[:first].split()]
            places = {first + place: number for number, place in zip(header[::2], header[1::2], strict=True)}
            return _search(data, {place: number if number in numbers else DEAD for place, number in places.items()})
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  because pyHanko raises builtins of every kind on hostile bytes
            self._blind = True
            return {}


def _search(data: bytes, places: dict[int, int]) -> dict[int, set[int]]:
    """Return which object, by the place where it starts, seems to point to which numbers."""
    offsets = sorted(places)
    found: dict[int, set[int]] = defaultdict(set)
    for match in POINTER.finditer(data):
        index = bisect_right(offsets, match.start()) - 1
        if index >= 0 and places[offsets[index]] != DEAD:
            found[places[offsets[index]]].add(int(match[1]))
    return found


class Place(NamedTuple):
    """Where an object stands: its offset, or its object stream."""

    generation: int
    where: int | ObjStreamRef


def _places(document: Document, revision: int) -> dict[int, Place]:
    """Return where every object in use stands in a revision, by number."""
    places: dict[int, Place] = {}
    for data in _sections(document, revision):
        for number in data.freed:
            places.pop(number, None)
        places.update((number, Place(0, stream)) for number, stream in data.xrefs_in_objstm.items())
        places.update((number, Place(*entry)) for number, entry in data.standard_xrefs.items())
    return places


def _all_offsets(document: Document, revision: int) -> set[int]:
    """Return the offsets of all objects up to a revision, those written over since included."""
    return {offset for data in _sections(document, revision) for _, offset in data.standard_xrefs.values()}


def _sections(document: Document, revision: int) -> Iterator[XRefSectionData]:
    """Yield the cross-reference sections, oldest first; that of a hybrid file counts less than the one it hides in."""
    for earlier in range(revision + 1):
        data = document.xrefs.get_xref_data(earlier)
        if data.hybrid is not None:
            yield data.hybrid.xref_data
        yield data


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
