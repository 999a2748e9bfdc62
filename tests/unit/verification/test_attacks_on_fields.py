"""Attacks on signed fields themselves: values swapped, names changed, faces exchanged, resources shared."""

import pytest

from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import FIELDS, Signing, archived, plain, prove, sign
from tests.unit.verification.raw import Revision, body, revise, revise_by_stream, stream

LID = stream(b"1 g 0 0 600 900 re f", b"/Subtype /Form /Type /XObject /BBox [0 0 160 60]")
NUMBER, SECOND, FORM, PAGE = 2, 3, 1, 6  # fields, catalogue with the form, page: as in files.plain()


def _edited(pdf: bytes, number: int, old: bytes, new: bytes) -> dict[int, bytes]:
    changed = body(pdf, number).replace(old, new)
    assert changed != body(pdf, number)
    return {number: changed}


EDITS = {
    "renamed": (b"(Pihak1)", b"(Pihak7)"),
    "of another type": (b"/FT /Sig", b"/FT /Tx"),
    "moved": (b"[ 72 100 232 160 ]", b"[0 0 595 842]"),
    "hidden": (b"/F 132", b"/F 2"),
    "on another page": (b"/P 6 0 R", b"/P 8 0 R"),
    "with a lock": (b"/F 132", b"/F 132 /Lock << /Type /SigFieldLock /Action /All >>"),
    "with a script": (b"/F 132", b"/F 132 /AA << >>"),
    "with a border": (b"/F 132", b"/F 132 /MK << /BG [1] >>"),
    "with children": (b"/F 132", b"/F 132 /Kids [3 0 R]"),
    "without its face": (b"/AP << /N 5 0 R >>", b""),
    "with another face": (b"5 0 R", b"300 0 R"),
    "with the face of the other": (b"5 0 R", b"7 0 R"),
    "with a face of two states": (b"/N 5 0 R", b"/N << /A 5 0 R /B 300 0 R >>"),
    "with a face when pointed at": (b"/N 5 0 R", b"/N 5 0 R /R 300 0 R"),
    "with its value in place": (b"/V 12 0 R", b"/V << /Type /Sig >>"),
    "with another value": (b"/V 12 0 R", b"/V 300 0 R"),
    "without value": (b"/V 12 0 R", b""),
}


@pytest.mark.parametrize("way", [revise, revise_by_stream], ids=["table", "stream"])
@pytest.mark.parametrize("edit", EDITS)
def test_a_signed_field_that_is_changed_never_passes(world: World, edit: str, way: object) -> None:
    assert callable(way)
    pdf = world.files["archived"]
    number = 3  # the field of the seal comes first here
    old, new = EDITS[edit]
    old = {b"[ 72 100 232 160 ]": b"[ 272 100 432 160 ]"}.get(old, old)
    spelled = body(pdf, number).replace(b"\n", b" ")
    changed = " ".join(spelled.decode("latin-1").split()).encode("latin-1")
    value = changed[changed.index(b"/V ") :].split()[1]
    look = changed[changed.index(b"/N ") :].split()[1]
    page = changed[changed.index(b"/P ") :].split()[1]
    for known, here in ((b"12 0 R", value + b" 0 R"), (b"5 0 R", look + b" 0 R"), (b"/P 6 0 R", b"/P %s 0 R" % page)):
        old, new = old.replace(known, here), new.replace(known, here)
    assert old in changed
    report = world.check(way(pdf, Revision({number: changed.replace(old, new), 300: LID})))
    assert report.verdict is Verdict.FAILED
    assert {*report.reasons} & {Reason.CHANGED_AFTER, Reason.BYTERANGE_INVALID}


def test_values_may_not_be_swapped_between_fields(world: World) -> None:
    """Both signatures stay good; they only stand in the other's field."""
    pdf = world.files["twice"]
    one, two = (" ".join(body(pdf, number).decode().split()) for number in (3, 4))
    first, second = (text[text.index("/V ") :].split()[1] for text in (one, two))
    swapped = {3: one.replace(f"/V {first} ", f"/V {second} "), 4: two.replace(f"/V {second} ", f"/V {first} ")}
    report = world.check(revise(pdf, Revision({number: text.encode() for number, text in swapped.items()})))
    assert (report.verdict, Reason.CHANGED_AFTER in report.reasons) == (Verdict.FAILED, True)
    both = revise(pdf, Revision({4: swapped[4].encode()}))
    assert world.check(both).verdict is Verdict.FAILED


