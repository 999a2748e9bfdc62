"""Signature wrapping and incremental saving (Mladenov et al., 2019), each in the variants that the paper names."""

import re
from collections.abc import Callable

import pytest

from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.raw import OBJECT, Revision, body, last_xref, revise, stream
from tests.unit.verification.test_attacks_on_bytes import _gap, _set_range

EVIL = stream(b"BT (Palsu) Tj ET")
PAGE = b"9 0 obj\n%s\nendobj\n" % EVIL
SIGNED, BROKEN = {Verdict.FAILED}, {Verdict.FAILED, Verdict.UNREADABLE}


def _trailer(pdf: bytes, place: int, rows: bytes = b"0 0\n") -> bytes:
    previous = last_xref(pdf)
    return b"xref\n%strailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (rows, previous, place)


def _saved_whole(pdf: bytes) -> bytes:
    return revise(pdf, Revision({9: EVIL}))


def _saved_without_table(pdf: bytes) -> bytes:
    return (
        pdf
        + PAGE
        + b"trailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            last_xref(pdf),
            last_xref(pdf),
        )
    )


def _saved_with_the_table_of_before(pdf: bytes) -> bytes:
    return pdf + PAGE + b"startxref\n%d\n%%%%EOF\n" % last_xref(pdf)


def _saved_without_end(pdf: bytes) -> bytes:
    return pdf + PAGE


def _saved_with_a_copy_of_the_signature(pdf: bytes) -> bytes:
    """The copy comes last, so that a lazy verifier takes it for one that covers everything."""
    value = re.search(rb"12 0 obj.*?endobj", pdf, re.DOTALL)
    assert value
    return revise(pdf, Revision({9: EVIL, 12: value[0][8:-6].strip()}))


def _saved_under_an_innocent_table(pdf: bytes) -> bytes:
    """The new object is in the file and in no table: only a reader that repairs files shows it."""
    return pdf + PAGE + _trailer(pdf, len(pdf) + len(PAGE))


def _saved_with_the_table_in_a_comment(pdf: bytes) -> bytes:
    rows = b"9 1\n%010d 00000 n \n" % len(pdf)
    hidden = b"%" + _trailer(pdf, len(pdf) + len(PAGE), rows).replace(b"\n", b" ").strip() + b"\n"
    return pdf + PAGE + hidden


def _saved_with_a_table_inside_a_stream(pdf: bytes) -> bytes:
    """The table that counts lies inside a stream, the visible one is empty."""
    start = len(pdf)
    head = b"70 0 obj\n<< /Length 900 >>\nstream\n"
    inner = _trailer(pdf, 0, b"9 1\n%010d 00000 n \n" % start)
    place = start + len(PAGE) + len(head)
    inner = inner[: inner.index(b"startxref")].ljust(900)
    return pdf + PAGE + head + inner + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % place


INCREMENTAL: list[Callable[[bytes], bytes]] = [
    _saved_whole,
    _saved_without_table,
    _saved_with_the_table_of_before,
    _saved_without_end,
    _saved_with_a_copy_of_the_signature,
    _saved_under_an_innocent_table,
    _saved_with_the_table_in_a_comment,
    _saved_with_a_table_inside_a_stream,
]


@pytest.mark.parametrize("kind", ["approved proven", "sealed proven", "archived"])
@pytest.mark.parametrize("attack", INCREMENTAL)
def test_incremental_saving_fails(world: World, kind: str, attack: Callable[[bytes], bytes]) -> None:
    report = world.check(attack(world.files[kind]))
    assert report.verdict is Verdict.FAILED
    assert {*report.reasons} & {Reason.CHANGED_AFTER, Reason.NOT_COVERED, Reason.BYTERANGE_INVALID}


def _wrap(pdf: bytes, evil: bytes, *, at: str) -> bytes:
    """Move the signed second part away from the gap and put `evil` between: after the value, or inside its padding."""
    first, second = _gap(pdf)
    length = len(pdf) - second
    cut = second if at == "after the value" else second - 40
    shifted = pdf[:cut] + evil + pdf[cut:]
    return _set_range(shifted, b"0 %d %d %d" % (first, second + len(evil), length))


@pytest.mark.parametrize("at", ["after the value", "inside the padding"])
@pytest.mark.parametrize(
    "evil",
    [PAGE, b">>\nendobj\n" + PAGE, b"> /Foo <", b"% ", b" " * 40, b"\0" * 40, b"<30>", b"/Contents <00> "],
    ids=["object", "object after end", "string", "comment", "blanks", "zero bytes", "value", "key"],
)
def test_wrapping_fails(world: World, evil: bytes, at: str) -> None:
    assert world.check(_wrap(world.files["approved"], evil, at=at)).verdict in BROKEN


def test_wrapping_with_a_table_of_its_own_fails(world: World) -> None:
    """The classic: the second signed part goes to the end, a second table before it leads to the new page."""
    pdf = world.files["approved"]
    first, second = _gap(pdf)
    table = second + len(PAGE)
    evil = PAGE + _trailer(pdf, table, b"9 1\n%010d 00000 n \n" % second)
    signed = pdf[second:]
    attacked = _set_range(pdf[:second] + evil + signed, b"0 %d %d %d" % (first, second + len(evil), len(signed)))
    pointed = attacked[: attacked.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % table
    for one in (attacked, pointed):
        report = world.check(one)
        assert report.verdict in BROKEN | {Verdict.UNSIGNED}


def test_a_second_copy_of_the_signed_part_does_not_help(world: World) -> None:
    """The signed bytes appear twice; the range speaks of the second copy, the reader of the first, changed one."""
    pdf = world.files["basic"]
    changed = pdf.replace(b"Nota Kesepakatan 1", b"Nota Kesepakatan 7", 1)
    assert world.check(changed + pdf).verdict in BROKEN
    assert world.check(pdf + changed).verdict in BROKEN


@pytest.mark.parametrize("later", [b"%PDF-1.4\n", b"\xef\xbb\xbf", b"\0" * 1000, b"GIF89a"])
def test_bytes_before_the_header_never_pass(world: World, later: bytes) -> None:
    assert world.check(later + world.files["archived"]).verdict in BROKEN


def test_a_header_changed_after_signing_fails(world: World) -> None:
    pdf = world.files["archived"]
    assert world.check(pdf.replace(b"%PDF-1.3", b"%PDF-1.7", 1)).verdict is Verdict.FAILED


def test_an_older_revision_may_not_come_back_beside_what_followed_it(world: World) -> None:
    """The table skips the revision of the second signature, whose bytes stay in the file."""
    twice = world.files["twice"]
    ends = [found.end() for found in re.finditer(rb"%%EOF\n", twice)]
    seal = last_xref(twice[: ends[1]])
    report = world.check(revise(twice, Revision(previous=seal)))
    assert [found.field for found in report.signatures] == ["Segel"]
    assert (report.verdict, report.reasons[0]) == (Verdict.FAILED, Reason.CHANGED_AFTER)


def test_the_objects_of_the_plain_file_are_where_the_attacks_think(world: World) -> None:
    """These attacks know the numbers: 2 and 3 are fields, 6 the first page, 9 its content, 12 the first signature."""
    pdf = world.files["approved"]
    assert b"/T (Pihak1)" in body(pdf, 2)
    assert b"/Contents 9 0 R" in body(pdf, 6)
    assert b"/Sig" in body(pdf, 12)
    assert {b"9", b"12"} <= set(OBJECT.findall(pdf))
