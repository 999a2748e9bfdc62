"""The quick reader against pyHanko: where it reads at all, both must read the same, whatever was done to the bytes."""

from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from backend.verification.pdf.lexer import Odd, read_value
from backend.verification.pdf.sections import Section, read_sections
from backend.verification.pdf.slow import Slow, raw
from backend.verification.pdf.source import EOF, Source
from backend.verification.pdf.values import Body, Name, Reference, String
from tests.unit.verification.conftest import World
from tests.unit.verification.files import plain
from tests.unit.verification.raw import Revision, revise, revise_by_stream

SAVED: dict[str, dict[str, Any]] = {
    "object streams": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
    "linearised": {"linearize": True},
    "linearised with object streams": {"linearize": True, "object_stream_mode": pikepdf.ObjectStreamMode.generate},
    "spelled out": {"qdf": True},
    "compressed": {"compress_streams": True, "recompress_flate": True},
    "locked": {"encryption": pikepdf.Encryption(owner="pemilik", user="", R=6)},
}
TOKENS = (
    b"<<", b">>", b"[", b"]", b"(", b")", b"/", b"%", b"\r", b"\n", b"\0", b" ", b"0", b"1", b"9", b"-", b".", b"#",
    b"R", b"obj", b"endobj", b"stream", b"endstream", b"xref", b"trailer", b"null", b"true", b"\\", b"\\5", b"(a\rb)",
    b"1 0 R", b"/Length 3", b"/Prev 9", b"/Size 1", b"/Type", b"00001", b" f ", b" n ", b"\xff", b"/A /A", b"1.5",
)  # fmt: skip


def _files(world: World) -> Iterator[bytes]:
    yield from world.files.values()
    for how in SAVED.values():
        out = BytesIO()
        with pikepdf.open(BytesIO(world.files["plain"])) as pdf:
            pdf.save(out, **how)
        yield out.getvalue()
    yield revise(world.files["approved"], Revision({2: b"<< /Type /Font >>", 90: b"(\\050a\\n)"}, free=(9,)))
    yield revise_by_stream(
        world.files["approved"], Revision(), {90: b"<< /A [1 2.50 (b) <43> /D#20 true null 1 0 R] >>"}
    )


class Files(list[bytes]):
    """The files, told briefly when a test fails."""

    def __repr__(self) -> str:
        return f"{len(self)} files"


@pytest.fixture(scope="module")
def files(world: World) -> Files:
    return Files(_files(world))


def _or_none(read: Callable[[], Any]) -> Any:
    """Return what was read, ... where it was refused."""
    try:
        return read()
    except Exception:  # noqa: BLE001  because pyHanko raises builtins of every kind
        return ...


def _told(section: Section) -> tuple[Any, ...]:
    return section.start, section.plain, section.packed, section.freed, section.hybrid


def _compare(pdf: bytes) -> tuple[int, int]:
    """Hold both readers against each other; return how many objects the quick one read, and of how many."""
    pdf = pdf[: pdf.rfind(EOF) + len(EOF)]
    slow = Slow(pdf)
    try:
        quick = read_sections(pdf)
    except Odd:
        return 0, 0
    known = _or_none(slow.sections)
    assert known is not ..., "only the quick reader found the cross-references"
    assert [_told(section) for section in quick] == [_told(section) for section in known]
    assert [pdf.find(EOF, section.end) for section in quick] == [pdf.find(EOF, section.end) for section in known]
    source = Source(pdf)
    for revision, section in enumerate(known):
        assert section.trailer == source.trailers[revision]
    if source.locked:
        return 0, 0
    return _compare_objects(source, slow)


def _compare_objects(source: Source, slow: Slow) -> tuple[int, int]:
    read = seen = 0
    for revision in range(len(source.sections)):
        for ref in sorted({ref for section in source.sections[: revision + 1] for ref in section.touched()}):
            where = source.where(ref, revision)
            if where is None or ref.idnum < 1:
                continue
            seen += 1
            value = _or_none(partial(source.quick, ref, where, revision))
            if value is ...:
                continue
            read += 1
            assert _same(value, _or_none(partial(slow.get_object, ref, revision))), (ref, revision)
    return read, seen


