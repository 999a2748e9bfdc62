"""PDF revisions written byte by byte, for attacks that no library would write."""

import asyncio
import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.unit.verification.pki import Member

OBJECT = re.compile(rb"(?m)^(\d+) 0 obj\b")


@dataclass
class Revision:
    """What a raw revision holds. `entries`: cross-reference entries that point where the attacker wants, in any way."""

    objects: Mapping[int, bytes] = field(default_factory=dict)
    free: Iterable[int] = ()
    entries: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    trailer: bytes = b""
    root: bytes = b"1 0 R"
    before: bytes = b""
    previous: int | None = None
    generation: int = 0


def last_xref(pdf: bytes) -> int:
    """Return what the last `startxref` says."""
    return int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])


def size(pdf: bytes) -> int:
    """Return a /Size above every object in the file."""
    return max(int(number) for number in OBJECT.findall(pdf)) + 20


def body(pdf: bytes, number: int) -> bytes:
    """Return the newest spelling of an object that is no stream."""
    start = [found.end() for found in OBJECT.finditer(pdf) if int(found[1]) == number][-1]
    return pdf[start : pdf.index(b"endobj", start)].strip()


def stream(data: bytes, keys: bytes = b"") -> bytes:
    """Return the spelling of a stream."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), keys, data)


def appended(pdf: bytes, revision: Revision) -> tuple[bytes, dict[int, tuple[int, int, bytes]]]:
    """Return the file with the objects of a revision after it, and the cross-reference entries of all of them."""
    out = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    out += revision.before
    rows: dict[int, tuple[int, int, bytes]] = dict.fromkeys(revision.free, (0, 1, b"f"))
    for number, content in revision.objects.items():
        rows[number] = (len(out), revision.generation, b"n")
        out += b"%d %d obj\n%s\nendobj\n" % (number, revision.generation, content)
    rows |= {number: (*entry, b"n") for number, entry in revision.entries.items()}
    return out, rows


def revise(pdf: bytes, revision: Revision) -> bytes:
    """Return the file with one more revision and a classic cross-reference table."""
    out, rows = appended(pdf, revision)
    table = b"".join(b"%d 1\n%010d %05d %s \n" % (number, *rows[number]) for number in sorted(rows)) or b"0 0\n"
    previous = last_xref(pdf) if revision.previous is None else revision.previous
    trailer = b"/Size %d /Root %s /Prev %d %s" % (size(out), revision.root, previous, revision.trailer)
    return out + b"xref\n%strailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (table, trailer, len(out))


def table_stream(rows: Mapping[int, tuple[int, int, int]], keys: bytes, number: int, place: int) -> bytes:
    """Return a cross-reference stream, object `number` at `place`; rows are type, second, third (clause 7.5.8)."""
    everything = {**rows, number: (1, place, 0)}
    index = b" ".join(b"%d 1" % one for one in sorted(everything))
    data = b"".join(
        bytes([kind]) + second.to_bytes(4, "big") + third.to_bytes(2, "big")
        for kind, second, third in (everything[one] for one in sorted(everything))
    )
    keys = b"/Type /XRef /W [1 4 2] /Index [%s] /Size %d %s" % (index, number + 1, keys)
    return b"%d 0 obj\n%s\nendobj\n" % (number, stream(data, keys))


def revise_by_stream(pdf: bytes, revision: Revision, packed: Mapping[int, bytes] | None = None) -> bytes:
    """Return the file with one more revision: a cross-reference stream, and `packed` objects in an object stream."""
    out, table = appended(pdf, revision)
    rows = {number: (1 if kind == b"n" else 0, place, gen) for number, (place, gen, kind) in table.items()}
    first = max(size(out), *table, *(packed or {0: b""})) + 1
    if packed:
        rows[first] = (1, len(out), 0)
        rows |= {number: (2, first, index) for index, number in enumerate(packed)}
        out += b"%d 0 obj\n%s\nendobj\n" % (first, object_stream(packed))
    previous = last_xref(pdf) if revision.previous is None else revision.previous
    keys = b"/Root %s /Prev %d %s" % (revision.root, previous, revision.trailer)
    place = len(out)
    return out + table_stream(rows, keys, first + 1, place) + b"startxref\n%d\n%%%%EOF\n" % place


def object_stream(packed: Mapping[int, bytes]) -> bytes:
    """Return an object stream of these objects (clause 7.5.7)."""
    header, bodies = b"", b""
    for number, content in packed.items():
        header += b"%d %d " % (number, len(bodies))
        bodies += content + b" "
    data = zlib.compress(header + bodies)
    keys = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(packed), len(header))
    return stream(data, keys)


RANGE, CONTENTS = b"@RANGE@", b"@CONTENTS@"
VALUE = (
    b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange @RANGE@ /Contents @CONTENTS@ >>"
)
ROOM = 16384


def sign_raw(pdf: bytes, member: Member, value: bytes = VALUE, *, number: int = 80, field: int = 2) -> bytes:
    """Return the file with a genuine signature whose dictionary is spelled like `value`, in the object `field`."""
    filled = body(pdf, field)[:-2] + b"/V %d 0 R >>" % number
    blank = value.replace(RANGE, RANGE.ljust(48)).replace(CONTENTS, b"<" + b"0" * ROOM + b">")
    out = revise(pdf, Revision({field: filled, number: blank}))
    first = out.index(b"<" + b"0" * ROOM + b">", len(pdf))
    second = first + ROOM + 2
    numbers = b"[0 %d %d %d]" % (first, second, len(out) - second)
    out = out.replace(RANGE.ljust(48), numbers.ljust(48))
    digest = hashlib.sha256(out[:first] + out[second:]).digest()
    cms = asyncio.run(member.signer().async_sign(digest, "sha256", use_pades=True)).dump()
    return out[: first + 1] + bytes(cms).hex().encode().ljust(ROOM, b"0") + out[second - 1 :]
