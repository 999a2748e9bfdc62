"""Reads a zip that may be hostile: every byte of it must belong to exactly one plain file. For limited processes.

Stricter than the format (PKWARE APPNOTE) on purpose: no encryption, no zip64, no links, no folders, nothing before,
between or behind the files, nothing that two readers could understand differently.
"""

import hashlib
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from backend.verification.bundle import layout
from backend.verification.bundle.findings import Code

MOST_ENTRIES = 5_000
LARGEST = (1 << 32) - 2
LARGEST_FILE = 64 << 20
LARGEST_KEPT = 128 << 20
RATIO = 200  # deflate reaches about 1 000; what our own writer leaves is not packed at all
PIECE = 1 << 18
STORED, DEFLATED = 0, 8
TEXT_NAMES = 0x800  # the only flag that may be set: names in UTF-8
ENCRYPTED = 0x41
ZIP64, UNIX_PATH = 0x0001, 0x7075
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


class NotAContainer(Exception):
    """The file is refused as a whole; `code` says why, `name` about which entry."""

    def __init__(self, code: Code, name: str = "") -> None:
        """Keep what is told."""
        self.code = code
        self.name = name
        super().__init__(code, name)


@dataclass(frozen=True)
class Entry:
    """One file of the container: where its bytes begin, how many there are packed and unpacked, and their SHA-256."""

    name: str
    start: int
    packed: int
    size: int
    method: int
    sha256: str = ""


@dataclass(frozen=True)
class Container:
    """All files, by name in their order; `contents` holds those that are not documents or recipes."""

    entries: dict[str, Entry]
    contents: dict[str, bytes]


@dataclass(frozen=True)
class _Listed:
    """One line of the central directory."""

    entry: Entry
    flags: int
    crc: int
    offset: int


def read(path: Path) -> Container:
    """Return what is in the container, every file hashed; raises NotAContainer (never for what the files say)."""
    with path.open("rb") as file:
        listed = _directory(file)
        first = listed[0].entry if listed else None
        if first is None or (first.name, first.method, first.start) != (layout.MIMETYPE, STORED, _LOCAL.size + 8):
            raise NotAContainer(Code.FIRST_ENTRY)
        entries: dict[str, Entry] = {}
        contents: dict[str, bytes] = {}
        kept = 0
        for one in listed:
            name = one.entry.name
            keep = not name.startswith((layout.DOCUMENTS, layout.RECIPES))
            kept += one.entry.size if keep else 0
            if kept > LARGEST_KEPT:
                raise NotAContainer(Code.TOO_LARGE, name)
            data = b"".join(pieces(file, one.entry)) if keep else None
            entries[name] = _hashed(file, one, data)
            if data is not None:
                contents[name] = data
    if contents[layout.MIMETYPE] != layout.MEDIA_TYPE.encode():
        raise NotAContainer(Code.FIRST_ENTRY)
    return Container(entries, contents)


