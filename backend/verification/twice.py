"""Dictionaries that give a key twice: readers differ about which one counts, so two of them show two documents.

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
    """Tell whether a dictionary in `data[start:end]`, spelled objects one after the other, gives a key twice.

    What is nested deeper than DEEPEST counts as that: nobody writes it, and nobody reads it alike.
    """
    end = len(data) if end is None else end
    return not _has_no_name_twice(data, start, end) and _gives_a_key_twice(data, start, end)


def _gives_a_key_twice(data: bytes, start: int, end: int) -> bool:
    frames: list[set[bytes] | None] = [None]  # of each open dictionary its keys, None for a list
    awaited = [False]  # whether a key stands last, so that its value comes now
    place = start
    while found := TOKEN.search(data, place, end):
        place, kind = found.end(), found.lastgroup
        if kind in {"close", "end"}:
            if len(frames) > 1:
                frames.pop()
                awaited.pop()
            continue
        if kind is None and found[0].startswith(b"%"):
            continue
        keys = frames[-1]
        if keys is not None and kind == "name" and not awaited[-1]:
            key = ESCAPED.sub(lambda one: bytes([int(one[1], 16)]), found[0])
            if key in keys:
                return True
            keys.add(key)
            awaited[-1] = True
            continue
        awaited[-1] = False
        if kind in {"open", "list"}:
            frames.append(set() if kind == "open" else None)
            awaited.append(False)
            if len(frames) > DEEPEST:
                return True
        elif kind == "string":
            place = _past_string(data, place, end)
    return False


def _past_string(data: bytes, place: int, end: int) -> int:
    depth = 1
    while depth and (found := IN_STRING.search(data, place, end)):
        place = found.end()
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
    return place if not depth else end
