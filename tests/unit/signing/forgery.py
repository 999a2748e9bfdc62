"""Forges revisions: real signatures over updates that do more than sign."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from backend.signing.cms import Container
from backend.signing.identity import Identity
from backend.signing.pdf import Prepared, Update, signature_value
from backend.signing.signed_data import digest
from tests.authority import FACE, HEAD

Change = Callable[[Update], None]
AT = datetime(2026, 11, 23, 3, 4, 5, tzinfo=UTC)


def prepared(base: bytes, change: Change, *, field: str = HEAD, value: Any = None, room: int = 4096) -> Prepared:
    """Return `base` with the changes of `change` and an empty signature, in one revision."""
    update = Update(base)
    change(update)
    found = update.field(field)
    update.set_face(found, FACE)
    return update.prepare(value or signature_value(room, AT), found)


def completed(empty: Prepared, identity: Identity, token: bytes | None = None) -> bytes:
    """Return the file with a real signature over what `empty` covers, and any token inside."""
    container = Container(identity)
    attributes = container.attributes(digest("sha256", empty.content))
    return empty.filled(container.assemble(attributes, identity.sign(attributes), token=token))


def forged(base: bytes, identity: Identity, change: Change, **how: Any) -> bytes:
    """Return `base`, changed and signed."""
    return completed(prepared(base, change, **how), identity)


def appended(pdf: bytes, change: Change) -> bytes:
    """Return a finished file with one more revision that nobody signed."""
    update = Update(pdf)
    change(update)
    return update.write()


def nothing(update: Update) -> None:
    """Change nothing."""


def other_face(update: Update) -> None:
    """Draw something else into the other party's field."""
    update.set_face(update.field("pihak-kesatu"), b"BT /F1 20 Tf (Batal) Tj ET")


def page_words(update: Update) -> None:
    """Write other words on the page."""
    page = update.root["/Pages"]["/Kids"][0]
    stream = page["/Contents"]
    stream._data, stream._encoded_data = b"BT /F1 14 Tf 72 760 Td (NOTA LAIN) Tj ET", None
    update.writer.update_container(stream)


def page_content(update: Update) -> None:
    """Give the page another content stream."""
    page = update.root["/Pages"]["/Kids"][0]
    stream = generic.StreamObject(stream_data=b"0 0 600 900 re f")
    page[pdf_name("/Contents")] = update.writer.add_object(stream)
    update.writer.update_container(page)


def stamp_over_page(update: Update) -> None:
    """Lay a new annotation over the page."""
    page, _ = update.writer.find_page_for_modification(0)
    look = generic.StreamObject(stream_data=b"1 g 0 0 595 842 re f")
    look.update({pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form")})
    look[pdf_name("/BBox")] = _numbers(0, 0, 595, 842)
    stamp = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Stamp")})
    stamp[pdf_name("/Rect")] = _numbers(0, 0, 595, 842)
    stamp[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): update.writer.add_object(look)})
    update.writer.register_annotation(page, update.writer.add_object(stamp))


def moved_field(update: Update) -> None:
    """Spread one's own field over the whole page."""
    field = update.field(HEAD)
    field[pdf_name("/Rect")] = _numbers(0, 0, 595, 842)
    update.writer.update_container(field)


def new_field(update: Update) -> None:
    """Add another empty field."""
    field = generic.DictionaryObject({pdf_name("/FT"): pdf_name("/Sig"), pdf_name("/T"): generic.pdf_string("lain")})
    field[pdf_name("/Rect")] = _numbers(0, 0, 0, 0)
    fields = update.root["/AcroForm"]["/Fields"]
    fields.append(update.writer.add_object(field))
    update.writer.update_container(fields)


def new_form(update: Update) -> None:
    """Hand the catalogue another form that says less."""
    form = update.root["/AcroForm"]
    fields = generic.ArrayObject([f for f in form["/Fields"] if f.get_object()["/T"] != "pihak-kesatu"])
    other = generic.DictionaryObject({pdf_name("/Fields"): fields, pdf_name("/SigFlags"): generic.NumberObject(3)})
    update.root[pdf_name("/AcroForm")] = update.writer.add_object(other)
    update.writer.update_root()


def open_action(update: Update) -> None:
    """Let the document do something when it is opened."""
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    update.root[pdf_name("/OpenAction")] = generic.DictionaryObject(action)
    update.writer.update_root()


def permissions(update: Update) -> None:
    """Take away what the ministry's certification permits."""
    update.root[pdf_name("/Perms")] = generic.DictionaryObject()
    update.writer.update_root()


def information(update: Update) -> None:
    """Write another title into the document information."""
    info = generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("Lain")})
    update.writer.set_info(update.writer.add_object(info))


def validation_data(update: Update) -> None:
    """Add a document security store, which everybody may."""
    certificate = update.writer.add_object(generic.StreamObject(stream_data=b"0"))
    store = generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject([certificate])})
    update.root[pdf_name("/DSS")] = update.writer.add_object(store)
    update.writer.update_root()


def _numbers(*values: int) -> generic.ArrayObject:
    return generic.ArrayObject([generic.NumberObject(value) for value in values])


def visible_stamp(update: Update) -> Any:
    """Add a field with an area, and return it."""
    return _added(update, _numbers(100, 100, 300, 300))


def drawn_stamp(update: Update) -> Any:
    """Add a field without area that has an appearance all the same, and return it."""
    field = _added(update, _numbers(0, 0, 0, 0))
    look = update.writer.add_object(generic.StreamObject(stream_data=b"0 0 600 900 re f"))
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): look})
    return field


def _added(update: Update, box: generic.ArrayObject) -> Any:
    kind = {pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Widget")}
    field = generic.DictionaryObject({**kind, pdf_name("/FT"): pdf_name("/Sig"), pdf_name("/Rect"): box})
    field[pdf_name("/T")] = generic.pdf_string("stempel")
    reference = update.writer.add_object(field)
    fields = update.root["/AcroForm"]["/Fields"]
    fields.append(reference)
    update.writer.update_container(fields)
    page, _ = update.writer.find_page_for_modification(0)
    update.writer.register_annotation(page, reference)
    return field
