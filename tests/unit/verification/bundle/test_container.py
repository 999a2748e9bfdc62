"""Containers that lie about themselves are refused as a whole, each for its own reason, and quickly."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.documents import asic
from backend.verification.bundle import container, layout
from backend.verification.bundle.container import Container, NotAContainer
from backend.verification.bundle.findings import Code

MARK = layout.MEDIA_TYPE.encode()
Change = Callable[[zipfile.ZipFile], None]


def honest() -> bytes:
    """Return a small container as our own writer makes it."""
    parts = [asic.part("events.jsonl", b"{}\n" * 50), asic.part("documents/a.pdf", b"%PDF-1.7 " * 30)]
    return b"".join(asic.stream(layout.MEDIA_TYPE, parts))


def written(change: Change, *, mark: bool = True) -> bytes:
    """Return a zip that Python's own writer made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        if mark:
            archive.writestr(zipfile.ZipInfo("mimetype"), MARK)
        change(archive)
    return buffer.getvalue()


def read(data: bytes, folder: Path) -> Container:
    """Read a container from a file."""
    path = folder / "bukti.asice"
    path.write_bytes(data)
    return container.read(path)


def refused(data: bytes, folder: Path) -> Code:
    """Return why a container is refused."""
    with pytest.raises(NotAContainer) as refusal:
        read(data, folder)
    return refusal.value.code


def patched(data: bytes, place: int, value: bytes) -> bytes:
    """Return bytes with some replaced."""
    return data[:place] + value + data[place + len(value) :]


def central(data: bytes, number: int = 1) -> int:
    """Return where an entry of the central directory begins."""
    place = -1
    for _ in range(number + 1):
        place = data.index(b"PK\1\2", place + 1)
    return place


def test_an_honest_container_is_read_whole(tmp_path: Path) -> None:
    found = read(honest(), tmp_path)
    assert list(found.entries) == ["mimetype", "events.jsonl", "documents/a.pdf"]
    assert found.contents.keys() == {"mimetype", "events.jsonl"}, "documents are left for a reader of their own"


def test_a_container_packed_again_by_another_program_is_read(tmp_path: Path) -> None:
    def change(archive: zipfile.ZipFile) -> None:
        archive.writestr(zipfile.ZipInfo("events.jsonl"), b"{}\n" * 999, zipfile.ZIP_DEFLATED)

    assert read(written(change), tmp_path).contents["events.jsonl"] == b"{}\n" * 999


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "C:\\x",
        "a\\b",
        ".hidden",
        "-rf",
        "a b",
        "folder/",
        "é",
        "x" * 201,
        "a\n",
    ],
)
def test_a_name_that_climbs_hides_or_surprises_is_refused(tmp_path: Path, name: str) -> None:
    assert refused(written(lambda archive: archive.writestr(name, b"x")), tmp_path) is Code.NAME


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a", "a"), ("a", "A")])
def test_two_files_of_one_name_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    def change(archive: zipfile.ZipFile) -> None:
        for name in names:
            archive.writestr(name, name)

    assert refused(written(change), tmp_path) is Code.DUPLICATE


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR])
def test_links_pipes_and_folders_are_refused(tmp_path: Path, kind: int) -> None:
    info = zipfile.ZipInfo("a")
    info.external_attr = (kind | 0o777) << 16
    assert refused(written(lambda archive: archive.writestr(info, b"/etc/passwd")), tmp_path) is Code.LINK


def test_the_first_entry_is_the_plain_mark(tmp_path: Path) -> None:
    def late(archive: zipfile.ZipFile) -> None:
        archive.writestr("a", b"x")
        archive.writestr("mimetype", MARK)

    def packed(archive: zipfile.ZipFile) -> None:
        archive.writestr("mimetype", MARK, zipfile.ZIP_DEFLATED)

    def other(archive: zipfile.ZipFile) -> None:
        archive.writestr("mimetype", b"application/zip")

    for change in (late, packed, other, lambda _: None):
        assert refused(written(change, mark=False), tmp_path) is Code.FIRST_ENTRY


def test_a_bomb_is_refused_unopened(tmp_path: Path) -> None:
    def change(archive: zipfile.ZipFile) -> None:
        archive.writestr("events.jsonl", bytes(60 << 20), zipfile.ZIP_DEFLATED)

    assert refused(written(change), tmp_path) is Code.BOMB


def test_more_bytes_than_announced_are_not_unpacked(tmp_path: Path) -> None:
    data = written(lambda archive: archive.writestr("a", bytes(5000), zipfile.ZIP_DEFLATED))
    size = struct.pack("<I", 17)
    local = data.index(b"PK\3\4", 1)
    assert refused(patched(patched(data, local + 22, size), central(data) + 24, size), tmp_path) is Code.DAMAGED


@pytest.mark.parametrize(("count", "code"), [(5_001, Code.TOO_MANY), (66_000, Code.ZIP64)])
def test_thousands_of_entries_are_refused_before_they_are_read(tmp_path: Path, count: int, code: Code) -> None:
    def change(archive: zipfile.ZipFile) -> None:
        for number in range(count):
            archive.writestr(zipfile.ZipInfo(f"a{number}"), b"")

    assert refused(written(change), tmp_path) is code


def test_encryption_is_refused(tmp_path: Path) -> None:
    data = honest()
    local = data.index(b"PK\3\4", 1)
    flags = struct.pack("<H", 1)
    assert refused(patched(patched(data, local + 6, flags), central(data) + 8, flags), tmp_path) is Code.ENCRYPTED


def test_zip64_in_every_place_is_refused(tmp_path: Path) -> None:
    data, most = honest(), b"\xff" * 4
    end = data.rindex(b"PK\5\6")
    games = (
        patched(data, central(data) + 20, most),
        patched(data, central(data) + 42, most),
        patched(data, end + 8, most),
        patched(data, end + 16, most),
    )
    for game in games:
        assert refused(game, tmp_path) is Code.ZIP64


def test_nothing_may_lie_before_between_or_behind(tmp_path: Path) -> None:
    data = honest()
    for strange in (b"MZ" + data, data + b"\n", data[:-1], data[:10], b"", b"%PDF-1.7\n"):
        assert refused(strange, tmp_path) in (Code.NOT_A_CONTAINER, Code.FIRST_ENTRY, Code.OVERLAP)


def test_files_may_not_share_bytes(tmp_path: Path) -> None:
    data = honest()
    first = struct.pack("<I", 0)
    assert refused(patched(data, central(data) + 42, first), tmp_path) is Code.OVERLAP


def test_two_headers_that_disagree_are_refused(tmp_path: Path) -> None:
    data = honest()
    local = data.index(b"PK\3\4", 1)
    for place, value in ((30, b"E"), (14, b"\0\0\0\1"), (18, b"\1"), (8, b"\x08")):
        assert refused(patched(data, local + place, value), tmp_path) is Code.DAMAGED


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_whatever_is_broken_it_is_read_or_refused_and_nothing_else(tmp_path: Path, data: st.DataObject) -> None:
    good = honest()
    places = data.draw(st.lists(st.integers(0, len(good) - 1), min_size=1, max_size=4))
    broken = bytearray(good)
    for place in places:
        broken[place] = data.draw(st.integers(0, 255))
    try:
        found = read(bytes(broken), tmp_path)
    except NotAContainer:
        return
    assert {name: entry.sha256 for name, entry in found.entries.items()} == {
        name: entry.sha256 for name, entry in read(good, tmp_path).entries.items()
    }