def pieces(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """Yield the bytes of an entry, never more than it announced; raises NotAContainer if there are more or fewer."""
    file.seek(entry.start)
    unpack = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == DEFLATED else None
    left, total = entry.packed, 0
    while left > 0:
        raw = file.read(min(PIECE, left))
        if not raw:
            raise NotAContainer(Code.DAMAGED, entry.name)
        left -= len(raw)
        for data in _unpacked(unpack, raw, entry) if unpack else (raw,):
            total += len(data)
            if total > entry.size:
                raise NotAContainer(Code.DAMAGED, entry.name)
            yield data
    if total != entry.size or (unpack is not None and (not unpack.eof or unpack.unused_data)):
        raise NotAContainer(Code.DAMAGED, entry.name)


def _unpacked(unpack: "zlib._Decompress", raw: bytes, entry: Entry) -> Iterator[bytes]:
    while raw:
        try:
            yield unpack.decompress(raw, PIECE)
        except zlib.error as error:
            raise NotAContainer(Code.DAMAGED, entry.name) from error
        raw = unpack.unconsumed_tail


def _hashed(file: BinaryIO, one: _Listed, data: bytes | None) -> Entry:
    entry, digest, crc = one.entry, hashlib.sha256(), 0
    for piece in (data,) if data is not None else pieces(file, entry):
        digest.update(piece)
        crc = zlib.crc32(piece, crc)
    if crc != one.crc:
        raise NotAContainer(Code.DAMAGED, entry.name)
    return Entry(entry.name, entry.start, entry.packed, entry.size, entry.method, digest.hexdigest())


def _directory(file: BinaryIO) -> list[_Listed]:
    """Return the central directory's files in the order of their bytes, each checked against its own local header."""
    size = file.seek(0, 2)
    if size > LARGEST:
        raise NotAContainer(Code.TOO_LARGE)
    if size < _END.size:
        raise NotAContainer(Code.NOT_A_CONTAINER)
    file.seek(size - _END.size)
    magic, *disks, here, total, length, offset, comment = _END.unpack(file.read(_END.size))
    if magic != b"PK\5\6" or comment or any(disks):
        raise NotAContainer(Code.NOT_A_CONTAINER)
    if 0xFFFF in (here, total) or 0xFFFFFFFF in (length, offset):
        raise NotAContainer(Code.ZIP64)
    if total > MOST_ENTRIES or length > MOST_ENTRIES * 512:
        raise NotAContainer(Code.TOO_MANY)
    if here != total or offset + length != size - _END.size:
        raise NotAContainer(Code.NOT_A_CONTAINER)
    file.seek(offset)
    listed = sorted(_listed(file.read(length), total), key=lambda one: one.offset)
    names = {one.entry.name.lower() for one in listed}
    if len(names) != len(listed):
        raise NotAContainer(Code.DUPLICATE)
    return list(_laid_out(file, listed, offset))


def _listed(directory: bytes, total: int) -> Iterator[_Listed]:
    place = 0
    for _ in range(total):
        if place + _CENTRAL.size > len(directory):
            raise NotAContainer(Code.DAMAGED)
        magic, made, _, flags, method, _, _, crc, packed, size, *more = _CENTRAL.unpack_from(directory, place)
        length, extra, comment, disk, _, attributes, offset = more
        place += _CENTRAL.size
        raw = directory[place : place + length]
        place += length + extra + comment
        name = _name(raw)
        if magic != b"PK\1\2" or disk or place > len(directory):
            raise NotAContainer(Code.DAMAGED, name)
        if 0xFFFFFFFF in (packed, size, offset):
            raise NotAContainer(Code.ZIP64, name)
        mode = attributes >> 16 if made >> 8 == 3 else 0
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise NotAContainer(Code.LINK, name)
        _check_form(name, flags, method, (packed, size))
        yield _Listed(Entry(name, 0, packed, size, method), flags, crc, offset)
    if place != len(directory):
        raise NotAContainer(Code.DAMAGED)


def _name(raw: bytes) -> str:
    try:
        name = raw.decode("ascii")
    except UnicodeDecodeError:
        raise NotAContainer(Code.NAME, ascii(raw[:80])) from None
    if not layout.SAFE.fullmatch(name) or len(name) > 200:
        raise NotAContainer(Code.NAME, ascii(name[:80]))
    return name


def _check_form(name: str, flags: int, method: int, sizes: tuple[int, int]) -> None:
    packed, size = sizes
    if flags & ENCRYPTED:
        raise NotAContainer(Code.ENCRYPTED, name)
    if flags & ~TEXT_NAMES or method not in (STORED, DEFLATED) or (method == STORED and packed != size):
        raise NotAContainer(Code.FORM, name)
    if size > LARGEST_FILE:
        raise NotAContainer(Code.TOO_LARGE, name)
    if size > RATIO * packed + PIECE:
        raise NotAContainer(Code.BOMB, name)


def _laid_out(file: BinaryIO, listed: list[_Listed], end: int) -> Iterator[_Listed]:
    """Yield the files with the place of their bytes: one after the other from 0 to `end`, no gap and no overlap."""
    expected = 0
    for one in listed:
        name = one.entry.name
        if one.offset != expected:
            raise NotAContainer(Code.OVERLAP, name)
        file.seek(one.offset)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size:
            raise NotAContainer(Code.DAMAGED, name)
        magic, _, flags, method, _, _, crc, packed, size, length, extra = _LOCAL.unpack(header)
        same = (one.flags, one.entry.method, one.crc, one.entry.packed, one.entry.size)
        if magic != b"PK\3\4" or (flags, method, crc, packed, size) != same or file.read(length) != name.encode():
            raise NotAContainer(Code.DAMAGED, name)
        _check_extra(file.read(extra), name)
        start = one.offset + _LOCAL.size + length + extra
        expected = start + packed
        if expected > end:
            raise NotAContainer(Code.OVERLAP, name)
        yield _Listed(Entry(name, start, packed, size, method), flags, crc, one.offset)
    if expected != end:
        raise NotAContainer(Code.OVERLAP)


def _check_extra(extra: bytes, name: str) -> None:
    """Refuse extra fields that give an entry another size or another name."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind in (ZIP64, UNIX_PATH):
            raise NotAContainer(Code.ZIP64, name)
        place += 4 + length
