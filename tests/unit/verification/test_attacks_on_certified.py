"""Attacks on certified files (Rohlmann et al., 2021): evil annotations, sneaky signatures, and what levels allow."""

import pytest
from pyhanko.sign import fields

from backend.verification.report import Report
from backend.verification.verdict import Note, Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import FIELDS, Signing, plain, prove, sign
from tests.unit.verification.pki import issue, name
from tests.unit.verification.raw import Revision, body, revise, stream

PAGE = (0, 0, 595, 842)
SMALL = (300, 300, 400, 340)
Level = fields.MDPPerm
LEVELS = [Level.NO_CHANGES, Level.FILL_FORMS, Level.ANNOTATE]


def certified(world: World, level: Level) -> bytes:
    """Return a file with the ministry's certification at a level of DocMDP, proofs inside."""
    key = f"certified {level}"
    if key not in world.files:
        how = Signing("Segel", certify=True, stamp=world.pki.tsa, permissions=level)
        pdf = sign(plain(("Segel", *FIELDS)), world.ministry, how)
        world.files[key] = prove(pdf, world.pki, (world.ministry, world.head))
    return world.files[key]


def _of(report: Report, field: str) -> tuple[Reason, ...]:
    return next(found.reasons for found in report.signatures if found.field == field)


COMMENTS = {
    "free text": b"/FreeText /DA (/Helv 12 Tf) /Contents (Rp 1)",
    "stamp": b"/Stamp /AP << /N 301 0 R >>",
    "redaction": b"/Redact /OverlayText (Rp 1)",
    "highlight": b"/Highlight /QuadPoints [0 0 9 0 0 9 9 9]",
    "square": b"/Square /IC [1 1 1]",
    "ink": b"/Ink /InkList [[0 0 9 9]]",
    "link with a script": b"/Link /A << /S /JavaScript /JS (0) >>",
    "popup": b"/Popup",
    "watermark": b"/Watermark /AP << /N 301 0 R >>",
    "attached file": b"/FileAttachment",
    "three dimensions": b"/3D",
}


def _commented(pdf: bytes, kind: str, *, page: int = 7) -> bytes:
    assert b"/Type /Page " in body(pdf, page) + b" "
    comment = b"<< /Type /Annot /F 4 /Rect [0 0 595 842] /Subtype %s >>" % COMMENTS[kind]
    found = body(pdf, page)
    grown = found.replace(b"4 0 R ]", b"4 0 R 300 0 R ]")
    assert grown != found
    look = stream(b"1 g 0 0 595 842 re f", b"/Subtype /Form /BBox [0 0 595 842]")
    return revise(pdf, Revision({page: grown, 300: comment, 301: look}))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", COMMENTS)
def test_an_evil_annotation_never_passes(world: World, kind: str, level: Level) -> None:
    """Where the certifier allowed comments, only an eye can tell what one covers: nobody is told that it is good."""
    report = world.check(_commented(certified(world, level), kind))
    if level is Level.ANNOTATE:
        assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.VISIBLE_ADDITION,))
        assert report.signatures[0].changes_after == "visible"
    else:
        assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


def test_a_comment_that_changes_an_older_one_fails_at_every_level(world: World) -> None:
    base = _commented(plain(("Segel", *FIELDS)), "square")
    how = Signing("Segel", certify=True, stamp=world.pki.tsa, permissions=Level.ANNOTATE)
    pdf = prove(sign(base, world.ministry, how), world.pki, (world.ministry,))
    assert world.check(pdf).verdict is Verdict.PASSED
    moved = body(pdf, 300).replace(b"[0 0 595 842]", b"[0 0 1 1]")
    assert world.check(revise(pdf, Revision({300: moved}))).reasons == (Reason.CHANGED_AFTER,)


def test_a_comment_after_an_approval_fails(world: World) -> None:
    pdf = world.files["approved proven"]
    comment = b"<< /Type /Annot /Subtype /FreeText /Rect [0 0 9 9] /Contents (x) >>"
    page = body(pdf, 6).replace(b"3 0 R ]", b"3 0 R 300 0 R ]")
    report = world.check(revise(pdf, Revision({6: page, 300: comment})))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