def _same(value: Any, other: Any) -> bool:
    """Compare types too, since 1 and true, or a name and a string, must never pass for each other."""
    if isinstance(value, Body):
        return isinstance(other, Body) and value.encoded == other.encoded and _same(value.entries, other.entries)
    if isinstance(value, dict):
        return isinstance(other, dict) and [*value] == [*other] and all(_same(value[key], other[key]) for key in value)
    if isinstance(value, list):
        return isinstance(other, list) and len(value) == len(other) and all(map(_same, value, other))
    return type(value) is type(other) and bool(value == other)


def test_both_read_every_file_alike_and_the_quick_one_reads_nearly_all(files: Files) -> None:
    counts = [_compare(pdf) for pdf in files]
    read, seen = (sum(count) for count in zip(*counts, strict=True))
    assert seen > 500
    assert read > 0.95 * seen


EDITS = st.lists(
    st.tuples(st.integers(0, 1 << 24), st.sampled_from((0, 1, 2, 8)), st.sampled_from(TOKENS)), min_size=1, max_size=4
)


@settings(max_examples=100, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(which=st.integers(0, 99), edits=EDITS)
def test_whatever_is_done_to_the_bytes_they_never_read_different_things(
    files: Files, which: int, edits: list[tuple[int, int, bytes]]
) -> None:
    pdf = bytearray(files[which % len(files)])
    for place, width, token in edits:
        at = place % len(pdf)
        pdf[at : at + width] = token
    if EOF in pdf:
        _compare(bytes(pdf))


@settings(max_examples=600, deadline=None)
@given(parts=st.lists(st.sampled_from(TOKENS), min_size=1, max_size=12))
def test_a_value_is_read_alike_or_odd(parts: list[bytes]) -> None:
    from pyhanko.pdf_utils import generic  # noqa: PLC0415  because only this test reads single values

    text = b"".join(parts) + b" "
    try:
        value, end = read_value(text, 0)
    except Odd:
        return
    stream = BytesIO(text[len(text) - len(text.lstrip(b"\0\t\n\x0c\r ")) :])
    handler = type("Handler", (), {"strict": False})()
    container = type("Container", (), {"get_pdf_handler": lambda _: handler})()
    expected = _or_none(lambda: raw(generic.read_object(stream, container)))
    if expected is ... and not text[end:].lstrip().startswith((b"endobj", b"stream")):
        return  # what follows spoils it for pyHanko; an object must end here, else it is odd
    assert _same(value, expected)


@pytest.mark.parametrize(
    "spelled",
    [
        b"<< /A 1 /A 2 >>",
        b"[1 % comment\n]",
        b"(a\rb)",
        b"7\x000\x0cR",
        b"00000000007 0 R",
        b"(\\9)",
        b"[" * 80 + b"]" * 80,
    ],
)
def test_what_readers_differ_about_is_odd(spelled: bytes) -> None:
    with pytest.raises(Odd):
        read_value(spelled + b" ", 0)


def test_values_keep_their_kind() -> None:
    value, _ = read_value(b"<< /N /N /S (/N) /H <2F4E> /I 1 /R 1 0 R /T true /Z null >>", 0)
    assert [type(value[key]) for key in ("/N", "/S", "/H", "/I", "/R")] == [Name, String, String, int, Reference]
    assert (value["/S"], value["/H"], bool(value["/T"]), value["/Z"]) == (b"/N", b"/N", True, None)


def test_a_stream_that_grows_beyond_measure_is_refused(world: World) -> None:
    import zlib  # noqa: PLC0415  because only this test packs a bomb

    bomb = zlib.compress(zlib.compress(bytes(200_000_000), 9), 9)
    body = b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream" % (len(bomb), bomb)
    source = Source(revise(world.files["plain"], Revision({90: body}))[:-1])
    with pytest.raises(Exception, match="limit"):
        _ = source.last.get_object(Reference(90, 0)).data


def test_plain_files_do_not_need_the_slow_reader() -> None:
    source = Source(plain().rstrip())
    assert source.last.root["/Type"] == "/Catalog"
    assert "_reader" not in vars(source.slow)
