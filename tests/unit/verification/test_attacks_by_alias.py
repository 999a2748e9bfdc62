"""One object in two parts: what may change in one of them (store, metadata, form, container) changes the other.

The attacker prepares the file before it is signed, so that a later revision touches only what a policy would permit.
"""

from io import BytesIO

import pikepdf
import pytest

from backend.verification.report import Report
from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import FIELDS, Signing, plain, prove, sign
from tests.unit.verification.raw import (
    Revision,
    body,
    last_xref,
    object_stream,
    revise,
    revise_by_stream,
    stream,
    table_stream,
)

EVIL = stream(b"BT (Palsu) Tj ET")


def _first(report: Report) -> tuple[Reason, ...]:
    return next(found.reasons for found in report.signatures if found.field == FIELDS[0])


def _signed(world: World, changed: dict[int, bytes]) -> bytes:
    """Sign the plain file with these objects exchanged; there is no store yet, so it is not proven either."""
    return sign(revise(plain(), Revision(changed)), world.head, Signing(stamp=world.pki.tsa))


ROOT = body(plain(), 1)
PARENTLESS = {number: body(plain(), number).replace(b"/Parent 4 0 R", b"") for number in (6, 8)}


def test_pages_that_are_also_the_security_store_may_not_change(world: World) -> None:
    pdf = _signed(world, {1: ROOT[:-2] + b"/DSS 4 0 R >>", **PARENTLESS})
    for evil in ({9: EVIL}, {4: b"<< /Count 1 /Kids [8 0 R] /Type /Pages >>"}, {6: body(pdf, 8)}):
        assert _first(world.check(revise(pdf, Revision(evil))))[0] is Reason.CHANGED_AFTER


def test_a_page_that_lies_in_the_store_may_not_change(world: World) -> None:
    pdf = _signed(world, {1: ROOT[:-2] + b"/DSS << /Certs [9 0 R] /VRI << /A 6 0 R >> >> >>", **PARENTLESS})
    for evil in ({9: EVIL}, {6: body(pdf, 8)}):
        assert _first(world.check(revise(pdf, Revision(evil))))[0] is Reason.CHANGED_AFTER


def test_a_content_that_lies_in_the_store_may_not_change(world: World) -> None:
    """The page that draws it is no part of the store; it may change only with the store alone."""
    for store in (b"<< /Certs [9 0 R] >>", b"<< /Certs 71 0 R >>", b"<< /VRI << /A << /OCSP [9 0 R] >> >> >>"):
        pdf = _signed(world, {1: ROOT[:-2] + b"/DSS %s >>" % store, 71: b"[9 0 R]"})
        assert _first(world.check(revise(pdf, Revision({9: EVIL}))))[0] is Reason.CHANGED_AFTER


@pytest.mark.parametrize("added", [b"/Rotate 180", b"/CropBox [0 0 1 1]", b"/Resources << >>"])
def test_pages_that_are_also_the_form_s_resources_may_not_grow(world: World, added: bytes) -> None:
    aliased = ROOT.replace(b"/SigFlags 0", b"/SigFlags 0 /DR 4 0 R")
    pdf = _signed(world, {1: aliased, **PARENTLESS})
    grown = body(pdf, 4)[:-2] + added + b" >>"
    assert Reason.CHANGED_AFTER in _first(world.check(revise(pdf, Revision({4: grown}))))


def test_metadata_that_is_also_a_script_may_not_change(world: World) -> None:
    script = b"/Metadata 70 0 R /OpenAction << /S /JavaScript /JS 70 0 R >> >>"
    with pikepdf.open(BytesIO(world.files["approved"])) as opened:
        xmp = opened.Root.Metadata.read_bytes()
    pdf = _signed(world, {1: ROOT[:-2] + script, 70: stream(xmp, b"/Type /Metadata /Subtype /XML")})
    changed = revise(pdf, Revision({70: stream(b"app.alert(1)", b"/Type /Metadata /Subtype /XML")}))
    assert Reason.CHANGED_AFTER in _first(world.check(changed))


def test_information_that_is_also_an_outline_may_not_change(world: World) -> None:
    base = plain()
    outline = {
        1: ROOT[:-2] + b"/Outlines 70 0 R >>",
        70: b"<< /First 71 0 R /Last 71 0 R /Count 1 >>",
        71: b"<< /Title (Satu) >>",
    }
    made = revise(base, Revision(outline, trailer=b"/Info 71 0 R"))
    pdf = sign(made, world.head, Signing(stamp=world.pki.tsa))
    changed = revise(pdf, Revision({71: b"<< /Title (Dua) >>"}, trailer=b"/Info 71 0 R"))
    assert Reason.CHANGED_AFTER in _first(world.check(changed))


