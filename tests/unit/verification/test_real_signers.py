"""What real signers and their tools do is told in notes, and never makes a good file fail (notes, indonesia 2.5)."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from pyhanko.sign import fields

from backend.verification.verdict import Note, Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import FIELDS, Signing, archived, embed, plain, prove, sign
from tests.unit.verification.pki import NOW
from tests.unit.verification.raw import Revision, body, revise, revise_by_stream, stream
from tests.unit.verification.test_attacks_shadow import _find

OLDER = fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED
DEFAULTS = b"/DR << /Font << /Helv 91 0 R >> >> /DA (/Helv 0 Tf)"


def _everyone(world: World, pdf: bytes) -> bytes:
    return prove(pdf, world.pki, (world.head, world.official, world.ministry))


def _store_rewritten(pdf: bytes, vri: bytes) -> bytes:
    """Return the file as BSrE's service leaves it: the store written anew at its old number, its VRI exchanged."""
    number = _find(pdf, b"/OCSPs")
    proofs = body(pdf, number)[:-2].split(b"/VRI")[0]
    return revise(pdf, Revision({number: proofs + b"/VRI << %s >> >>" % vri}))


def test_a_store_rewritten_at_each_signature_is_a_note_at_most(world: World) -> None:
    pdf = world.files["approved proven"]
    proofs = body(pdf, _find(pdf, b"/OCSPs"))
    first = proofs[proofs.index(b"/OCSPs [") + 8 :].split()[0]
    entry = b"/%s << /OCSP [%s 0 R] /TU (D:20261120030000Z) >>" % (b"A" * 40, first)
    once = _store_rewritten(pdf, entry)
    for later in (once, _store_rewritten(once, b""), _store_rewritten(once, entry.replace(b"A" * 40, b"B" * 40))):
        report = world.check(later)
        assert (report.verdict, report.signatures[0].changes_after) == (Verdict.PASSED, "permitted")
        assert {*report.signatures[0].changes} <= {"archive", "metadata"}
    next_one = sign(_store_rewritten(once, b""), world.official, Signing(FIELDS[1], stamp=world.pki.tsa))
    assert world.check(_everyone(world, next_one)).verdict is Verdict.PASSED


def test_a_store_that_lost_a_proof_is_undecided_and_not_failed(world: World) -> None:
    pdf = world.files["approved proven"]
    number = _find(pdf, b"/OCSPs")
    emptied = revise(pdf, Revision({number: b"<< /Certs [] /OCSPs [] /CRLs [] >>"}))
    report = world.check(emptied)
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.REVOCATION_UNKNOWN,))


def test_two_formats_in_one_file_are_a_note(world: World) -> None:
    first = sign(plain(), world.head, Signing(stamp=world.pki.tsa, subfilter=OLDER))
    second = sign(first, world.official, Signing(FIELDS[1], stamp=world.pki.tsa))
    report = world.check(_everyone(world, second))
    assert report.verdict is Verdict.PASSED
    assert Note.MIXED_FORMATS in report.notes


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_claimed_time_hours_from_the_token_is_a_note(world: World, hours: int) -> None:
    """The signer's clock says now; the token says another time."""
    at = NOW + timedelta(hours=hours)
    pdf = _everyone(world, sign(plain(), world.head, Signing(stamp=world.pki.tsa, at=at)))
    report = world.check(pdf, NOW + timedelta(days=1))
    assert report.verdict is Verdict.PASSED
    assert Note.CLOCKS_APART in report.notes
    assert report.signatures[0].timestamp_at == at


def test_tokens_out_of_order_are_a_note(world: World) -> None:
    first = sign(plain(), world.head, Signing(stamp=world.pki.tsa, at=NOW + timedelta(seconds=215)))
    second = sign(first, world.official, Signing(FIELDS[1], stamp=world.pki.tsa, at=NOW))
    report = world.check(_everyone(world, second))
    assert report.verdict is Verdict.PASSED
    assert Note.ORDER_OF_TIMES in report.notes


