"""Form fields after a signature: filled, replaced, locked, and used as a lid (docs/decisions/0011)."""

import re

import pytest
from pyhanko.sign import fields

from backend.verification.report import SignatureReport
from backend.verification.verdict import Note, Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import FIELDS, Signing, plain, prove, sign
from tests.unit.verification.raw import Revision, body, revise, stream

TEXT, CHECK, LOOK, RADIO = 40, 41, 42, 43
BLANK = stream(b"/Tx BMC q 0 0 100 20 re W n BT /Helv 9 Tf () Tj ET Q EMC", b"/Subtype /Form /BBox [0 0 100 20]")
SHOWN = stream(b"/Tx BMC BT /Helv 9 Tf (Rp 100) Tj ET EMC", b"/Subtype /Form /BBox [0 0 100 20]")
OTHER = stream(b"/Tx BMC BT /Helv 9 Tf (Rp 900) Tj ET EMC", b"/Subtype /Form /BBox [0 0 100 20]")
NONE, FILL = None, fields.MDPPerm.FILL_FORMS


def form(value: bytes = b"", look: bytes = BLANK, rect: bytes = b"[72 300 172 320]") -> bytes:
    """Return the plain file with a text field and a check box."""
    pdf = plain(("Segel", *FIELDS))
    text = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (Nilai) /F 4 /Rect %s /AP << /N 42 0 R >> %s >>" % (
        rect,
        value,
    )
    check = (
        b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (Setuju) /F 4 /Rect [72 400 82 410]"
        b" /AS /Off /AP << /N << /Ya 43 0 R >> >> >>"
    )
    changed = {
        1: body(pdf, 1).replace(b"4 0 R ]", b"4 0 R 40 0 R 41 0 R ]"),
        7: body(pdf, 7).replace(b"4 0 R ]", b"4 0 R 40 0 R 41 0 R ]"),
    }
    return revise(pdf, Revision({**changed, TEXT: text, CHECK: check, LOOK: look, RADIO: SHOWN}))


def signed(world: World, pdf: bytes, level: fields.MDPPerm | None) -> bytes:
    """Return the file with a signature of the ministry, certifying at a level or not at all, and its proofs."""
    key = f"form {level} {hash(pdf)}"
    if key not in world.files:
        how = Signing("Segel", certify=level is not None, stamp=world.pki.tsa, permissions=level or FILL)
        world.files[key] = prove(sign(pdf, world.ministry, how), world.pki, (world.ministry, world.head))
    return world.files[key]


def _filled(pdf: bytes, value: bytes = b"/V (Rp 900)", look: bytes = OTHER) -> bytes:
    found = body(pdf, TEXT)
    old = b"/V (Rp 100)"
    return revise(pdf, Revision({TEXT: found.replace(old, b"")[:-2] + value + b" >>", LOOK: look}))


def _checked(pdf: bytes) -> bytes:
    return revise(pdf, Revision({CHECK: body(pdf, CHECK).replace(b"/AS /Off", b"/AS /Ya /V /Ya")}))


def _seal(world: World, pdf: bytes) -> SignatureReport:
    return world.check(pdf).signatures[0]


@pytest.mark.parametrize("fill", [_filled, _checked], ids=["text", "box"])
def test_filling_an_empty_field_passes_where_the_certifier_allowed_it(world: World, fill: object) -> None:
    assert callable(fill)
    report = world.check(fill(signed(world, form(), FILL)))
    assert report.verdict is Verdict.PASSED
    assert Note.FORM_FILLED in report.notes
    assert "form" in report.signatures[0].changes


@pytest.mark.parametrize("fill", [_filled, _checked], ids=["text", "box"])
def test_filling_an_empty_field_after_an_approval_is_undecided(world: World, fill: object) -> None:
    """Permitted by the standard, and yet not what the signer saw: he is never said to have signed it."""
    assert callable(fill)
    report = world.check(fill(signed(world, form(), NONE)))
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.VISIBLE_ADDITION,))
    assert report.signatures[0].changes_after == "visible"


@pytest.mark.parametrize(
    ("value", "look"),
    [(b"/V (Rp 100)", SHOWN), (b"/V (Rp 100)", BLANK), (b"", SHOWN)],
    ids=["value", "value unseen", "shown without value"],
)
def test_replacing_what_a_field_showed_fails_after_an_approval(world: World, value: bytes, look: bytes) -> None:
    """Shadow attack `replace via form`: a field that shows one thing may not show another."""
    report = world.check(_filled(signed(world, form(value, look), NONE)))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))
    allowed = world.check(_filled(signed(world, form(value, look), FILL)))
    assert (allowed.verdict, allowed.reasons) == (Verdict.INDETERMINATE, (Reason.VISIBLE_ADDITION,))


def test_emptying_a_field_fails_after_an_approval(world: World) -> None:
    pdf = signed(world, form(b"/V (Rp 100)", SHOWN), NONE)
    assert world.check(_filled(pdf, b"/V ()", BLANK)).reasons == (Reason.CHANGED_AFTER,)


def test_a_look_that_changes_without_its_field_counts_as_filling(world: World) -> None:
    pdf = signed(world, form(b"/V (Rp 100)", SHOWN), NONE)
    assert world.check(revise(pdf, Revision({LOOK: OTHER}))).reasons == (Reason.CHANGED_AFTER,)


