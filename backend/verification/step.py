"""What one later revision did, in the words of the policy; and its signature fields: filled, new, in sight or not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from backend.verification.document import Field, quietly
from backend.verification.forms import LARGEST, area, number_of
from backend.verification.pdf.values import Array, Dictionary

FIELD_FILLED = frozenset(
    {"/V", "/AP", "/AS", "/M", "/F", "/P", "/MK", "/DA", "/DR", "/Border", "/BS", "/Type", "/Subtype", "/H", "/NM"}
)
FIELD_NEW = FIELD_FILLED | frozenset(
    {"/FT", "/T", "/TU", "/TM", "/Ff", "/Rect", "/Lock", "/SV", "/Q", "/C", "/Contents", "/Kids", "/DV"}
)
DRAWN = frozenset({"/AP", "/MK"})
STAMP, SIGNED = "timestamp", "signature"


@dataclass
class Step:
    """One later revision. `faults` names what nothing permits; `added` says in codes what was added.

    By field names: `filled` signature fields; `shown` new visible ones; `covering` old ones so large that their face
    may cover what is beside them; `completed` form fields that were empty before, and `replaced` those that were not
    (or are as large). `annotated`: comments.
    `harmless`: every fault is of a kind that leaves the drawn page as it was, as when a file is merely saved again.
    """

    revision: int
    faults: list[str] = field(default_factory=list)
    added: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    covering: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    annotated: bool = False
    harmless: bool = True

    def fault(self, what: str, *, harmless: bool = False) -> None:
        """Remember something that nothing permits."""
        self.faults.append(what)
        self.harmless = self.harmless and harmless

    def tell_fields(self, earlier: Iterable[Field], later: Iterable[Field], fresh: set[int]) -> set[int]:
        """Tell which signature fields were filled or added, `fresh` being the new objects; return the added ones."""
        known = {found.name: found for found in earlier}
        added: set[int] = set()
        for found in later:
            if found.name not in known:
                added |= self._new_field(found, fresh)
            elif found.filled and not known[found.name].filled:
                self._fill(found, fresh)
                self._cover(found)
        return added

    def _cover(self, found: Field) -> None:
        """Tell of a field that existed, but is so large that its face may cover what was signed before."""
        sizes = (area(quietly(node, "/Rect")) for _, node in _nodes(found) if not DRAWN.isdisjoint(node))
        if any(size is None or size > LARGEST for size in sizes):
            self.covering.add(found.name)
            self.added.add("appearance")

    def _fill(self, found: Field, fresh: set[int]) -> None:
        container = found.container
        if container is not None and container != found.ref and container.idnum not in fresh:
            self.fault(f"field {found.name}: value is an old object")
        self.filled.add(found.name)
        self.added.add(_kind(found))

    def _new_field(self, found: Field, fresh: set[int]) -> set[int]:
        """Permit a new field only if it and its widgets are new altogether, and carry their signature already."""
        nodes = list(_nodes(found))
        if not found.filled or any(number not in fresh for number, _ in nodes):
            self.fault(f"new field {found.name}")
            return set()
        for _, node in nodes:
            alien = [key for key in node if key not in FIELD_NEW and not (key == "/Parent" and len(nodes) > 1)]
            size = area(quietly(node, "/Rect"))
            seen = bool(size) and not DRAWN.isdisjoint(node)
            if alien or size is None or size > LARGEST or (seen and _kind(found) == STAMP):
                self.fault(f"new field {found.name}")
            elif seen:
                self.shown.add(found.name)
                self.added.add("appearance")
        self._fill(found, fresh)
        return {number for number, _ in nodes}

    def complete(self, name: str, *, over: bool) -> None:
        """Tell that a form field was filled in; `over` what it showed before."""
        (self.replaced if over else self.completed).add(name)
        self.added.add("form")


def _nodes(found: Field) -> Iterator[tuple[int, Any]]:
    """Yield a field and the widgets under it with their numbers, -1 for what is no object of its own."""
    yield (found.ref.idnum if found.ref else -1), found.dictionary
    kids = quietly(found.dictionary, "/Kids")
    for index in range(len(kids)) if isinstance(kids, Array) else ():
        number, kid = number_of(kids, index), quietly(kids, index)
        yield (number, kid) if number is not None and isinstance(kid, Dictionary) else (-1, {})


def _kind(found: Field) -> str:
    value = quietly(found.dictionary, "/V")
    stamp = isinstance(value, Dictionary) and quietly(value, "/Type") == "/DocTimeStamp"
    return STAMP if stamp else SIGNED
