"""The grammar of C2SP signed notes and the lines that hold their keys: text, names, base64. Signs and checks nothing.

https://c2sp.org/signed-note@v1.0.0
"""

import base64
import re
from hashlib import sha256

ED25519 = 0x01
"""Signature type: Ed25519 over the note's text (the log)."""
COSIGNATURE_ED25519 = 0x04
"""Signature type: timestamped Ed25519 cosignature (c2sp.org/tlog-cosignature)."""

KEY_NAME = re.compile(r"[^\s+]{1,255}")
DECIMAL = re.compile(r"0|[1-9][0-9]{0,17}")
MOST_SIGNATURES = 100
MOST_CHARACTERS = 1_000_000
"""Bounds for notes of strangers; the standard asks for 16 signatures at least, Go's reader takes the same 100."""
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


class InvalidNote(ValueError):
    """A text that is no note, or is not signed as it must be."""


def key_id(name: str, kind: int, raw: bytes) -> bytes:
    """Return the four bytes that name a key: SHA-256(name || LF || type || key)[:4]."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + raw).digest()[:4]


def key_line(name: str, identifier: bytes, kind: int, raw: bytes) -> str:
    """Return `name+hash+base64(type || raw)`, without line feed (C2SP vkey)."""
    return f"{name}+{identifier.hex()}+{b64(bytes([kind]) + raw)}"


def read_key(line: str, kind: int) -> tuple[str, bytes]:
    """Return name and 32 bytes of a key line of type `kind`, its hash unchecked; raises InvalidNote."""
    name, _, rest = line.partition("+")
    raw = unb64(rest.partition("+")[2])
    if not KEY_NAME.fullmatch(name) or len(raw) != 33 or raw[0] != kind:
        raise InvalidNote(f"no Ed25519 key of type {kind:#04x}")
    return name, raw[1:]


def signature_line(name: str, identifier: bytes, signature: bytes) -> str:
    """Return the line that says that the key `name` with this id signed, line feed included."""
    return f"— {name} {b64(identifier + signature)}\n"


def read_signature_lines(text: str) -> list[tuple[str, bytes]]:
    """Return name and bytes (key id || signature) of each line, every one ended by a line feed; raises InvalidNote."""
    if not text.endswith("\n") or text.count("\n") > MOST_SIGNATURES:
        raise InvalidNote("no signature lines")
    lines = []
    for line in text.removesuffix("\n").split("\n"):
        match = _SIGNATURE.fullmatch(line)
        if not match:
            raise InvalidNote("no signature line")
        lines.append((match[1], unb64(match[2])))
    return lines


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the signed text (with its line feed) and its signatures as (name, key id || signature).

    Raises InvalidNote for anything that is no signed note.
    """
    if len(note) > MOST_CHARACTERS:
        raise InvalidNote("a note of this size")
    if any(ord(c) < 0x20 and c != "\n" for c in note):
        raise InvalidNote("a control character in a note")
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not text:
        raise InvalidNote("no signed note")
    return text + "\n", read_signature_lines(signatures)


def b64(raw: bytes) -> str:
    """Return bytes in the one spelling of standard base64."""
    return base64.b64encode(raw).decode()


def unb64(text: str) -> bytes:
    """Return the bytes of a base64 text; raises InvalidNote for any other spelling than `b64` writes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InvalidNote("no base64") from error
    if b64(raw) != text:
        raise InvalidNote("another spelling of the same bytes")
    return raw