def test_a_face_that_is_also_the_face_of_another_may_not_change(world: World) -> None:
    shared = {3: body(plain(), 3).replace(b"7 0 R", b"5 0 R")}
    pdf = _signed(world, shared)
    filled = body(pdf, 3)[:-2] + b"/V 90 0 R >>"
    changed = revise(pdf, Revision({3: filled, 90: b"<< /Type /Sig >>", 5: EVIL}))
    assert Reason.CHANGED_AFTER in _first(world.check(changed))


def test_a_prepared_field_as_large_as_the_page_is_a_lid(world: World) -> None:
    """It is empty and invisible when the first signs; its signature comes with a white sheet for a face."""
    large = {3: body(plain(), 3).replace(b"[ 272 100 432 160 ]", b"[0 0 595 842]")}
    pdf = _signed(world, large)
    lid = stream(b"1 g 0 0 595 842 re f", b"/Subtype /Form /BBox [0 0 595 842]")
    filled = body(pdf, 3)[:-2].replace(b"7 0 R", b"91 0 R") + b"/V 90 0 R >>"
    changed = world.check(revise(pdf, Revision({3: filled, 90: b"<< /Type /Sig >>", 91: lid})))
    assert Reason.VISIBLE_ADDITION in _first(changed)


@pytest.fixture(scope="module")
def streamed(world: World) -> tuple[bytes, int, int]:
    """A signed file whose pages lie in an object stream; the numbers of the stream and of the first page."""
    base, page = plain(), body(plain(), 6)
    out = revise_by_stream(base, Revision(), {6: page, 70: page.replace(b"9 0 R", b"10 0 R")})
    container = int(out[: out.rindex(b" 0 obj", 0, out.rindex(b"/Type /ObjStm"))].split()[-1])
    pdf = prove(sign(out, world.head, Signing(stamp=world.pki.tsa)), world.pki, (world.head,))
    assert world.check(pdf).verdict is Verdict.PASSED
    return pdf, container, 6


def _never(world: World, pdf: bytes) -> None:
    report = world.check(pdf)
    assert report.verdict in {Verdict.FAILED, Verdict.UNREADABLE, Verdict.UNSIGNED}


def test_a_container_of_objects_may_not_be_exchanged(world: World, streamed: tuple[bytes, int, int]) -> None:
    pdf, container, page = streamed
    other = object_stream({page: body(plain(), 6).replace(b"9 0 R", b"10 0 R"), 70: b"null"})
    _never(world, revise(pdf, Revision({container: other})))
    _never(world, revise_by_stream(pdf, Revision({container: other})))


def test_a_container_of_objects_may_not_be_freed_nor_come_back(world: World, streamed: tuple[bytes, int, int]) -> None:
    pdf, container, page = streamed
    freed = revise(pdf, Revision(free=[container]))
    _never(world, freed)
    other = object_stream({page: body(plain(), 6).replace(b"9 0 R", b"10 0 R"), 70: b"null"})
    _never(world, revise(freed, Revision({container: other})))
    _never(world, revise(freed, Revision({container: other}, generation=1)))


@pytest.mark.parametrize("index", [1, 2, 65535])
def test_an_entry_may_not_lead_to_another_place_in_a_container(
    world: World, streamed: tuple[bytes, int, int], index: int
) -> None:
    """One reader looks for the number in the container, another takes what stands at the index."""
    pdf, container, page = streamed
    out = pdf + b"% update\n"
    keys = b"/Root 1 0 R /Prev %d" % last_xref(pdf)
    place = len(out)
    out += table_stream({page: (2, container, index)}, keys, 400, place)
    _never(world, out + b"startxref\n%d\n%%%%EOF\n" % place)


def test_a_lock_that_opens_with_no_password_may_not_come_later(world: World) -> None:
    """Every stream would be decrypted into something else, and none of them was written."""
    pdf = world.files["approved proven"]
    with pikepdf.open(BytesIO(plain())) as opened:
        out = BytesIO()
        opened.save(out, encryption=pikepdf.Encryption(owner="x", user="", R=6))
    locked = out.getvalue()
    start = locked.rindex(b"/Encrypt") + 9
    lock = body(locked, int(locked[start:].split()[0]))
    report = world.check(revise(pdf, Revision({300: lock}, trailer=b"/Encrypt 300 0 R")))
    assert report.verdict is not Verdict.PASSED
