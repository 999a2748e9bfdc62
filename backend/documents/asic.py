"""Writes an ASiC-E container (ETSI EN 319 162-1) as a stream: one file in memory at a time, nothing compressed.

What lies in it and what it proves is decided elsewhere. Sizes and digests are known before the first byte leaves, so
that the manifest can be stamped and the length told in advance.
"""

import base64
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from xml.sax.saxutils import quoteattr

from backend.documents.packing import EPOCH
from backend.documents.refusals import VaultDamaged

ASIC = "http://uri.etsi.org/02918/v1.2.1#"
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
TOKEN_TYPE = "application/vnd.etsi.timestamp-token"  # noqa: S105 because it is a media type
LOCAL, CENTRAL, END = 30, 46, 22  # bytes of the fixed parts of a zip (APPNOTE 4.3.7, 4.3.12, 4.3.16)


@dataclass(frozen=True)
class Part:
    """One file: its name, its SHA-256 (hex), its size in bytes, and how to get it when its turn comes."""

    name: str
    sha256: str
    size: int
    media_type: str
    load: Callable[[], bytes] = field(repr=False)


def part(name: str, data: bytes, media_type: str = "application/octet-stream") -> Part:
    """Return a file that is in memory already."""
    return Part(name, sha256(data).hexdigest(), len(data), media_type, lambda: data)


def manifest(parts: Iterable[Part], token: str) -> bytes:
    """Return the ASiCManifest over files, to be stamped by a token that will lie at `token` (clause A.4).

    One reference a line, so that a shell can read it.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<asic:ASiCManifest xmlns:asic="{ASIC}" xmlns:ds="{XMLDSIG}">',
        f'<asic:SigReference URI={quoteattr(token)} MimeType="{TOKEN_TYPE}"/>',
        *map(_reference, parts),
        "</asic:ASiCManifest>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _reference(one: Part) -> str:
    digest = base64.b64encode(bytes.fromhex(one.sha256)).decode()
    return (
        f"<asic:DataObjectReference URI={quoteattr(one.name)} MimeType={quoteattr(one.media_type)}>"
        f'<ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue>{digest}</ds:DigestValue>'
        "</asic:DataObjectReference>"
    )


def length(media_type: str, parts: Sequence[Part]) -> int:
    """Return how many bytes `stream` will yield."""
    names = [("mimetype", len(media_type)), *((one.name, one.size) for one in parts)]
    return END + sum(LOCAL + CENTRAL + 2 * len(name.encode()) + size for name, size in names)


def stream(media_type: str, parts: Sequence[Part]) -> Iterator[bytes]:
    """Yield the container: `mimetype` first and stored (clause A.1), then the files in their order.

    Raises VaultDamaged, and leaves the container without its end, if a file is no longer what was announced.
    """
    spool = _Spool()
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", EPOCH), media_type)
        yield spool.take()
        for one in parts:
            data = one.load()
            if sha256(data).hexdigest() != one.sha256:
                raise VaultDamaged(sha256=one.sha256)
            archive.writestr(zipfile.ZipInfo(one.name, EPOCH), data)
            yield spool.take()
    yield spool.take()


class _Spool(io.RawIOBase):
    """A file that forgets what was taken from it; zipfile goes back only within the entry that it writes."""

    def __init__(self) -> None:
        self._gone = 0
        self._kept = io.BytesIO()

    def take(self) -> bytes:
        """Return what was written since the last time."""
        data = self._kept.getvalue()
        self._gone += len(data)
        self._kept = io.BytesIO()
        return data

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._gone + self._kept.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_SET:
            offset -= self._gone
        return self._gone + self._kept.seek(offset, whence)

    def write(self, data: Any, /) -> int:
        return self._kept.write(data)