def test_a_file_saved_again_after_its_last_signature_is_told_as_exactly_that(world: World) -> None:
    """POJK 1, 4 and 5 of 2025: /Rotate 0 was added to the pages."""
    pdf = world.files["approved proven"]
    page = body(pdf, 6)[:-2] + b"/Rotate 0 >>"
    report = world.check(revise(pdf, Revision({6: page})))
    assert (report.verdict, report.reasons, Note.RESAVED in report.notes) == (
        Verdict.FAILED,
        (Reason.CHANGED_AFTER,),
        True,
    )


def test_a_revision_that_changes_nothing_is_no_change(world: World) -> None:
    pdf = world.files["approved proven"]
    same = {number: body(pdf, number) for number in (1, 2, 6)}
    for saved in (revise(pdf, Revision()), revise(pdf, Revision(same)), revise_by_stream(pdf, Revision(), same)):
        assert world.check(saved).verdict is Verdict.PASSED


def _adobe(pdf: bytes, box: bytes) -> bytes:
    """Return the next signature's revision as Acrobat writes it, around what pyHanko signs: page, form, Info, XMP."""
    page = body(pdf, 6)
    annots = page.replace(b"3 0 R ]", b"3 0 R 90 0 R ]")
    form = b"/AcroForm << /Fields [ 2 0 R 3 0 R 90 0 R ] /SigFlags 3 %s >>" % DEFAULTS
    root = body(pdf, 1)
    start = root.index(b"/AcroForm")
    catalogue = root[:start] + form + root[root.index(b">>", start) + 2 :]
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature3) /F 132 /P 6 0 R /Rect %s /MK << >> /V 92 0 R >>"
        % box
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Name /Helv >>"
    value = b"<< /Type /Sig /Filter /Adobe.PPKLite >>"
    info = b"<< /ModDate (D:20261120) /Producer (Acrobat) >>"
    objects = {6: annots, 1: catalogue, 90: field, 91: font, 92: value, 93: info}
    return revise(pdf, Revision(objects, trailer=b"/Info 93 0 R"))


def test_the_revision_of_acrobat_is_permitted(world: World) -> None:
    hidden = _adobe(world.files["approved"], b"[0 0 0 0]")
    assert world.check(hidden).signatures[0].changes_after == "permitted"


def test_a_form_that_gains_fonts_keeps_the_old_ones(world: World) -> None:
    hidden = _adobe(world.files["approved"], b"[0 0 0 0]")
    root = body(hidden, 1)
    more = root.replace(b"/Helv 91 0 R", b"/Helv 91 0 R /ZaDb 94 0 R")
    other = root.replace(b"/Helv 91 0 R", b"/Helv 94 0 R")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>"
    for changed, expected in ((more, "permitted"), (other, "not permitted")):
        report = world.check(revise(hidden, Revision({1: changed, 94: font})))
        assert report.signatures[0].changes_after == expected


def test_a_prepared_field_whose_place_is_reset_is_permitted(world: World) -> None:
    """EU DSS, PDFBox and libpdf set the /Rect of an existing field to nothing (notes, signing 3.0)."""
    pdf = world.files["approved proven"]
    reset = body(pdf, 3).replace(b"[ 272 100 432 160 ]", b"[0 0 0 0]")[:-2] + b"/V 92 0 R >>"
    filled = revise(pdf, Revision({3: reset, 92: b"<< /Type /Sig >>"}))
    assert world.check(filled).signatures[0].changes_after == "permitted"


def _made(**options: object) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(plain())) as pdf:
        pdf.save(out, **options)  # type: ignore[arg-type]  # because each case gives options of its own
    return out.getvalue()


