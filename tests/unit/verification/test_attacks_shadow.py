"""Shadow attacks (Mainka, Mladenov, Rohlmann, NDSS 2021): the attacker prepares the file, the victim signs it.

Hide: what covers the prepared content goes away. Replace: what is shown is exchanged for something prepared or new.
Hide and replace: a second document waits inside the signed bytes until a later table or catalogue points to it.
"""

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import Signing, plain, prove, sign
from tests.unit.verification.raw import Revision, body, last_xref, revise, revise_by_stream, stream

EVIL = stream(b"BT (Palsu) Tj ET")
WAITING = b"9 0 obj\n%s\nendobj\n" % EVIL


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = BytesIO()
    pdf.save(out, static_id=True, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _signed(world: World, pdf: bytes) -> bytes:
    return prove(sign(pdf, world.head, Signing(stamp=world.pki.tsa)), world.pki, (world.head,))


@pytest.fixture(scope="module")
def prepared(world: World) -> bytes:
    """A signed file with a lid over its first page (an image, a layer, a comment), layers, and a font."""
    with pikepdf.open(BytesIO(plain())) as pdf:
        page = pdf.pages[0]
        lid = pdf.make_stream(b"\xff", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)
        lid.ColorSpace, lid.BitsPerComponent = Name.DeviceGray, 8
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Lapis")))
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 9, 9])))
        font.FontMatrix, font.Encoding = Array([1, 0, 0, 1, 0, 0]), Dictionary(Differences=Array([65, Name.a]))
        font.CharProcs = Dictionary(a=pdf.make_stream(b"9 0 d0 0 0 9 9 re f"))
        page.Resources = pdf.make_indirect(
            Dictionary(XObject=Dictionary(Lid=lid), Properties=Dictionary(L=layer), Font=Dictionary(F1=font))
        )
        page.Contents = Array([page.Contents, pdf.make_stream(b"/OC /L BDC q 595 0 0 842 0 0 cm /Lid Do Q EMC")])
        comment = Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=Array([0, 0, 595, 842]))
        page.Annots.append(pdf.make_indirect(comment))
        settings = Dictionary(ON=Array([layer]), Order=Array([layer]))
        pdf.Root.OCProperties = pdf.make_indirect(Dictionary(OCGs=Array([layer]), D=settings))
        return _signed(world, _saved(pdf))


def _find(pdf: bytes, what: bytes) -> int:
    """Return the number of the object whose newest spelling, without stream, contains something."""
    from tests.unit.verification.raw import OBJECT  # noqa: PLC0415  because only this finder needs it

    numbers = {int(number) for number in OBJECT.findall(pdf)}
    return next(number for number in sorted(numbers) if what in body(pdf, number))


def _content(pdf: bytes) -> int:
    """Return the number of the first stream that the first page draws."""
    page = body(pdf, _find(pdf, b"/Annots"))
    return int(page[page.index(b"/Contents") + 9 :].strip(b" [").split()[0])


def _changed(pdf: bytes, what: bytes, old: bytes, new: bytes) -> dict[int, bytes]:
    number = _find(pdf, what)
    spelled = body(pdf, number)
    assert old in spelled
    return {number: spelled.replace(old, new)}


