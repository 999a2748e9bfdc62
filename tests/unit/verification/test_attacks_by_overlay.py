"""Overlays after an approval signature, by a new signature field: unsigned, signed by a stranger, signed by anybody.

notes, signing 5: pyHanko's default policy accepts all three. A field in sight that came later never passes here.
"""

import pytest
from pyhanko.sign import fields

from backend.verification.report import Report
from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import FIELDS, Signing, archived, prove, sign
from tests.unit.verification.pki import Member, issue, name
from tests.unit.verification.raw import Revision, body, revise, stream

SMALL, LARGE, PAGE = (300, 300, 400, 340), (50, 50, 500, 400), (0, 0, 595, 842)
LID = stream(b"1 g 0 0 600 900 re f", b"/Subtype /Form /BBox [0 0 100 40]")
FIELD = (
    b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Lapis) /F 132 /P 6 0 R /Rect [300 300 400 340]"
    b" /AP << /N 301 0 R >> %s >>"
)


def _first(report: Report) -> tuple[Reason, ...]:
    return next(found.reasons for found in report.signatures if found.field == FIELDS[0])


def _overlaid(world: World, member: Member, box: tuple[int, int, int, int]) -> bytes:
    how = Signing("Lapis", stamp=world.pki.tsa, new_field=fields.SigFieldSpec("Lapis", box=box), face=True)
    return prove(sign(world.files["approved proven"], member, how), world.pki, (world.head, world.official))


def _raw(world: World, field: bytes, more: dict[int, bytes] | None = None, *, list_it: bool = True) -> bytes:
    pdf = world.files["approved proven"]
    grown = {number: body(pdf, number).replace(b"3 0 R ]", b"3 0 R 300 0 R ]") for number in (1, 6)}
    if not list_it:
        grown.pop(1)
    return revise(pdf, Revision({**grown, 300: field, 301: LID, **(more or {})}))


@pytest.mark.parametrize("box", [LARGE, PAGE])
def test_a_large_face_fails_whoever_signed_it(world: World, box: tuple[int, int, int, int]) -> None:
    for member in (world.official, issue(name("Penyusup Rekaan"))):
        report = world.check(_overlaid(world, member, box))
        assert report.verdict is Verdict.FAILED
        assert _first(report) == (Reason.CHANGED_AFTER,)


def test_a_small_face_leaves_the_earlier_signature_undecided(world: World) -> None:
    """This is how many signers really sign, and how a sum is covered: only an eye can tell them apart."""
    for member in (world.official, issue(name("Penyusup Rekaan"))):
        report = world.check(_overlaid(world, member, SMALL))
        assert report.verdict is Verdict.INDETERMINATE
        assert _first(report) == (Reason.VISIBLE_ADDITION,)
        assert "appearance" in report.signatures[0].changes


def test_archiving_does_not_wash_it_clean(world: World) -> None:
    pdf = archived(_overlaid(world, world.official, SMALL), world.pki, (world.head, world.official))
    assert _first(world.check(pdf)) == (Reason.VISIBLE_ADDITION,)


UNSIGNED = {
    "no value": FIELD % b"",
    "a value that is null": FIELD % b"/V null",
    "a look that is a lid": FIELD.replace(b"[300 300 400 340]", b"[0 0 595 842]") % b"",
    "a line thin as a hair": FIELD.replace(b"[300 300 400 340]", b"[0 0 595 0.1]") % b"",
    "no rectangle at all": FIELD.replace(b"/Rect [300 300 400 340]", b"") % b"",
}


@pytest.mark.parametrize("kind", UNSIGNED)
def test_a_new_field_without_signature_fails(world: World, kind: str) -> None:
    report = world.check(_raw(world, UNSIGNED[kind]))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


VALUE = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Contents <00> /ByteRange [0 1 2 3] >>"
SIGNED = {
    "a value of nothing": FIELD % b"/V 302 0 R",
    "the value of another": FIELD % b"/V 12 0 R",
    "a script": FIELD % b"/V 302 0 R /AA << /E << /S /JavaScript /JS (0) >> >>",
    "an action": FIELD % b"/V 302 0 R /A << /S /URI /URI (http:) >>",
    "a layer": FIELD % b"/V 302 0 R /OC << >>",
    "a parent": FIELD % b"/V 302 0 R /Parent 2 0 R",
    "a rectangle of words": FIELD.replace(b"[300 300 400 340]", b"[/a /b /c /d]") % b"/V 302 0 R",
    "a rectangle of three": FIELD.replace(b"[300 300 400 340]", b"[0 0 595]") % b"/V 302 0 R",
    "a visible timestamp": FIELD % b"/V << /Type /DocTimeStamp >>",
}


@pytest.mark.parametrize("kind", SIGNED)
def test_a_new_field_with_half_a_signature_fails(world: World, kind: str) -> None:
    report = world.check(_raw(world, SIGNED[kind], {302: VALUE}))
    assert report.verdict is Verdict.FAILED
    assert _first(report) == ((Reason.VISIBLE_ADDITION,) if kind == "a value of nothing" else (Reason.CHANGED_AFTER,))


def test_a_widget_on_the_page_that_is_in_no_form_fails(world: World) -> None:
    report = world.check(_raw(world, FIELD % b"/V 302 0 R", {302: VALUE}, list_it=False))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


def test_a_field_with_an_old_object_for_widget_fails(world: World) -> None:
    """The new field takes an old object for its face, or an old field for its child."""
    for kids in (b"[9 0 R]", b"[3 0 R]", b"[300 0 R]", b"[<< /Rect [0 0 9 9] >>]"):
        field = FIELD.replace(b"/T (Lapis)", b"/T (Lapis) /Kids " + kids)
        assert _first(world.check(_raw(world, field % b"/V 302 0 R", {302: VALUE}))) == (Reason.CHANGED_AFTER,)


@pytest.mark.parametrize("twin", [FIELDS[0].encode(), FIELDS[1].encode()])
def test_a_second_field_of_a_name_that_exists_fails(world: World, twin: bytes) -> None:
    report = world.check(_raw(world, FIELD.replace(b"Lapis", twin) % b"/V 302 0 R", {302: VALUE}))
    assert report.verdict is Verdict.FAILED


def test_the_lists_may_only_grow_at_their_end(world: World) -> None:
    """The order of fields and annotations is what lies on top of what."""
    pdf = world.files["approved proven"]
    for number in (1, 6):
        for old, new in (
            (b"2 0 R 3 0 R", b"3 0 R 2 0 R"),
            (b"2 0 R 3 0 R", b"2 0 R"),
            (b"2 0 R 3", b"300 0 R 2 0 R 3"),
        ):
            swapped = body(pdf, number).replace(old, new)
            report = world.check(revise(pdf, Revision({number: swapped, 300: FIELD % b"/V 302 0 R", 302: VALUE})))
            assert Reason.CHANGED_AFTER in report.reasons
