"""Reads indirect objects and streams where the cross-references say that they stand; what is spelled oddly is Odd.

ISO 32000-2 clauses 7.3.8 (streams), 7.3.10 (objects) and 7.5.7 (object streams). Decoding stays within limits.
"""

import re
import zlib
from collections.abc import Callable
from typing import Any

from backend.verification.pdf.lexer import Odd, read_value
from backend.verification.pdf.values import Body, Reference, Stream

_WHITE = rb"[\x00\t\n\x0c\r ]"
HEADER = re.compile(_WHITE + rb"*+(\d{1,10})" + _WHITE + rb"++(\d{1,5})" + _WHITE + rb"obj(?=[\x00\t\n\x0c\r ()<\[/])")
AFTER = re.compile(_WHITE + rb"*+(?:(endobj)|stream(?:\r\n|\n))")
AFTER_STREAM = re.compile(_WHITE + rb"*+endstream" + _WHITE + rb"*+endobj")
WHITE_SPACE = re.compile(_WHITE + rb"*+")

MEBIBYTE = 1 << 20
LARGEST = 256 * MEBIBYTE
MOST_FOR_ONE = 1100  # deflate cannot do more than 1032 to 1
MOST_PACKED = 100_000
FLUSHED = b"\x00\x00\xff\xff"  # Acrobat flushes its streams and does not end them; all there is has been decoded then


class TooLarge(ValueError):
    """A stream decodes to more than any honest one would."""


def read_object(data: bytes, at: int, length_of: Callable[[Any], Any]) -> tuple[Reference, Any, int]:
    """Return the reference, the raw value, and the end of the object that begins at an offset; or Odd.

    `length_of` follows the /Length of a stream.
    """
    header = HEADER.match(data, at)
    if header is None:
        raise Odd(at)
    ref = Reference(int(header[1]), int(header[2]))
    value, end = read_value(data, header.end())
    after = AFTER.match(data, end)
    if after is None:
        raise Odd(end)
    end = after.end()
    if after[1] is None:
        if type(value) is not dict:
            raise Odd(end)
        length = length_of(value.get("/Length"))
        closing = AFTER_STREAM.match(data, end + length) if type(length) is int and length >= 0 else None
        if closing is None:
            raise Odd(end)
        value, end = Body(value, data[end : end + length], ref), closing.end()
    return ref, value, end


def decoded(stream: Stream, largest: int = LARGEST) -> bytes:
    """Return the bytes of a stream; Odd for any filter but one plain /FlateDecode, TooLarge for a bomb."""
    if "/DecodeParms" in stream or "/F" in stream or "/Crypt" in stream:
        raise Odd(stream)
    names = stream.view.follow(stream.raw.get("/Filter"))
    if names is None:
        return stream.body.encoded
    if names not in ("/FlateDecode", ["/FlateDecode"]):
        raise Odd(names)
    return inflate(stream.body.encoded, largest)


def inflate(encoded: bytes, largest: int) -> bytes:
    """Return decompressed bytes; Odd where they end too early or late, TooLarge where they are too many."""
    machine = zlib.decompressobj()
    most = min(largest, max(MEBIBYTE, MOST_FOR_ONE * len(encoded)))
    try:
        found = machine.decompress(encoded, most)
    except zlib.error as error:
        raise Odd(encoded[:8]) from error
    if not machine.eof:
        if machine.unconsumed_tail:
            raise TooLarge(most)
        if not encoded.endswith(FLUSHED):
            raise Odd(encoded[:8])
    return found


def packed_places(data: bytes, stream: Stream) -> dict[int, tuple[int, int]]:
    """Return what an object stream holds: index, and place in the decoded `data`, by object number; or Odd."""
    first, count = stream["/First"], stream["/N"]
    if stream["/Type"] != "/ObjStm" or type(first) is not int or type(count) is not int:
        raise Odd(first)
    if not 0 <= count <= MOST_PACKED or not 0 <= first <= len(data):
        raise Odd(count)
    words = data[:first].split()
    if len(words) != 2 * count or not all(word.isdigit() for word in words):
        raise Odd(count)
    pairs = zip(words[::2], words[1::2], strict=True)
    places = {int(number): (index, first + int(place)) for index, (number, place) in enumerate(pairs)}
    if len(places) != count:
        raise Odd(count)
    return places


def read_packed(data: bytes, places: dict[int, tuple[int, int]], number: int, index: int) -> Any:
    """Return the raw value of an object in the decoded `data` of an object stream (clause 7.5.7); or Odd."""
    here, place = places.get(number, (None, 0))
    if here != index:
        raise Odd(number)
    value, _ = read_value(data, place)
    return value
