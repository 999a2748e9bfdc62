"""The objects of a PDF as a graph: which ones a revision wrote, and which ones point to which; nothing is judged."""

from bisect import bisect_right, insort
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from backend.verification.document import Document
from backend.verification.pdf.objects import packed_places
from backend.verification.pdf.sections import Packed, Section
from backend.verification.pdf.values import Dictionary, Reference, Stream, references
from backend.verification.pointers import Found, search, spelled

TRAILER = 0
ABSENT = object()


class Written(NamedTuple):
    """What one revision did: objects with other content than before, new ones, freed ones."""

    changed: list[Reference]
    fresh: list[Reference]
    freed: list[Reference]


def written(document: Document, revision: int) -> Written:
    """Return what `revision` wrote; an object written again with the same bytes is not among it.

    A number that comes back under another generation counts as changed: readers differ about what it then means.
    """
    found = Written([], [], [])
    for ref in sorted(document.sections[revision].touched()):
        was, now = document.where(ref, revision - 1), document.where(ref, revision)
        if was is None and now is not None:
            (found.changed if _lived(document, ref.idnum, revision) else found.fresh).append(ref)
        elif was is not None and now is None:
            found.freed.append(ref)
        elif was is not None and was != now and not _same(document, ref, revision):
            found.changed.append(ref)
    return found


def _same(document: Document, ref: Reference, revision: int) -> bool:
    """Tell whether an object says the same as in the revision before; one that cannot be read does not."""
    try:
        return bool(document.at(revision - 1).raw(ref) == document.at(revision).raw(ref))
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001  because the slow reader raises builtins of every kind on hostile bytes
        return False


def _lived(document: Document, number: int, revision: int) -> bool:
    """Tell whether a number was in use before `revision`, under any generation."""
    for earlier in reversed(document.sections[:revision]):
        if number in earlier.plain or number in earlier.packed:
            return True
        if number in earlier.freed:
            return False
    return False


def differing(old: Dictionary, new: Dictionary) -> list[str]:
    """Return the keys whose values differ between two dictionaries; references are compared, not followed."""
    return sorted(key for key in {*old, *new} if old.raw.get(key, ABSENT) != new.raw.get(key, ABSENT))


class References:
    """Who points to whom, by object number: a number is enough, since readers take generations lightly.

    The file is searched once for the spelling of references to whatever later revisions wrote, which is a hundred
    times faster than parsing it. What is found too much (inside a string, a comment, a stream) is looked at again,
    exactly, before anybody is blamed.
    """

    def __init__(self, document: Document, revision: int, wanted: AbstractSet[int] | None = None) -> None:
        """Search the file for the `wanted` numbers, else for all that later revisions wrote.

        The answers are about the objects as they stood in `revision`.
        """
        later = (ref.idnum for section in document.sections[revision + 1 :] for ref in section.touched())
        self._document = document
        self._revision = revision
        self._wanted = frozenset(later) if wanted is None else wanted
        self._found = search(document.pdf, self._wanted)
        self._packs: dict[Any, dict[int, set[int]] | None] = {}
        self._live: dict[int, tuple[int, int | Packed]] = {}
        for section in _with_hybrids(document.sections[: revision + 1]):
            self._enter(section)
        self._containers: set[int] = set()
        self._owners: dict[int, int] = {}
        for number, (_, where) in self._live.items():
            if type(where) is int:
                self._owners[where] = number
            elif isinstance(where, Packed):
                self._containers.add(where.container)
        self._starts = sorted(self._owners)

    def follow(self, revision: int) -> None:
        """Go on to the next `revision`."""
        self._revision = revision
        section = self._document.sections[revision]
        for part in _with_hybrids([section]):
            self._enter(part)
        for number in {ref.idnum for ref in section.touched()} & self._live.keys():
            where = self._live[number][1]
            if isinstance(where, Packed):
                self._containers.add(where.container)
                continue
            if where not in self._owners:
                insort(self._starts, where)
            self._owners[where] = number

    def held_only_by(self, number: int, allowed: set[int]) -> bool:
        """Tell whether nothing outside `allowed` points to `number`, as far as everything could be read."""
        if number not in self._wanted:
            raise ValueError(number)
        suspects = self._suspects(number)
        return suspects is not None and not any(number in self._exact(one) for one in suspects - allowed)

    def _enter(self, section: Section) -> None:
        for number in section.freed:
            self._live.pop(number, None)
        self._live.update((number, (0, packed)) for number, packed in section.packed.items())
        self._live.update(section.plain)

    def _suspects(self, number: int) -> set[int] | None:
        """Return who seems to point to a number, None where an object stream cannot be searched."""
        suspects = {TRAILER}
        for place in (*self._found.by_number.get(number, ()), *self._found.odd):
            suspects.update(self._holder(place))
        for container in self._containers:
            held = self._searched(container)
            if held is None:
                return None
            suspects.update(held.get(number, ()))
        return suspects

    def _holder(self, place: int) -> Iterator[int]:
        """Yield the live object that begins last before a place: one that is live no more may lie inside it."""
        index = bisect_right(self._starts, place) - 1
        while index >= 0:
            start = self._starts[index]
            owner = self._owners[start]
            if self._live.get(owner, (0, None))[1] == start:
                yield owner
                return
            index -= 1

    def _exact(self, holder: int) -> set[int]:
        """Return the numbers an object points to, by parsing it; one that cannot be parsed is searched closely."""
        view = self._document.at(self._revision)
        if holder == TRAILER:
            return set(references(view.trailer_view.raw))
        generation, where = self._live[holder]
        try:
            return set(references(view.raw(Reference(holder, generation))))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  because the slow reader raises builtins of every kind on hostile bytes
            return self._unparsed(where)

    def _unparsed(self, where: int | Packed) -> set[int]:
        if isinstance(where, Packed):
            return set(self._wanted)
        after = bisect_right(self._starts, where)
        end = self._starts[after] if after < len(self._starts) else len(self._document.pdf)
        return spelled(self._document.pdf[where:end])

    def _searched(self, container: int) -> dict[int, set[int]] | None:
        """Return who in an object stream (ISO 32000-2 clause 7.5.7) seems to point to which numbers, None if unread."""
        key = (container, self._document.where(Reference(container, 0), self._revision))
        if key not in self._packs:
            try:
                stream = self._document.at(self._revision).get_object(Reference(container, 0))
                self._packs[key] = self._holders(stream)
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001  because the slow reader raises builtins of every kind on hostile bytes
                self._packs[key] = None
        return self._packs[key]

    def _holders(self, stream: Stream) -> dict[int, set[int]]:
        places = {place: number for number, (_, place) in packed_places(stream.data, stream).items()}
        starts = sorted(places)
        found: Found = search(stream.data, self._wanted)
        held: dict[int, set[int]] = {number: set() for number in self._wanted if found.odd or found.by_number[number]}
        for number, holders in held.items():
            for place in (*found.by_number[number], *found.odd):
                index = bisect_right(starts, place) - 1
                if index >= 0:
                    holders.add(places[starts[index]])
        return held


def _with_hybrids(sections: list[Section]) -> Iterator[Section]:
    """Yield the cross-reference sections, oldest first; that of a hybrid file counts less than the one it hides in."""
    for section in sections:
        if section.hybrid is not None:
            yield section.hybrid
        yield section
