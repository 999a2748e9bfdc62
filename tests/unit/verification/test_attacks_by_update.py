"""Attacks by a later revision: overlays, shadows, other people's fields. None may pass."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields

from backend.verification.verdict import Note, Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import FIELDS, Signing, prove, sign
from tests.unit.verification.pki import issue, name

Writer = IncrementalPdfFileWriter
PAGE = (0, 0, 595, 842)


def update(pdf: bytes, edit: Callable[[Writer], None]) -> bytes:
    """Return the PDF with one more revision, in which `edit` did something."""
    writer = Writer(BytesIO(pdf))
    edit(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _page(writer: Writer) -> Any:
    return writer.root["/Pages"]["/Kids"][0]


def _change(writer: Writer, value: Any) -> None:
    writer.update_container(value)


def _new_content(writer: Writer) -> None:
    _page(writer)[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"BT (Palsu) Tj ET"))
    _change(writer, _page(writer))


def _content_in_place(writer: Writer) -> None:
    stream = _page(writer)["/Contents"]
    stream._data = b"BT (Palsu) Tj ET"
    stream._encoded_data = None
    _change(writer, stream)


def _annotation(writer: Writer) -> None:
    note = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/FreeText"),
        "/Rect": generic.ArrayObject(map(generic.NumberObject, PAGE)),
    }
    reference = writer.add_object(generic.DictionaryObject({pdf_name(key): value for key, value in note.items()}))
    _page(writer)["/Annots"].append(reference)
    _change(writer, _page(writer)["/Annots"])


def _page_added(writer: Writer) -> None:
    kids = writer.root["/Pages"]["/Kids"]
    page = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Page"), pdf_name("/Parent"): writer.root.raw_get("/Pages")}
    )
    kids.append(writer.add_object(page))
    writer.root["/Pages"][pdf_name("/Count")] = generic.NumberObject(3)
    _change(writer, writer.root["/Pages"])


def _field_look(index: int) -> Callable[[Writer], None]:
    def edit(writer: Writer) -> None:
        field = writer.root["/AcroForm"]["/Fields"][index]
        look = generic.StreamObject({pdf_name("/Subtype"): pdf_name("/Form")}, stream_data=b"1 g 0 0 600 900 re f")
        field["/AP"][pdf_name("/N")] = writer.add_object(look)
        _change(writer, field["/AP"])

    return edit


def _look_in_place(index: int) -> Callable[[Writer], None]:
    def edit(writer: Writer) -> None:
        stream = writer.root["/AcroForm"]["/Fields"][index]["/AP"]["/N"]
        stream._data, stream._encoded_data = b"1 g 0 0 600 900 re f", None
        _change(writer, stream)

    return edit


def _field_moved(writer: Writer) -> None:
    field = writer.root["/AcroForm"]["/Fields"][1]
    field[pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, PAGE))
    _change(writer, field)


def _empty_overlay(writer: Writer) -> None:
    fields.append_signature_field(writer, fields.SigFieldSpec("Lapis", box=PAGE))


def _signature_removed(writer: Writer) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    del field["/V"]
    _change(writer, field)


def _fields_removed(writer: Writer) -> None:
    form = writer.root["/AcroForm"]
    form[pdf_name("/Fields")] = generic.ArrayObject(list(form["/Fields"])[1:])
    _change(writer, form)


def _need_appearances(writer: Writer) -> None:
    writer.root["/AcroForm"][pdf_name("/NeedAppearances")] = generic.BooleanObject(value=True)
    _change(writer, writer.root["/AcroForm"])


def _javascript(writer: Writer) -> None:
    action = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("0")}
    )
    writer.root[pdf_name("/OpenAction")] = action
    writer.update_root()


def _permissions(writer: Writer) -> None:
    writer.root[pdf_name("/Perms")] = generic.DictionaryObject()
    writer.update_root()


ATTACKS = [
    _new_content,
    _content_in_place,
    _annotation,
    _page_added,
    _field_look(0),
    _field_look(1),
    _look_in_place(0),
    _look_in_place(1),
    _field_moved,
    _empty_overlay,
    _signature_removed,
    _fields_removed,
    _need_appearances,
    _javascript,
    _permissions,
]


@pytest.mark.parametrize("kind", ["approved proven", "sealed proven"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_change_after_a_signature_fails(world: World, kind: str, attack: Callable[[Writer], None]) -> None:
    report = world.check(update(world.files[kind], attack))
    if attack in {_signature_removed, _fields_removed} and not report.signatures:
        assert report.verdict is Verdict.UNSIGNED
        return
    assert report.verdict is Verdict.FAILED
    assert Reason.CHANGED_AFTER in report.reasons
    assert report.signatures[0].changes_after == "not permitted"


def test_a_page_size_field_signed_by_an_attacker_fails_for_the_first_signature(world: World) -> None:
    stranger = issue(name("Penyusup Rekaan"))
    overlay = Signing("Lapis", new_field=fields.SigFieldSpec("Lapis", box=PAGE))
    report = world.check(sign(world.files["approved proven"], stranger, overlay))
    first, second = report.signatures
    assert first.reasons == (Reason.CHANGED_AFTER,)
    assert Reason.ISSUER_UNKNOWN in second.reasons
    assert report.verdict is Verdict.FAILED


def test_an_invisible_signature_of_a_stranger_leaves_the_file_undecided(world: World) -> None:
    stranger = issue(name("Penyusup Rekaan"))
    hidden = Signing("Lapis", new_field=fields.SigFieldSpec("Lapis"))
    report = world.check(sign(world.files["approved proven"], stranger, hidden))
    assert report.verdict is Verdict.INDETERMINATE
    assert report.signatures[0].verdict is Verdict.PASSED


def test_a_shadow_object_that_an_old_one_awaited_fails(world: World) -> None:
    """The page points to an object that does not exist when it is signed; it is supplied afterwards."""
    base = world.files["plain"]
    awaited = update(base, lambda writer: _await(writer, 4000))
    signed = prove(sign(awaited, world.head, Signing(stamp=world.pki.tsa)), world.pki, (world.head,))
    assert world.check(signed).verdict is Verdict.PASSED

    def supply(writer: Writer) -> None:
        writer.objects[(0, 4000)] = generic.StreamObject(stream_data=b"BT (Palsu) Tj ET")
        writer._lastobj_id = max(writer._lastobj_id, 4000)

    report = world.check(update(signed, supply))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))


def _await(writer: Writer, number: int) -> None:
    page = _page(writer)
    reference = generic.IndirectObject(number, 0, writer)
    page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), reference])
    _change(writer, page)


def test_an_appearance_that_is_also_page_content_may_not_change_with_the_signature(world: World) -> None:
    """Before signing, the attacker lets the page draw the appearance of the field that is signed later."""

    def share(writer: Writer) -> None:
        page = _page(writer)
        look = writer.root["/AcroForm"]["/Fields"][1]["/AP"].raw_get("/N")
        page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), look])
        _change(writer, page)

    base = sign(update(world.files["plain"], share), world.head)
    second = sign(base, world.official, Signing(FIELDS[1]))
    good = {found.field: found.changes_after for found in world.check(second).signatures}
    assert good[FIELDS[0]] == "permitted"

    signed = update_of_look(second, base)
    assert Reason.CHANGED_AFTER in world.check(signed).reasons


def update_of_look(second: bytes, base: bytes) -> bytes:
    """Return a file whose second revision fills Pihak2 and rewrites, in place, the stream of its appearance."""
    assert second.startswith(base)

    def edit(writer: Writer) -> None:
        field = writer.root["/AcroForm"]["/Fields"][1]
        field[pdf_name("/V")] = writer.add_object(generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Sig")}))
        stream = field["/AP"]["/N"]
        stream._data = b"1 g 0 0 600 900 re f"
        stream._encoded_data = None
        writer.mark_update(field.raw_get("/AP").raw_get("/N"))
        writer.update_container(field)

    return update(base, edit)


def test_rewriting_the_look_of_the_field_that_is_signed_is_permitted(world: World) -> None:
    """Our own signatures replace the stream of the prepared appearance, and nothing else."""
    attacked = update_of_look(world.files["approved"], world.files["approved"])
    found = next(one for one in world.check(attacked).signatures if one.field == FIELDS[0])
    assert found.changes_after == "permitted"


def test_a_file_merely_saved_again_fails_and_is_told_as_that(world: World) -> None:
    def save_again(writer: Writer) -> None:
        _page(writer)[pdf_name("/Rotate")] = generic.NumberObject(0)
        _change(writer, _page(writer))

    report = world.check(update(world.files["approved proven"], save_again))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CHANGED_AFTER,))
    assert Note.RESAVED in report.notes

    def rotate(writer: Writer) -> None:
        _page(writer)[pdf_name("/Rotate")] = generic.NumberObject(90)
        _change(writer, _page(writer))

    assert Note.RESAVED not in world.check(update(world.files["approved proven"], rotate)).notes


def test_a_certification_that_forbids_everything_forbids_signatures(world: World) -> None:
    closed = Signing(certify=True, permissions=fields.MDPPerm.NO_CHANGES)
    pdf = sign(world.files["plain"], world.ministry, closed)
    later = update_of_look(pdf, pdf)
    found = next(one for one in world.check(later).signatures if one.field == FIELDS[0])
    assert found.changes_after == "not permitted"


def test_a_second_dictionary_over_the_bytes_of_the_first_signature_fails(world: World) -> None:
    """Universal forgery by copy: a later object claims the first signature's bytes and value as its own."""

    def copy(writer: Writer) -> None:
        form = writer.root["/AcroForm"]
        first = form["/Fields"][0]["/V"]
        value = generic.DictionaryObject({key: first.raw_get(key) for key in first})
        field = form["/Fields"][1]
        field[pdf_name("/V")] = writer.add_object(value)
        writer.update_container(field)

    report = world.check(update(world.files["approved proven"], copy))
    copied = next(found for found in report.signatures if found.field == FIELDS[1])
    assert copied.reasons == (Reason.BYTERANGE_INVALID,)
    assert report.verdict is Verdict.FAILED


def test_a_lock_on_fields_is_kept(world: World) -> None:
    lock = fields.FieldMDPSpec(fields.FieldMDPAction.ALL)
    spec = fields.SigFieldSpec("Kunci", field_mdp_spec=lock)
    first = sign(world.files["plain"], world.ministry, Signing("Kunci", new_field=spec))
    found = next(one for one in world.check(update_of_look(first, first)).signatures if one.field == "Kunci")
    assert found.changes_after == "not permitted"
