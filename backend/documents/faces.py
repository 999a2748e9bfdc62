"""The two faces of a signature field: its placeholder and its signed face, drawn with one set of embedded fonts.

Both become drawing operators for one form XObject. Signing replaces the stream's bytes and nothing else: its
dictionary, /BBox and /Resources are final, and it has no /Filter (notes/judges.md: a changed one reads as an undefined change).
"""

from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Operator, Pdf, Stream

# Operators whose operand names a resource, and the category it is looked up in (ISO 32000-1, 7.8.3).
NAMED = {
    "Tf": "/Font",
    "gs": "/ExtGState",
    "cs": "/ColorSpace",
    "CS": "/ColorSpace",
    "Do": "/XObject",
    "sh": "/Shading",
}
MARKED_CONTENT = {"BMC", "BDC", "EMC", "MP", "DP"}


@dataclass(frozen=True)
class Face:
    """The appearance of one field: the form XObject as it lies in the PDF, and the bytes that signing puts into it."""

    form: Stream
    signed: bytes
    width: float
    height: float


def faces_of(target: Pdf, drawn: Pdf, count: int) -> list[Face]:
    """Return `count` faces from the pages that faces.typ drew: placeholder, signed, placeholder, signed, ...

    `drawn` stays open until `target` is saved: fonts are copied then.
    """
    pages = drawn.pages
    if len(pages) != 2 * count:
        raise ValueError(f"{len(pages)} pages for {count} faces")
    return [_face(target, pages[2 * n], pages[2 * n + 1]) for n in range(count)]


def _face(target: Pdf, placeholder: pikepdf.Page, signed: pikepdf.Page) -> Face:
    resources = _Resources(target)
    before, after = resources.taken_over(placeholder), resources.taken_over(signed)
    width, height = (float(side) for side in list(placeholder.mediabox)[2:])
    form = target.make_stream(before)
    form[Name.Type] = Name.XObject
    form[Name.Subtype] = Name.Form
    form[Name.BBox] = Array([0, 0, placeholder.mediabox[2], placeholder.mediabox[3]])
    form[Name.Resources] = resources.merged
    return Face(form=form, signed=after, width=width, height=height)


class _Resources:
    """The resources of several pages in one dictionary, under names that do not clash."""

    def __init__(self, target: Pdf) -> None:
        self._target = target
        self._names: dict[tuple[str, object], Name] = {}
        self.merged = Dictionary()

    def taken_over(self, page: pikepdf.Page) -> bytes:
        """Return the page's operators without marked content, its resources added to `merged` under new names."""
        renamed: dict[tuple[str, str], Name] = {}
        for category, entries in page.resources.items():
            if category != "/ProcSet":
                for name, value in entries.items():
                    renamed[category, name] = self._added(category, value)
        kept = []
        for instruction in pikepdf.parse_content_stream(page):
            word = str(instruction.operator)
            if word in MARKED_CONTENT:
                continue
            category = "/Pattern" if word in ("scn", "SCN") else NAMED.get(word, "")
            operands = list(instruction.operands)
            names = [renamed.get((category, str(o)), o) if isinstance(o, Name) else o for o in operands]
            kept.append((names, Operator(word)))
        return pikepdf.unparse_content_stream(kept)

    def _added(self, category: str, value: Object) -> Name:
        key = (category, value.objgen if value.is_indirect else value.unparse())
        if key not in self._names:
            if category not in self.merged:
                self.merged[Name(category)] = Dictionary()
            entries = self.merged[Name(category)]
            self._names[key] = Name(f"/{category[1]}{len(entries)}")
            entries[self._names[key]] = self._target.copy_foreign(value) if value.is_indirect else self._copied(value)
        return self._names[key]

    def _copied(self, value: Object) -> Object:
        if isinstance(value, Array):
            return Array([self._target.copy_foreign(v) if v.is_indirect else v for v in value.as_list()])
        return value
