"""One function of pyHanko replaced by a faster one with the same result: reading a hexadecimal string.

pyHanko reads /Contents digit by digit, which is half the cost of a check (notes of the project: 1.9 to 4.4 times
faster so). Input that is odd in any way is left to the original.
"""

import binascii
from typing import Any

from pyhanko.pdf_utils import generic

_original = generic.read_hex_string_from_stream
WHITE = b"\x00\t\n\x0c\r "
BLOCK = 16384


def read_hex(stream: Any) -> Any:
    """Return the string whose `<` is next in `stream`, and leave the stream after its `>`."""
    start = stream.tell()
    stream.seek(start + 1)
    parts = []
    while block := stream.read(BLOCK):
        end = block.find(b">")
        parts.append(block if end < 0 else block[:end])
        if end >= 0:
            stream.seek(end + 1 - len(block), 1)
            digits = b"".join(parts).translate(None, WHITE)
            try:
                return generic.pdf_string(binascii.unhexlify(digits + b"0" * (len(digits) & 1)))
            except binascii.Error:
                break
    stream.seek(start)
    return _original(stream)


def install() -> None:
    """Let pyHanko use it in this process."""
    generic.read_hex_string_from_stream = read_hex
