"""Games with tables, generations and streams: what a table points to, and what two readers make of it."""

import re
import zlib
from collections.abc import Callable

import pytest

from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.raw import (
    Revision,
    body,
    last_xref,
    object_stream,
    revise,
    revise_by_stream,
    size,
    stream,
    table_stream,
)

EVIL = stream(b"BT (Palsu) Tj ET")
NEVER = {Verdict.FAILED, Verdict.UNREADABLE, Verdict.UNSIGNED}


def _place(pdf: bytes, number: int) -> int:
    return [found.start() for found in re.finditer(rb"(?m)^%d 0 obj" % number, pdf)][-1]


def _hybrid(pdf: bytes, objects: dict[int, bytes], main: bytes = b"0 0\n") -> bytes:
    """Return a hybrid revision (ISO 32000-2 clause 7.5.8.4): `objects` stand only in the stream for newer readers."""
    out, rows = pdf, {}
    for number, content in objects.items():
        rows[number] = (1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    hidden, number = len(out), size(out)
    out += table_stream(rows, b"/Root 1 0 R", number, hidden)
    trailer = b"/Size %d /Root 1 0 R /Prev %d /XRefStm %d" % (number + 1, last_xref(pdf), hidden)
    return out + b"xref\n%strailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (main, trailer, len(out))


def test_a_hybrid_table_that_hides_a_change_fails(world: World) -> None:
    pdf = world.files["approved proven"]
    report = world.check(_hybrid(pdf, {9: EVIL}))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


def test_a_hybrid_table_that_says_one_thing_to_each_reader_fails(world: World) -> None:
    pdf = world.files["approved proven"]
    rows = b"9 1\n%010d 00000 n \n" % _place(pdf, 9)
    assert world.check(_hybrid(pdf, {9: EVIL}, rows)).verdict is Verdict.FAILED


def test_a_hybrid_table_that_frees_what_the_stream_changes_fails(world: World) -> None:
    pdf = world.files["approved proven"]
    assert world.check(_hybrid(pdf, {9: EVIL}, b"9 1\n0000000000 00001 f \n")).verdict is Verdict.FAILED


def test_an_innocent_hybrid_revision_is_not_refused(world: World) -> None:
    report = world.check(_hybrid(world.files["approved proven"], {300: b"(nothing points here)"}))
    assert report.verdict is Verdict.PASSED


POINTERS: dict[str, Callable[[bytes], int]] = {
    "to another object": lambda pdf: _place(pdf, 8),
    "to nothing": lambda pdf: len(pdf) + 10_000,
    "to the header": lambda _: 0,
    "into a string": lambda pdf: pdf.index(b"(Pihak1)") + 1,
    "into the signature": lambda pdf: pdf.index(b"/Contents <") + 40,
    "into a stream": lambda pdf: pdf.index(b"BT /F1"),
    "to a table": last_xref,
    "into the next digit": lambda pdf: _place(pdf, 10) + 1,
}


@pytest.mark.parametrize("number", [6, 9, 12])
@pytest.mark.parametrize("where", POINTERS)
def test_an_entry_that_points_elsewhere_fails(world: World, where: str, number: int) -> None:
    pdf = world.files["approved proven"]
    report = world.check(revise(pdf, Revision(entries={number: (POINTERS[where](pdf), 0)})))
    assert report.verdict in NEVER


@pytest.mark.parametrize("generation", [1, 2, 65535])
def test_generations_hide_nothing(world: World, generation: int) -> None:
    pdf = world.files["approved proven"]
    places = {9: (_place(pdf, 10), generation)}
    for one in (Revision({9: EVIL}, generation=generation), Revision(entries=places), Revision(free=[6, 9])):
        assert world.check(revise(pdf, one)).verdict in NEVER
    freed = revise(pdf, Revision(free=[9]))
    assert world.check(revise(freed, Revision({9: EVIL}, generation=generation))).verdict in NEVER
    assert world.check(revise(freed, Revision({9: EVIL}))).verdict in NEVER


@pytest.mark.parametrize("previous", [0, 5, 15, 10**12, -1])
def test_a_table_before_that_is_none_never_passes(world: World, previous: int) -> None:
    pdf = world.files["approved proven"]
    assert world.check(revise(pdf, Revision({9: EVIL}, previous=previous))).verdict in NEVER
    assert world.check(revise(pdf, Revision(previous=previous))).verdict in NEVER


def test_tables_in_another_order_never_pass(world: World) -> None:
    """The last table stands before the one it follows, or follows itself."""
    pdf = world.files["approved proven"]
    changed = revise(pdf, Revision({9: EVIL}))
    circle = revise(changed, Revision(previous=len(changed)))
    pointed = revise(pdf, Revision({9: EVIL}, previous=last_xref(changed)))
    back = changed[: changed.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % last_xref(pdf)
    for attacked in (circle, pointed, back):
        assert world.check(attacked).verdict in NEVER


@pytest.mark.parametrize(
    "inside", [b"%%EOF\n", b"endstream\nendobj\n9 0 obj\n%s\nendobj\n" % EVIL, b"startxref\n0\n%%EOF\n"]
)
def test_what_looks_like_an_end_inside_a_stream_is_no_end(world: World, inside: bytes) -> None:
    """A stream's length counts, not what it says: the change after it is found all the same."""
    pdf = revise(world.files["approved proven"], Revision({300: stream(inside * 3)}))
    assert world.check(pdf).verdict is Verdict.PASSED
    assert world.check(revise(pdf, Revision({9: EVIL}))).reasons == (Reason.CHANGED_AFTER,)
    lied = revise(world.files["approved proven"], Revision({300: stream(inside * 3, b"/Length 4")}))
    assert world.check(lied).verdict in NEVER


@pytest.mark.parametrize(
    "keys",
    [
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >>",
        b"/XRefStm 15",
        b"/XRefStm 99999999",
        b"/Info 9 0 R",
        b"/Root 4 0 R",
    ],
)
def test_a_trailer_that_means_something_else_never_passes(world: World, keys: bytes) -> None:
    revision = Revision(trailer=keys, root=b"1 0 R") if b"/Root" not in keys else Revision(root=b"4 0 R")
    report = world.check(revise(world.files["approved proven"], revision))
    assert report.verdict in NEVER or (b"/Info" in keys and report.signatures[0].changes == ("archive", "metadata"))


def test_objects_that_stand_both_plain_and_packed_never_pass(world: World) -> None:
    pdf = world.files["approved proven"]
    packed = {9: b"(not a stream)", 6: body(pdf, 6).replace(b"9 0 R", b"10 0 R")}
    attacked = revise_by_stream(pdf, Revision({6: body(pdf, 6)}), {6: packed[6]})
    assert world.check(attacked).verdict in NEVER
    assert world.check(revise_by_stream(pdf, Revision(), packed)).verdict in NEVER


def test_an_object_stream_that_says_it_extends_another_hides_nothing(world: World) -> None:
    pdf = world.files["approved proven"]
    page = body(pdf, 6).replace(b"9 0 R", b"10 0 R")
    inner = object_stream({6: page}).replace(b"/ObjStm", b"/ObjStm /Extends 300 0 R")
    report = world.check(revise_by_stream(pdf, Revision({300: inner})))
    assert report.verdict is Verdict.PASSED  # no table leads into it, so nobody reads it
    rows = {6: (2, 300, 0)}
    start = len(pdf)
    out = pdf + b"300 0 obj\n%s\nendobj\n" % inner
    keys = b"/Root 1 0 R /Prev %d" % last_xref(pdf)
    out += table_stream({**rows, 300: (1, start, 0)}, keys, 301, len(out))
    attacked = out + b"startxref\n%d\n%%%%EOF\n" % out.rindex(b"301 0 obj")
    assert world.check(attacked).reasons == (Reason.CHANGED_AFTER,)


def test_a_cross_reference_stream_with_overlapping_sections_never_passes(world: World) -> None:
    pdf = world.files["approved proven"]
    data = b"".join(b"\1" + _place(pdf, number).to_bytes(4, "big") + b"\0\0" for number in (10, 9))
    keys = b"/Type /XRef /W [1 4 2] /Index [9 1 9 1] /Size 500 /Root 1 0 R /Prev %d" % last_xref(pdf)
    attacked = pdf + b"400 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(data, keys), len(pdf))
    assert world.check(attacked).verdict in NEVER


def test_a_cross_reference_stream_that_does_not_list_itself_is_not_refused(world: World) -> None:
    pdf = world.files["approved proven"]
    data = zlib.compress(b"\1" + _place(pdf, 9).to_bytes(4, "big") + b"\0\0")
    keys = b"/Filter /FlateDecode /Type /XRef /W [1 4 2] /Index [9 1] /Size 500 /Root 1 0 R /Prev %d" % last_xref(pdf)
    innocent = pdf + b"400 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(data, keys), len(pdf))
    assert world.check(innocent).verdict is Verdict.PASSED


@pytest.mark.parametrize("tail", [b"", b"\r", b"\n", b"\r\n"])
def test_every_line_end_after_the_last_mark_is_its_own(world: World, tail: bytes) -> None:
    assert world.check(world.files["approved proven"].rstrip() + tail).verdict is Verdict.PASSED