@pytest.mark.parametrize("box", [PAGE, SMALL], ids=["page", "small"])
@pytest.mark.parametrize("level", LEVELS[1:])
def test_a_sneaky_signature_fails_whoever_made_it(world: World, level: Level, box: tuple[int, int, int, int]) -> None:
    """A new field with a face, after a certification: the certifier allowed fields that he saw, and no others."""
    for member in (world.head, issue(name("Penyusup Rekaan"))):
        sneaky = Signing("Lapis", new_field=fields.SigFieldSpec("Lapis", box=box), face=True)
        report = world.check(sign(certified(world, level), member, sneaky))
        assert report.verdict is Verdict.FAILED
        assert _of(report, "Segel") == (Reason.CHANGED_AFTER,)


@pytest.mark.parametrize("level", LEVELS)
def test_a_signature_in_a_field_that_the_certifier_saw(world: World, level: Level) -> None:
    pdf = prove(certified(world, level), world.pki, ())
    value = b"<< /Type /Sig /Filter /Adobe.PPKLite >>"
    filled = revise(pdf, Revision({3: body(pdf, 3)[:-2] + b"/V 300 0 R >>", 300: value}))
    expected = "not permitted" if level is Level.NO_CHANGES else "permitted"
    assert world.check(filled).signatures[0].changes_after == expected


def test_proofs_and_timestamps_are_allowed_at_every_level(world: World) -> None:
    from tests.unit.verification.files import archived  # noqa: PLC0415  because only this test archives

    for level in LEVELS:
        report = world.check(archived(certified(world, level), world.pki, (world.ministry,)))
        assert report.verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"/Perms", b"/Perm5"), (b"/DocMDP 13 0 R", b"/DocMDP 9 0 R"), (b"/Perms", b"/Perms << >> /Old")],
)
def test_the_certification_may_not_be_taken_back(world: World, old: bytes, new: bytes) -> None:
    pdf = certified(world, Level.FILL_FORMS)
    found = body(pdf, 1)
    changed = found.replace(old, new)
    if changed == found:
        changed = found.replace(b"/Perms", b"/Perm5")
    report = world.check(revise(pdf, Revision({1: changed})))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


@pytest.mark.parametrize("kept", [(b"/P 2", b"/P 3"), (b"/TransformMethod /DocMDP", b"/TransformMethod /NoneAt")])
def test_the_level_may_not_be_raised(world: World, kept: tuple[bytes, bytes]) -> None:
    pdf = certified(world, Level.FILL_FORMS)
    raised = pdf.replace(*kept)
    assert raised != pdf
    assert world.check(raised).verdict is Verdict.FAILED


@pytest.mark.parametrize("level", [b"0", b"4", b"-1", b"2.5", b"null", b"/Two", b"(3)"])
def test_a_level_that_is_none_counts_as_two(world: World, level: bytes) -> None:
    """ISO 32000-2 table 257: the default is 2; an odd number gives nobody more."""
    from tests.unit.verification.raw import VALUE, sign_raw  # noqa: PLC0415  because only this test spells a level

    reference = b"/Reference [<< /TransformMethod /DocMDP /TransformParams << /P %s >> >>] >>" % level
    pdf = sign_raw(plain(), world.ministry, VALUE[:-2] + reference)
    sneaky = Signing("Lapis", new_field=fields.SigFieldSpec("Lapis", box=SMALL), face=True)
    report = world.check(sign(pdf, world.head, sneaky))
    assert Reason.CHANGED_AFTER in _of(report, FIELDS[0])


def test_a_certification_by_a_stranger_allows_nothing_that_passes(world: World) -> None:
    """Whoever certifies first could allow himself everything; a file is as good as its weakest signature."""
    stranger = issue(name("Penyusup Rekaan"))
    how = Signing("Segel", certify=True, permissions=Level.ANNOTATE)
    base = sign(plain(("Segel", *FIELDS)), stranger, how)
    signed = prove(sign(base, world.head, Signing(stamp=world.pki.tsa)), world.pki, (world.head,))
    report = world.check(_commented(signed, "free text"))
    assert report.verdict is Verdict.INDETERMINATE
    assert Reason.VISIBLE_ADDITION in _of(report, FIELDS[0])
    assert Note.FORM_FILLED not in report.notes
