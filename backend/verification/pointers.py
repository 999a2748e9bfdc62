"""Finds references in bytes without parsing them: what is found too much is looked at again by whoever asks.

Bytes are searched backwards from every `R`: before it stand a generation and a number (ISO 32000-2 clause 7.3.10).
"""

import re
from collections import defaultdict
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import NamedTuple

_BLANK = rb"[\x00\t\x0c ]"
# Between the parts may also stand comments (clause 7.2.4), which end with a line: such a line end makes a place odd.
POINTER = re.compile(
    rb"R(?:" + _BLANK + rb"++\d++" + _BLANK + rb"++(\d++)|" + _BLANK + rb"*+(?:\d++" + _BLANK + rb"*+)?+[\r\n])"
)

_GAP = rb"(?>(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])+)"
FORWARD = re.compile(rb"(?<!\d)(\d++)" + _GAP + rb"\d++" + _GAP + rb"R")


class Found(NamedTuple):
    """Offsets of the `R` of each number looked for, and of those that may belong to any number."""

    by_number: dict[int, list[int]]
    odd: list[int]


def search(data: bytes, wanted: AbstractSet[int]) -> Found:
    """Return where `data` seems to point to the wanted object numbers."""
    backwards, last = data[::-1], len(data) - 1
    plain = {str(number)[::-1].encode(): number for number in wanted}
    seen = POINTER.findall(backwards)
    # Zeros at the end, read from behind, lead the number.
    numbers = {digits: plain[digits.rstrip(b"0")] for digits in set(seen) if digits.rstrip(b"0") in plain}
    found = Found(defaultdict(list), [])
    matches, passed = POINTER.finditer(backwards), 0
    for index in [at for at, digits in enumerate(seen) if not digits or digits in numbers]:
        place = last - next(islice(matches, index - passed, None)).start()
        passed = index + 1
        if seen[index]:
            found.by_number[numbers[seen[index]]].append(place)
        else:
            found.odd.append(place)
    return found


def spelled(data: bytes) -> set[int]:
    """Return all numbers that `data` seems to point to, whatever stands between the parts of a reference."""
    return {int(digits) for digits in FORWARD.findall(data) if len(digits) < 20}