def test_a_field_as_large_as_the_page_is_a_lid(world: World) -> None:
    """The certifier allowed filling; what a field of this size covers, only an eye can tell."""
    report = world.check(_filled(signed(world, form(rect=b"[0 0 595 842]"), FILL)))
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.VISIBLE_ADDITION,))


def test_a_certification_that_allows_nothing_allows_no_filling(world: World) -> None:
    closed = signed(world, form(), fields.MDPPerm.NO_CHANGES)
    for fill in (_filled, _checked):
        assert world.check(fill(closed)).reasons == (Reason.CHANGED_AFTER,)


CHANGED = {
    "moved": (b"[72 300 172 320]", b"[0 0 595 842]"),
    "unhidden": (b"/F 4", b"/F 0"),
    "renamed": (b"(Nilai)", b"(Lain)"),
    "of another type": (b"/FT /Tx", b"/FT /Ch"),
    "with a script": (b"/F 4", b"/F 4 /AA << >>"),
    "writable": (b"/F 4", b"/F 4 /Ff 2"),
    "freed of its type": (b"/FT /Tx", b""),
    "coloured": (b"/F 4", b"/F 4 /MK << /BG [1 1 1] >>"),
}


@pytest.mark.parametrize("how", CHANGED)
@pytest.mark.parametrize("level", [NONE, FILL, fields.MDPPerm.ANNOTATE])
def test_anything_else_about_a_field_fails(world: World, level: fields.MDPPerm | None, how: str) -> None:
    pdf = signed(world, form(), level)
    changed = body(pdf, TEXT).replace(*CHANGED[how])
    assert changed != body(pdf, TEXT)
    assert world.check(revise(pdf, Revision({TEXT: changed}))).reasons == (Reason.CHANGED_AFTER,)


def test_closing_a_field_against_input_is_no_change(world: World) -> None:
    pdf = signed(world, form(), FILL)
    closed = body(pdf, TEXT).replace(b"/F 4", b"/F 4 /Ff 1")
    assert world.check(revise(pdf, Revision({TEXT: closed}))).verdict is Verdict.PASSED


def test_a_new_field_fails_at_every_level(world: World) -> None:
    new = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (Baru) /Rect [0 0 9 9] /V (x) >>"
    for level in (NONE, FILL, fields.MDPPerm.ANNOTATE):
        pdf = signed(world, form(), level)
        grown = {number: body(pdf, number).replace(b"41 0 R ]", b"41 0 R 300 0 R ]") for number in (1, 7)}
        assert world.check(revise(pdf, Revision({**grown, 300: new}))).reasons == (Reason.CHANGED_AFTER,)


def test_a_look_shared_with_the_page_is_no_form_filling(world: World) -> None:
    """The page draws the field's look too: filling the field would change the page."""
    base = form()
    shared = body(base, 7)[:-2] + b"/Resources << /XObject << /X 42 0 R >> >> >>"
    pdf = signed(world, revise(base, Revision({7: shared.replace(b"/Resources << >>", b"")})), FILL)
    assert world.check(_filled(pdf)).reasons == (Reason.CHANGED_AFTER,)


@pytest.mark.parametrize("action", list(fields.FieldMDPAction))
def test_a_lock_on_form_fields_is_kept(world: World, action: fields.FieldMDPAction) -> None:
    names = None if action is fields.FieldMDPAction.ALL else ["Nilai"]
    lock = fields.FieldMDPSpec(action, names)
    how = Signing("Kunci", stamp=world.pki.tsa, new_field=fields.SigFieldSpec("Kunci", field_mdp_spec=lock))
    pdf = prove(sign(form(), world.ministry, how), world.pki, (world.ministry,))
    locked = action is not fields.FieldMDPAction.EXCLUDE
    expected = "not permitted" if locked else "visible"
    assert _seal(world, _filled(pdf)).changes_after == expected


def test_a_lock_on_a_parent_closes_its_children(world: World) -> None:
    lock = fields.FieldMDPSpec(fields.FieldMDPAction.INCLUDE, ["Bab"])
    base = form()
    child = body(base, TEXT)[:-2] + b"/Parent 44 0 R >>"
    parent = b"<< /T (Bab) /Kids [40 0 R] >>"
    base = revise(base, Revision({TEXT: child, 44: parent, 1: body(base, 1).replace(b"40 0 R", b"44 0 R")}))
    how = Signing("Kunci", stamp=world.pki.tsa, new_field=fields.SigFieldSpec("Kunci", field_mdp_spec=lock))
    pdf = prove(sign(base, world.ministry, how), world.pki, (world.ministry,))
    assert _seal(world, _filled(pdf)).changes_after == "not permitted"


def test_a_lock_may_not_be_taken_off(world: World) -> None:
    lock = fields.FieldMDPSpec(fields.FieldMDPAction.ALL)
    how = Signing("Kunci", stamp=world.pki.tsa, new_field=fields.SigFieldSpec("Kunci", field_mdp_spec=lock))
    pdf = prove(sign(form(), world.ministry, how), world.pki, (world.ministry,))
    number = int(pdf[: pdf.rindex(b"/Lock")].rsplit(b" 0 obj", 1)[0].split()[-1])
    found = body(pdf, number)
    taken = re.sub(rb"/Lock \d+ 0 R", b"", found)
    assert taken != found
    assert world.check(revise(pdf, Revision({number: taken}))).verdict is Verdict.FAILED