HIDE = {
    "the lid gets no bytes": lambda pdf: Revision({_find(pdf, b"/Image"): stream(b"")}),
    "the lid is freed": lambda pdf: Revision(free=[_find(pdf, b"/Image")]),
    "the lid gets another type": lambda pdf: Revision(_changed(pdf, b"/Image", b"/Image", b"/XML")),
    "the layer is switched off": lambda pdf: Revision(_changed(pdf, b"/OCGs", b"/ON", b"/OFF")),
    "the layer gets a usage": lambda pdf: Revision(_changed(pdf, b"/OCG ", b"/OCG ", b"/OCG /Usage << >> ")),
    "the comment is hidden": lambda pdf: Revision(_changed(pdf, b"/Square", b"/Square", b"/Square /F 2")),
    "the comment is freed": lambda pdf: Revision(free=[_find(pdf, b"/Square")]),
    "the resources lose it": lambda pdf: Revision(_changed(pdf, b"/Lid", b"/Lid", b"/Lyd")),
    "the catalogue loses its layers": lambda pdf: Revision(_changed(pdf, b"/Catalog", b"/OCProperties", b"/Oc")),
}
REPLACE = {
    "a letter is drawn anew": lambda pdf: Revision({_find(pdf, b"/CharProcs"): b"<< /Type /Font /Subtype /Type1 >>"}),
    "the page is cropped": lambda pdf: Revision(
        _changed(pdf, b"/Annots", b"/MediaBox", b"/CropBox [0 0 1 1] /MediaBox")
    ),
    "the page grows": lambda pdf: Revision(_changed(pdf, b"/Annots", b"/Type /Page", b"/UserUnit 9 /Type /Page")),
    "the page turns": lambda pdf: Revision(_changed(pdf, b"/Annots", b"/Type /Page", b"/Rotate 180 /Type /Page")),
    "the pages swap": lambda pdf: Revision({_find(pdf, b"/Kids"): b"<< /Count 1 /Kids [ 8 0 R ] /Type /Pages >>"}),
    "the pages inherit": lambda pdf: Revision(_changed(pdf, b"/Kids", b"/Kids", b"/Resources << >> /Kids")),
    "an action opens": lambda pdf: Revision(
        _changed(pdf, b"/Catalog", b"/Type /Catalog", b"/OpenAction [6 0 R /Fit] /Type /Catalog")
    ),
    "scripts have names": lambda pdf: Revision(
        _changed(pdf, b"/Catalog", b"/Type /Catalog", b"/Names << /JavaScript << >> >> /Type /Catalog")
    ),
    "a script follows the page": lambda pdf: Revision(
        _changed(pdf, b"/Annots", b"/Type /Page", b"/AA << >> /Type /Page")
    ),
    "an XFA form appears": lambda pdf: Revision(_changed(pdf, b"/Catalog", b"/SigFlags", b"/XFA (x) /SigFlags")),
    "another catalogue": lambda pdf: Revision({90: body(pdf, 1)}, root=b"90 0 R"),
    "another version of the first page's content": lambda pdf: Revision({_content(pdf): EVIL}),
    "the same under another generation": lambda pdf: Revision({_content(pdf): EVIL}, generation=1),
    "a content freed": lambda pdf: Revision(free=[_content(pdf)]),
    "the page in an array": lambda pdf: Revision({_find(pdf, b"/Annots"): b"[ 6 0 R ]"}),
    "the page is null": lambda pdf: Revision({_find(pdf, b"/Annots"): b"null"}),
}


@pytest.mark.parametrize("way", [revise, revise_by_stream], ids=["table", "stream"])
@pytest.mark.parametrize("attack", [*HIDE.values(), *REPLACE.values()], ids=[*HIDE, *REPLACE])
def test_hide_and_replace_fail(world: World, prepared: bytes, attack: object, way: object) -> None:
    assert callable(attack)
    assert callable(way)
    assert world.check(prepared).verdict is Verdict.PASSED
    report = world.check(way(prepared, attack(prepared)))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


@pytest.mark.parametrize("what", [b"/Catalog", b"/Kids", b"/Annots"])
def test_replacing_by_an_object_stream_fails(world: World, prepared: bytes, what: bytes) -> None:
    number = _find(prepared, what)
    hidden = body(prepared, number)[:-2] + b"/PieceInfo << >> >>"
    report = world.check(revise_by_stream(prepared, Revision(), {number: hidden}))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))
    same = revise_by_stream(prepared, Revision(), {number: body(prepared, number)})
    assert world.check(same).verdict is Verdict.PASSED