def test_a_value_may_not_be_shared_by_two_fields(world: World) -> None:
    pdf = world.files["approved proven"]
    shared = body(pdf, SECOND)[:-2] + b"/V 12 0 R >>"
    report = world.check(revise(pdf, Revision({SECOND: shared})))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


def test_a_field_that_leaves_the_form_takes_no_signature_with_it(world: World) -> None:
    """To hide a bad signature, its field is taken out of the form: the good one beside it tells."""
    pdf = world.files["archived"]
    grown = body(pdf, FORM).replace(b"3 0 R", b"", 1)
    report = world.check(revise(pdf, Revision({FORM: grown})))
    assert (report.verdict, Reason.CHANGED_AFTER in report.reasons) == (Verdict.FAILED, True)


@pytest.mark.parametrize("inherits", [b"/FT /Sig", b"/V 12 0 R", b"/Ff 1", b"/T (Atas)"])
def test_a_parent_that_comes_later_fails(world: World, inherits: bytes) -> None:
    pdf = world.files["approved proven"]
    form = _edited(pdf, FORM, b"2 0 R 3 0 R", b"300 0 R 3 0 R")
    child = body(pdf, NUMBER)[:-2] + b"/Parent 300 0 R >>"
    parent = b"<< /Kids [2 0 R] %s >>" % inherits
    assert world.check(revise(pdf, Revision({**form, NUMBER: child, 300: parent}))).verdict is Verdict.FAILED


def test_a_resource_shared_with_a_signed_face_may_not_change(world: World) -> None:
    """The face of a signature draws a letter that the page draws too; the letter changes with the next signature."""
    base = plain()
    letter = stream(b"9 0 d0 0 0 9 9 re f")
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /CharProcs << /a 61 0 R >>"
        b" /Encoding << /Differences [65 /a] >> /FirstChar 65 /LastChar 65 /Widths [9] >>"
    )
    face = stream(b"BT /F 9 Tf (A) Tj ET", b"/Subtype /Form /BBox [0 0 160 60] /Resources << /Font << /F 60 0 R >> >>")
    page = _edited(base, PAGE, b"/Resources << >>", b"/Resources << /Font << /F 60 0 R >> >>")
    prepared = revise(base, Revision({**page, 5: face, 60: font, 61: letter}))
    pdf = prove(sign(prepared, world.head, Signing(stamp=world.pki.tsa)), world.pki, (world.head,))
    assert world.check(pdf).verdict is Verdict.PASSED
    other = stream(b"9 0 d0 0 0 900 900 re f")
    for evil in ({61: other}, {60: font.replace(b"61 0 R", b"62 0 R"), 62: other}, {5: LID}):
        assert world.check(revise(pdf, Revision(evil))).reasons == (Reason.CHANGED_AFTER,)


def test_signing_one_field_may_not_change_the_face_of_another(world: World) -> None:
    pdf = world.files["once"]
    later = sign(pdf, world.official, Signing(FIELDS[1], stamp=world.pki.tsa))
    face = int(body(pdf, 3)[body(pdf, 3).index(b"/N ") :].split()[1])
    attacked = revise(later, Revision({face: LID}))
    reasons = {found.field: found.reasons for found in world.check(attacked).signatures}
    assert all(Reason.CHANGED_AFTER in found for found in reasons.values())


def test_the_newest_signature_is_judged_like_any_other(world: World) -> None:
    """After the archive timestamp nothing covers an attack; every signature before it must tell."""
    pdf = archived(world.files["approved"], world.pki, (world.head,))
    report = world.check(revise(pdf, Revision({9: LID})))
    assert [found.changes_after for found in report.signatures] == ["not permitted"] * 2
