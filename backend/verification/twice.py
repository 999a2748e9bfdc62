"""Dictionaries that give a key two values: readers differ about which one counts, so two of them show two documents.

ISO 32000-2 clause 7.3.7 forbids it. The bytes are looked at, because a parser has already chosen one of the two.
"""

import re

TOKEN = re.compile(
    rb"%[^\r\n]*+"
    rb"|(?P<open><<)|(?P<close>>>)"
    rb"|<[0-9A-Fa-f\x00\t\n\x0c\r ]*+>"
    rb"|(?P<name>/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*+)"
    rb"|(?P<list>\[)|(?P<end>\])"
    rb"|(?P<string>\()"
    rb"|[^\x00\t\n\x0c\r ()<>\[\]{}/%]++"
)
IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
NAME = re.compile(rb"/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*+")
DEEPEST = 500


def _has_no_name_twice(data: bytes, start: int, end: int) -> bool:
    """Tell quickly that nothing can be twice: no name is, none is escaped, and nothing is nested deeply."""
    names = NAME.findall(data, start, end)
    deep = data.count(b"<<", start, end) + data.count(b"[", start, end)
    return len(set(names)) == len(names) and deep < DEEPEST and data.find(b"#", start, end) < 0


def has_key_twice(data: bytes, start: int = 0, end: int | None = None) -> bool:
    """Tell whether a dictionary in `data[start:end]`, spelled objects one after the other, gives a key two values.

    The same value twice is only clumsy. What is nested deeper than DEEPEST counts as contradiction: nobody writes it,
    and nobody reads it alike.
    """
    end = len(data) if end is None else end
    return not _has_no_name_twice(data, start, end) and _gives_a_key_twice(data, start, end)


class _Open:
    """A dictionary or list that is open while the bytes are read: its keys with their spelled values."""

    def __init__(self, *, dictionary: bool) -> None:
        self.dictionary = dictionary
        self.values: dict[bytes, list[bytes]] = {}
        self.key: bytes | None = None
        self.began = 0
        self.awaited = False  # a key stands last, so that its value comes now

    def enter(self, key: bytes, end: int) -> None:
        self.key, self.began, self.awaited = key, end, True

    def contradicts(self, data: bytes, place: int) -> bool:
        """End the value that was being read at `place`; tell whether its key had another one before."""
        if self.key is None:
            return False
        value = data[self.began : place].split()
        return self.values.setdefault(self.key, value) != value


def _gives_a_key_twice(data: bytes, start: int, end: int) -> bool:
    waiting = [_Open(dictionary=False)]
    place = start
    while found := TOKEN.search(data, place, end):
        place, kind = found.end(), found.lastgroup
        inner = waiting[-1]
        closing = kind in {"close", "end"}
        named = inner.dictionary and kind == "name" and not inner.awaited
        if (closing or named) and inner.contradicts(data, found.start()):
            return True
        if closing:
            del waiting[max(1, len(waiting) - 1) :]  # an end without beginning closes nothing
        elif named:
            inner.enter(ESCAPED.sub(lambda one: bytes([int(one[1], 16)]), found[0]), place)
        elif kind is not None or not found[0].startswith(b"%"):
            inner.awaited = False
            place = _past_string(data, place, end) if kind == "string" else place
            if kind in {"open", "list"}:
                waiting.append(_Open(dictionary=kind == "open"))
        if len(waiting) > DEEPEST:
            return True
    return False


def _past_string(data: bytes, place: int, end: int) -> int:
    depth = 1
    while depth and (found := IN_STRING.search(data, place, end)):
        place = found.end()
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
    return place if not depth else end
