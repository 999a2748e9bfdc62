"""Reads one PDF value from bytes, quickly, in the spelling that all readers understand alike; the rest is Odd.

Odd is not broken: whoever meets it asks the slow reader (`slow.py`), which says what it is. Comments inside an object,
strings with bare carriage returns, keys given twice, deep nesting and the like are left to it.
"""

import re
from binascii import unhexlify
from decimal import Decimal
from typing import Any

from backend.verification.pdf.values import FALSE, TRUE, Name, Reference, String

DEEPEST = 64
WHITE = b"\x00\t\n\x0c\r "
_WHITE = rb"[\x00\t\n\x0c\r ]"
_ENDS = rb"(?=[\x00\t\n\x0c\r ()<>\[\]{}/%]|\Z)"
_PLAIN = rb"[^()\\\r]++|\\(?:[nrtbf() /%<>\[\]#_&$\\]|[0-3][0-7]{2}|[0-7]{1,2}(?![0-9]))"
_STRING = rb"\((?:" + _PLAIN + rb")*+\)"
_NESTED = rb"\((?:" + _PLAIN + rb"|" + _STRING + rb")*+\)"

NAME, GENERATION, INTEGER, REAL, HEX, LITERAL, WORD, MARK, STRANGE = 1, 3, 4, 5, 6, 7, 8, 9, 10
TOKENS = re.compile(
    _WHITE
    + rb"*+(?:"
    + rb"(/[!-$&'*-.0-;=?-Z\\^-z|~]*+)"
    + _ENDS
    # pyHanko looks twenty bytes ahead for a reference; what is longer, and what only resembles one, is odd.
    + rb"|(\d{1,9})[\t\n\x0c\r ]{1,2}(\d{1,5})[\t\n\x0c\r ]{1,2}R(?=[\x00\t\n\x0c\r ()<>\[\]{}/%])"
    + rb"|([+-]?\d{1,15})"
    + _ENDS
    + rb"(?![\x00\t\n\x0b\x0c\r ]++\d++[\x00\t\n\x0b\x0c\r ]++R)"
    + rb"|([+-]?(?:\d{1,15}\.\d{0,15}|\.\d{1,15}))"
    + _ENDS
    + rb"|<([0-9A-Fa-f\x00\t\n\x0c\r ]*+)>"
    + rb"|\(((?:"
    + _PLAIN
    + rb"|"
    + _NESTED
    + rb")*+)\)"
    + rb"|(true|false|null)"
    + _ENDS
    + rb"|(<<|>>|\[|\])"
    + rb"|(.)"
    + rb")",
    re.DOTALL,
).finditer
ESCAPED = re.compile(rb"\\([nrtbf() /%<>\[\]#_&$\\]|[0-7]{1,3})")
SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
HASH = re.compile(rb"#([0-9A-Fa-f]{2})")
NAMES_ONLY = {Name}
OPENING = {b"<<", b"["}
WORDS: dict[bytes, Any] = {b"true": TRUE, b"false": FALSE, b"null": None}


class Odd(Exception):
    """What stands here is spelled in a way that this reader leaves to the slow one."""


def read_value(data: bytes, at: int) -> tuple[Any, int]:
    """Return the raw value that begins at an offset (white space before it is skipped) and where it ends; or Odd."""
    waiting: list[tuple[bytes, list[Any]]] = []
    for token in TOKENS(data, at):
        kind = token.lastindex
        if kind != MARK:
            value = ATOMS[kind](token)
        elif token[MARK] in OPENING:
            if len(waiting) == DEEPEST:
                raise Odd(token.start())
            waiting.append((token[MARK], []))
            continue
        else:
            value = _closed(waiting, token[MARK])
        if not waiting:
            return value, token.end()
        waiting[-1][1].append(value)
    raise Odd(at)


def _closed(waiting: list[tuple[bytes, list[Any]]], mark: bytes) -> Any:
    """Return the array or dictionary that a closing mark ends."""
    opened, items = waiting.pop() if waiting else (b"", [])
    if opened == b"[" and mark == b"]":
        return items
    if opened != b"<<" or mark != b">>" or len(items) % 2:
        raise Odd(mark)
    names = items[::2]
    if {*map(type, names)} - NAMES_ONLY:
        raise Odd(mark)
    found = dict(zip(names, items[1::2], strict=True))
    if len(found) != len(names):
        raise Odd(mark)
    return found


_names: dict[bytes, Name] = {}


def _name(token: re.Match[bytes]) -> Name:
    written = token[NAME]
    found = _names.get(written)
    if found is None:
        found = _decoded(written)
        if len(_names) < 4096 and len(written) < 64:
            _names[written] = found
    return found


def _decoded(written: bytes) -> Name:
    if b"#" in written:
        if written.count(b"#") != len(HASH.findall(written)):
            raise Odd(written)
        written = HASH.sub(lambda escape: bytes((int(escape[1], 16),)), written)
    try:
        return Name(written.decode("utf-8"))
    except UnicodeDecodeError:
        return Name(written.decode("latin-1"))


def _reference(token: re.Match[bytes]) -> Reference:
    number = int(token[2])
    if number == 0:
        raise Odd(token[0])
    return Reference(number, int(token[GENERATION]))


def _hex(token: re.Match[bytes]) -> String:
    digits = token[HEX].translate(None, WHITE)
    return String(unhexlify(digits + b"0" if len(digits) % 2 else digits))


def _literal(token: re.Match[bytes]) -> String:
    written = token[LITERAL]
    return String(ESCAPED.sub(_unescaped, written) if b"\\" in written else written)


def _unescaped(escape: re.Match[bytes]) -> bytes:
    sign = escape[1]
    return bytes((int(sign, 8),)) if sign.isdigit() else SIGNS.get(sign, sign)


def _strange(token: re.Match[bytes]) -> None:
    raise Odd(token.start())


ATOMS: dict[int | None, Any] = {
    NAME: _name,
    GENERATION: _reference,
    INTEGER: lambda token: int(token[INTEGER]),
    REAL: lambda token: Decimal(token[REAL].decode("ascii")),
    HEX: _hex,
    LITERAL: _literal,
    WORD: lambda token: WORDS[token[WORD]],
    STRANGE: _strange,
}