MADE: dict[str, dict[str, object]] = {
    "linearised": {"linearize": True},
    "object streams": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
    "linearised object streams": {"object_stream_mode": pikepdf.ObjectStreamMode.generate, "linearize": True},
    "locked against changes": {"encryption": pikepdf.Encryption(owner="pemilik", user="", R=6)},
    "locked the old way": {"encryption": pikepdf.Encryption(owner="pemilik", user="", R=4)},
}


@pytest.mark.parametrize("kind", MADE)
def test_however_a_file_is_written_its_signatures_pass(world: World, kind: str) -> None:
    base = _made(**MADE[kind])
    if "locked" in kind:
        signed = _signed_locked(world, base)
        assert world.check(signed).reasons in {(Reason.REVOCATION_UNKNOWN,), ()}
        return
    first = sign(base, world.head, Signing(stamp=world.pki.tsa))
    second = sign(first, world.official, Signing(FIELDS[1], stamp=world.pki.tsa))
    report = world.check(archived(second, world.pki, (world.head, world.official)))
    assert (report.verdict, report.reasons) == (Verdict.PASSED, ())


def _signed_locked(world: World, base: bytes) -> bytes:
    import asyncio  # noqa: PLC0415  because only a locked file is signed so

    from pyhanko.pdf_utils.incremental_writer import (  # noqa: PLC0415  because only a locked file is signed so
        IncrementalPdfFileWriter,
    )
    from pyhanko.sign import signers  # noqa: PLC0415  because only a locked file is signed so

    writer = IncrementalPdfFileWriter(BytesIO(base))
    writer.encrypt("")
    out = BytesIO()
    meta = signers.PdfSignatureMetadata(field_name=FIELDS[0], subfilter=fields.SigSeedSubFilter.PADES)
    asyncio.run(signers.PdfSigner(meta, world.head.signer()).async_sign_pdf(writer, output=out))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["linearised", "object streams", "linearised object streams"])
def test_however_a_file_is_written_a_change_after_its_signature_fails(world: World, kind: str) -> None:
    with pikepdf.open(BytesIO(_made(**MADE[kind]))) as opened:
        content = opened.pages[0].Contents.objgen[0]
    signed = sign(_made(**MADE[kind]), world.head, Signing(stamp=world.pki.tsa))
    for way in (revise, revise_by_stream):
        root = int(signed[: signed.rindex(b" 0 R", 0, signed.rindex(b"/Prev"))].rsplit(b"/Root ", 1)[1].split()[0])
        evil = Revision({content: stream(b"BT (Palsu) Tj ET")}, root=b"%d 0 R" % root)
        assert Reason.CHANGED_AFTER in world.check(way(signed, evil)).reasons


def test_a_field_in_a_nested_form_is_found_and_judged(world: World) -> None:
    with pikepdf.open(BytesIO(plain())) as pdf:
        fields_ = pdf.Root.AcroForm.Fields
        parent = pdf.make_indirect(Dictionary(T=String("Bab"), Kids=Array([fields_[0], fields_[1]])))
        for child in parent.Kids:
            child.Parent = parent
        pdf.Root.AcroForm.Fields = Array([parent])
        pdf.Root.AcroForm.Type = Name.AcroForm
        out = BytesIO()
        pdf.save(out)
    first = sign(out.getvalue(), world.head, Signing("Bab.Pihak1", stamp=world.pki.tsa))
    second = sign(first, world.official, Signing("Bab.Pihak2", stamp=world.pki.tsa))
    report = world.check(_everyone(world, second))
    assert [found.field for found in report.signatures] == ["Bab.Pihak1", "Bab.Pihak2"]
    assert report.verdict is Verdict.PASSED


def test_a_whole_store_of_another_tool_is_no_change(world: World) -> None:
    """A second tool writes a new store beside the old one and points the catalogue to it."""
    pdf = world.files["approved proven"]
    again = embed(pdf, [world.pki.authority.der], [world.pki.answer(world.head)])
    assert world.check(again).verdict is Verdict.PASSED
