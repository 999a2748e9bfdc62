"""The signed face of a signature field, and the empty form XObject that waits for it with its fonts.

Signing replaces the stream's bytes and nothing else: its dictionary, /BBox and /Resources are final, and it has no
/Filter (notes/judges.md: a changed one reads as an undefined change). Before, it draws nothing: office and line are
print of the page, since a drawn placeholder reads as a visual difference once it is gone.
"""

from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Operator, Pdf, Stream

MARKED_CONTENT = {"BMC", "BDC", "EMC", "MP", "DP"}


@dataclass(frozen=True)
class Face:
    """The appearance of one field: the form XObject as it lies in the PDF, and the bytes that signing puts into it."""

    form: Stream
    signed: bytes
    width: float
    height: float


def faces_of(target: Pdf, drawn: Pdf, count: int) -> list[Face]:
    """Return the `count` faces that faces.typ drew, one a page, their fonts copied into `target`.

    `drawn` stays open until `target` is saved: streams are copied then.
    """
    if len(drawn.pages) != count:
        raise ValueError(f"{len(drawn.pages)} pages for {count} faces")
    return [_face(target, page) for page in drawn.pages]


def _face(target: Pdf, page: pikepdf.Page) -> Face:
    form = target.make_stream(b"")
    form[Name.Type] = Name.XObject
    form[Name.Subtype] = Name.Form
    form[Name.BBox] = Array(page.mediabox.as_list())
    form[Name.Resources] = _resources(target, page)
    width, height = (float(side) for side in page.mediabox.as_list()[2:])
    return Face(form=form, signed=_drawing(page), width=width, height=height)


def _resources(target: Pdf, page: pikepdf.Page) -> Dictionary:
    taken = Dictionary()
    for category, entries in page.resources.items():
        if category == "/ProcSet" or not isinstance(entries, Dictionary):
            continue
        taken[Name(category)] = Dictionary()
        for name, value in entries.items():
            taken[Name(category)][Name(name)] = (
                target.copy_foreign(value) if value.is_indirect else _copied(target, value)
            )
    return taken


def _copied(target: Pdf, value: Object) -> Object:
    if isinstance(value, Array):
        return Array([target.copy_foreign(item) if item.is_indirect else item for item in value.as_list()])
    return value


def _drawing(page: pikepdf.Page) -> bytes:
    """Return the page's operators without marked content, which belongs to the page's own tags."""
    kept = [
        (list(instruction.operands), Operator(str(instruction.operator)))
        for instruction in pikepdf.parse_content_stream(page)
        if str(instruction.operator) not in MARKED_CONTENT
    ]
    return pikepdf.unparse_content_stream(kept)
