"""Fields: turns the layout's `sig:` links into signature fields, once, before anything is signed.

Every field is one merged field and widget, tagged /Form with a single OBJR (pyHanko follows no array there), with its
final appearance dictionary. One more field takes the ministry's seal: invisible, a zero rectangle on the first page.
"""

import io
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, StreamDecodeLevel, String

from backend.documents.faces import Face, faces_of

SCHEME = "sig:"
SEAL_FIELD = "segel-kementerian"
PRINT_AND_LOCKED = 132  # annotation flags, ISO 32000-1 table 165
SIGNATURES_EXIST_APPEND_ONLY = 3  # ISO 32000-1 table 219
LINK_ONLY = ("/A", "/Dest", "/Border", "/BS", "/Contents", "/QuadPoints", "/H", "/C")


@dataclass(frozen=True)
class Prepared:
    """An unsigned PDF with all its fields, and for each visible field the bytes of its signed face."""

    pdf: bytes
    faces: dict[str, bytes]


def prepare(data: bytes, labels: dict[str, str], drawn: bytes, seal_label: str) -> Prepared:
    """Return the PDF with exactly the fields of `labels` (name -> what a screen reader says) and the seal's field.

    `drawn` is the PDF of faces.typ in the order of `labels`, empty where there are none. Raises ValueError if the
    layout's links are not exactly those fields: a document lacking one could never be completed.
    """
    with Pdf.open(io.BytesIO(data)) as pdf, Pdf.open(io.BytesIO(drawn)) if drawn else Pdf.new() as source:
        faces = dict(zip(labels, faces_of(pdf, source, len(labels)), strict=True))
        form = Dictionary(Fields=Array([]), SigFlags=SIGNATURES_EXIST_APPEND_ONLY)
        pdf.Root.AcroForm = pdf.make_indirect(form)
        form.Fields.append(_seal(pdf, seal_label))
        found = [name for page in pdf.pages for name in _convert(pdf, page, labels, faces)]
        if sorted(found) != sorted(labels):
            raise ValueError(f"the layout has the fields {found}, expected {sorted(labels)}")
        # ETSI PAdES extension: written now, so that no signature has to change the catalogue.
        pdf.Root.Extensions = Dictionary(ESIC=Dictionary(BaseVersion=Name("/1.7"), ExtensionLevel=1))
        return Prepared(pdf=_saved(pdf), faces={name: face.signed for name, face in faces.items()})


def _convert(pdf: Pdf, page: pikepdf.Page, labels: dict[str, str], faces: dict[str, Face]) -> list[str]:
    found = []
    for annotation in page.obj.get("/Annots", Array([])).as_list():
        target = str(annotation.get("/A", Dictionary()).get("/URI", ""))
        if annotation.get("/Subtype") == Name.Link and target.startswith(SCHEME):
            name = target.removeprefix(SCHEME)
            found.append(name)
            _widget(annotation, name, labels[name], page)
            _appearance(pdf, annotation, faces[name])
            _tag(pdf, annotation, labels[name])
            page.obj.Tabs = Name.S
            pdf.Root.AcroForm.Fields.append(annotation)
    return found


def _widget(annotation: pikepdf.Object, name: str, label: str, page: pikepdf.Page) -> None:
    if not annotation.is_indirect:
        raise ValueError("a field must be an object of its own")
    for key in LINK_ONLY:
        if key in annotation:
            del annotation[key]
    annotation.Type, annotation.Subtype, annotation.FT = Name.Annot, Name.Widget, Name.Sig
    annotation.T, annotation.TU, annotation.F = String(name), String(label), PRINT_AND_LOCKED
    annotation.P = page.obj


def _appearance(pdf: Pdf, annotation: pikepdf.Object, face: Face) -> None:
    left, bottom, right, top = (float(value) for value in annotation.Rect.as_list())
    if abs(abs(right - left) - face.width) > 0.1 or abs(abs(top - bottom) - face.height) > 0.1:
        raise ValueError("the field and its face differ in size")
    annotation.AP = pdf.make_indirect(Dictionary(N=face.form))


def _seal(pdf: Pdf, label: str) -> pikepdf.Object:
    page = pdf.pages[0].obj
    seal = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String(SEAL_FIELD), F=PRINT_AND_LOCKED, Rect=Array([0] * 4)
    )
    seal.P = page
    if label:
        seal.TU = String(label)
    indirect = pdf.make_indirect(seal)
    if "/Annots" not in page:
        page.Annots = Array([])
    page.Annots.append(indirect)
    page.Tabs = Name.S
    return indirect


def _tag(pdf: Pdf, annotation: pikepdf.Object, label: str) -> None:
    element = _element(pdf.Root.StructTreeRoot.ParentTree, int(annotation.StructParent))
    element.S, element.Alt = Name.Form, String(label)
    if "/A" in element:
        del element["/A"]
    element.K = Dictionary(Type=Name.OBJR, Obj=annotation, Pg=annotation.P)


def _element(node: pikepdf.Object, key: int) -> pikepdf.Object:
    numbers = node.get("/Nums", Array([])).as_list()
    for position in range(0, len(numbers), 2):
        if int(numbers[position]) == key:
            return numbers[position + 1]
    for kid in node.get("/Kids", Array([])).as_list():
        try:
            return _element(kid, key)
        except KeyError:
            continue
    raise KeyError(key)


def _saved(pdf: Pdf) -> bytes:
    buffer = io.BytesIO()
    pdf.save(
        buffer,
        deterministic_id=True,
        object_stream_mode=ObjectStreamMode.disable,
        compress_streams=False,
        stream_decode_level=StreamDecodeLevel.none,
        fix_metadata_version=False,
    )
    return buffer.getvalue()