def _waiting(pdf: bytes) -> tuple[bytes, int]:
    """Return a file in which a second body of object 9 waits, and the place of that body."""
    place = pdf.index(b"xref\n0 11")
    table = pdf[place:].replace(b"startxref\n%d" % last_xref(pdf), b"startxref\n%d" % (place + len(WAITING)))
    return pdf[:place] + WAITING + table, place


def test_hide_and_replace_by_a_table_that_points_into_the_signed_bytes_fails(world: World) -> None:
    pdf, place = _waiting(world.files["plain"])
    signed = _signed(world, pdf)
    assert world.check(signed).verdict is Verdict.PASSED
    report = world.check(revise(signed, Revision(entries={9: (place, 0)})))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


@pytest.mark.parametrize("last", ["the waiting one", "the shown one"])
def test_a_table_that_lists_an_object_twice_fails(world: World, last: str) -> None:
    """One reader takes the first entry, another the last."""
    pdf, place = _waiting(world.files["plain"])
    signed = _signed(world, pdf)
    shown = signed.index(b"\n9 0 obj") + 1
    order = (shown, place) if last == "the waiting one" else (place, shown)
    rows = b"".join(b"9 1\n%010d 00000 n \n" % one for one in order)
    trailer = b"trailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\n" % last_xref(signed)
    attacked = signed + b"xref\n%s%sstartxref\n%d\n%%%%EOF\n" % (rows, trailer, len(signed))
    assert world.check(attacked).verdict is Verdict.FAILED


def test_a_stream_inside_which_the_second_document_waits_fails(world: World) -> None:
    """The body waits inside a stream of the signed file, where no search for objects is blamed for finding it."""
    with pikepdf.open(BytesIO(plain())) as opened:
        opened.Root.PieceInfo = Dictionary(X=opened.make_stream(b"\n" + WAITING))
        pdf = _saved(opened)
    signed = _signed(world, pdf)
    place = signed.index(WAITING)
    assert world.check(signed).verdict is Verdict.PASSED
    assert world.check(revise(signed, Revision(entries={9: (place, 0)}))).verdict is Verdict.FAILED


TWICE = [
    b"/Contents 10 0 R",
    b"/#43ontents 10 0 R",
    b"/Type /Page /Type /Pages",
    b"/X [/A] /X [/B]",
    b"/Y << /Z 1 /Z 2 >>",
]


@pytest.mark.parametrize("twice", TWICE)
def test_a_page_that_gives_a_key_twice_fails(world: World, prepared: bytes, twice: bytes) -> None:
    """The parser keeps the first, which is the old one; a viewer may keep the last."""
    page = _find(prepared, b"/Annots")
    doubled = body(prepared, page)[:-2] + twice + b" >>"
    for attacked in (
        revise(prepared, Revision({page: doubled})),
        revise_by_stream(prepared, Revision({page: doubled})),
        revise_by_stream(prepared, Revision(), {page: doubled}),
    ):
        assert world.check(attacked).reasons == (Reason.CHANGED_AFTER,)


def test_a_trailer_that_names_two_catalogues_fails(world: World, prepared: bytes) -> None:
    report = world.check(revise(prepared, Revision({90: body(prepared, 1)}, trailer=b"/Root 90 0 R")))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


AWAITED = {"content": b"/Contents [9 0 R 400 0 R]", "resource": b"/Resources << /XObject << /Lid 400 0 R >> >>"}


@pytest.mark.parametrize("what", AWAITED)
def test_an_object_that_the_page_awaits_may_not_arrive(world: World, what: str) -> None:
    base = world.files["plain"]
    key = AWAITED[what].split(b" ", 1)[0]
    page = body(base, 6).replace(key + b" 9 0 R", b"").replace(key + b" << >>", b"")[:-2] + AWAITED[what] + b" >>"
    signed = _signed(world, revise(base, Revision({6: page})))
    for arrive in (revise, revise_by_stream):
        report = world.check(arrive(signed, Revision({400: EVIL})))
        assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))
