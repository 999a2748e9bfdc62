"""Form fields that are no signatures: what filling them in changed, and whether it replaced what was shown before.

ISO 32000-2 clause 12.8.2.2.2 counts filling in a form among what may follow a signature. Whoever prepared the file
chose the fields, though, so a field may also be a lid over the text (shadow attacks, Mainka et al. 2021).
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from backend.verification.document import quietly
from backend.verification.objects import differing
from backend.verification.pdf.values import Array, Dictionary, Reference, Stream

FILLED = frozenset({"/V", "/RV", "/I", "/AP", "/AS", "/M"})
READ_ONLY = 1
DEEPEST = 32
MOST_FIELDS = 20_000
LARGEST = 125_000.0  # square points: a quarter of a sheet of A4
EMPTY_TEXT = re.compile(rb"(?:\(\s*\)|<\s*>)\s*(?:Tj|'|\")")
MARKS = re.compile(rb"(?<![\w/])(?:Tj|TJ|Do|BI|sh|['\"])(?!\w)")


class Node(NamedTuple):
    """A field or one of its widgets: the field's full name."""

    name: str
    number: int
    dictionary: Dictionary


class Forms:
    """The fields of one revision that are no signatures. `nodes` and `looks` are keyed by object number.

    `looks`: the stream of an appearance -> its field or widget, and the only object that may point to it.
    """

    def __init__(self, root: Dictionary) -> None:
        """Walk the form of a catalogue."""
        form = quietly(root, "/AcroForm")
        fields = quietly(form, "/Fields") if isinstance(form, Dictionary) else None
        self.nodes: dict[int, Node] = {node.number: node for node in _walk(fields)}
        self.looks: dict[int, tuple[Node, int]] = {}
        for node in self.nodes.values():
            looks = quietly(node.dictionary, "/AP")
            if isinstance(looks, Dictionary):
                holder = number_of(node.dictionary, "/AP")
                stream = number_of(looks, "/N")
                if stream is not None and isinstance(quietly(looks, "/N"), Stream):
                    self.looks[stream] = (node, node.number if holder is None else holder)


def _walk(fields: Any) -> Iterator[Node]:
    """Yield all nodes of the form, without recursion; each object once."""
    waiting: list[tuple[Any, str, Any, int]] = [(fields, "", None, 0)]
    seen: set[int] = set()
    while waiting:
        kids, prefix, inherited, depth = waiting.pop()
        for index in range(len(kids)) if isinstance(kids, Array) and depth < DEEPEST else ():
            number, field = number_of(kids, index), quietly(kids, index)
            if number is None or number in seen or not isinstance(field, Dictionary):
                continue
            if len(seen) >= MOST_FIELDS:
                return
            seen.add(number)
            own, kind = quietly(field, "/T"), quietly(field, "/FT") or inherited
            name = ".".join(str(part) for part in (prefix or None, own) if part is not None)
            if kind != "/Sig":
                yield Node(name, number, field)
            waiting.append((quietly(field, "/Kids"), name, kind, depth + 1))


def number_of(container: Any, key: Any) -> int | None:
    """Return the number of the object to which a value points, None where it stands in place or is absent."""
    try:
        raw = container.raw_get(key)
    except (KeyError, IndexError, AttributeError):
        return None
    return raw.idnum if isinstance(raw, Reference) else None


def alien_keys(old: Dictionary, new: Dictionary) -> list[str]:
    """Return the changed keys of a field that filling it in does not explain; closing it against input is explained."""
    return [key for key in differing(old, new) if key not in FILLED and not (key == "/Ff" and _closed(old, new))]


def _closed(old: Dictionary, new: Dictionary) -> bool:
    was, now = quietly(old, "/Ff") or 0, quietly(new, "/Ff")
    return isinstance(was, int) and isinstance(now, int) and now == was | READ_ONLY


def shows_something(node: Dictionary) -> bool:
    """Tell whether a field or widget holds a value, or draws more than an empty box."""
    if _has_value(quietly(node, "/V")) or _has_value(quietly(node, "/AS")):
        return True
    looks = quietly(node, "/AP")
    look = quietly(looks, "/N") if isinstance(looks, Dictionary) else None
    return isinstance(look, Stream) and draws(look)


def _has_value(value: Any) -> bool:
    return not (value is None or value in ("", b"", "/Off") or (isinstance(value, Array) and not value))


def draws(look: Stream) -> bool:
    """Tell whether an appearance paints text, images or other streams; lines and areas alone are an empty box."""
    return bool(MARKS.search(EMPTY_TEXT.sub(b"", bytes(look.data))))


def area(rect: Any) -> float | None:
    """Return the area of a rectangle in square points (0 if it is a line or absent), None where it is none."""
    if rect is None:
        return 0.0
    try:
        left, bottom, right, top = (float(quietly(rect, index)) for index in range(4))
    except (TypeError, ValueError):
        return None
    return abs(right - left) * abs(top - bottom)
