"""ASN.1 values in their basic encoding (ITU-T X.690), found and not interpreted: where each begins and ends.

Signatures are DER; some signers write indefinite lengths and strings in pieces, which are read too. Whatever breaks
raises ValueError or IndexError.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from asn1crypto import core

INTEGER, OCTETS, OID, UTC_TIME, TIME, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x17, 0x18, 0x30, 0x31
OCTETS_IN_PIECES = 0x24
CONSTRUCTED = 0x20
ZONE = b"Z"


class Element(NamedTuple):
    """One value: its first tag byte, and offsets in `data` of its start, of its content, and after both."""

    tag: int
    data: bytes
    start: int
    body: int
    stop: int
    end: int

    @property
    def whole(self) -> bytes:
        """Return the value as it is encoded."""
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        """Return the content without its header."""
        return self.data[self.body : self.stop]


def read(data: bytes, at: int = 0, limit: int | None = None) -> Element:
    """Return the value that begins at an offset and ends before `limit`."""
    limit = len(data) if limit is None else limit
    tag, length, body = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise ValueError("a tag of several bytes")
    if length == 0x80:
        return _indefinite(data, at, limit)
    if length > 0x80:
        body += length & 0x7F
        length = int.from_bytes(data[at + 2 : body])
    if body + length > limit:
        raise ValueError("longer than its surroundings")
    return Element(tag, data, at, body, body + length, body + length)


def _indefinite(data: bytes, at: int, limit: int) -> Element:
    """Read values up to the end mark (X.690 clause 8.1.3.6)."""
    if not data[at] & CONSTRUCTED:
        raise ValueError("a primitive value without length")
    place = at + 2
    while data[place : place + 2] != b"\0\0":
        place = read(data, place, limit).end
    if place + 2 > limit:
        raise ValueError("longer than its surroundings")
    return Element(data[at], data, at, at + 2, place, place + 2)


def children(parent: Element) -> list[Element]:
    """Return the values inside a constructed one."""
    if not parent.tag & CONSTRUCTED:
        raise ValueError("a primitive value")
    found = []
    at = parent.body
    while at < parent.stop:
        child = read(parent.data, at, parent.stop)
        found.append(child)
        at = child.end
    return found


def inside(parent: Element, tag: int) -> list[Element]:
    """Return the values inside a constructed one that must have this tag."""
    return children(of(parent, tag))


def of(found: Element, tag: int) -> Element:
    """Return the value, which must have this tag."""
    if found.tag != tag:
        raise ValueError(f"tag {found.tag:#x} for {tag:#x}")
    return found


def octets(found: Element) -> bytes:
    """Return an OCTET STRING, put together where it comes in pieces."""
    if found.tag == OCTETS_IN_PIECES:
        return b"".join(octets(piece) for piece in children(found))
    return of(found, OCTETS).content


def integer(found: Element) -> int:
    """Return an INTEGER."""
    return int.from_bytes(of(found, INTEGER).content, signed=True)


def oid(found: Element) -> str:
    """Return an OBJECT IDENTIFIER in dots."""
    return _dotted(of(found, OID).content)


@lru_cache(maxsize=1024)
def _dotted(content: bytes) -> str:
    if not content or content[-1] & 0x80 or len(content) > 64:
        raise ValueError("no object identifier")
    arcs, arc = [], 0
    for byte in content:
        arc = arc << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def moment(found: Element) -> datetime:
    """Return a UTCTime or GeneralizedTime, aware."""
    text = found.content
    if found.tag == TIME and len(text) == 15 and text.endswith(ZONE) and text[:-1].isdigit():
        month, day, hour, minute, second = (int(text[at : at + 2]) for at in range(4, 14, 2))
        return datetime(int(text[:4]), month, day, hour, minute, second, tzinfo=UTC)
    if found.tag not in {TIME, UTC_TIME}:
        raise ValueError("no time")
    native = (core.GeneralizedTime if found.tag == TIME else core.UTCTime).load(found.whole).native
    if not isinstance(native, datetime) or native.tzinfo is None:
        raise ValueError("no moment")
    return native


def distinguished(found: Element) -> bytes:
    """Return a value in DER: definite lengths, strings in one piece, sets in order (X.690 clauses 10 and 11.6)."""
    if found.tag == OCTETS_IN_PIECES:
        return _encoded(OCTETS, octets(found))
    if not found.tag & CONSTRUCTED:
        return _encoded(found.tag, found.content)
    parts = [distinguished(child) for child in children(found)]
    return _encoded(found.tag, b"".join(sorted(parts) if found.tag == SET else parts))


def _encoded(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size) + content
