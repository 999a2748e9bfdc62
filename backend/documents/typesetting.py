"""Typesetting: runs Typst on a layout with its inputs. Warnings are errors; every error names file, line and column.

One compiler per process and layout: compilers are not thread-safe, so this runs in worker processes (render.Renderer).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

import typst

from backend.documents.refusals import TemplateError

PLACE = re.compile(r"┌─ (.+?):(\d+):(\d+)")
Standard = Literal["a-3a", "a-3b", "ua-1"]
ARCHIVAL: tuple[Standard, ...] = ("a-3a", "ua-1")  # ISO 19005-3 level A and ISO 14289-1
DRAWING: tuple[Standard, ...] = ("a-3b",)


@dataclass(frozen=True)
class Press:
    """Where layouts may read (`root`) and which fonts exist; `fonts_sha256` makes changed fonts another press."""

    root: Path
    fonts: Path
    fonts_sha256: str

    def print(
        self, layout: Path, inputs: dict[str, str], when: datetime, standards: tuple[Standard, ...] = ARCHIVAL
    ) -> bytes:
        """Return the PDF of a layout; `inputs` are its `sys.inputs`, `when` its creation time.

        Raises TemplateError for errors and for warnings alike (an unknown font is only a warning to Typst).
        """
        compiler = _compiler(layout, self)
        try:
            pdf, warnings = compiler.compile_with_warnings(
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=list(standards),
                timestamp=when.astimezone(UTC),
                pdf_tags="ua-1" in standards,
            )
        except typst.TypstError as error:
            raise _error(self.root, layout, error.message, error.diagnostic) from error
        if warnings:
            raise _error(self.root, layout, warnings[0].message, warnings[0].diagnostic)
        if not isinstance(pdf, bytes):
            raise TypeError("Typst returned no PDF")
        return pdf


@lru_cache(maxsize=4)
def _fonts(folder: Path, sha256: str) -> typst.Fonts:
    del sha256  # part of the key only: the same folder with other files is another set of fonts
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


@lru_cache(maxsize=16)
def _compiler(layout: Path, press: Press) -> typst.Compiler:
    fonts = _fonts(press.fonts, press.fonts_sha256)
    return typst.Compiler(input=str(layout), root=str(press.root), font_paths=fonts, ignore_system_fonts=True)


def _error(root: Path, layout: Path, message: str, diagnostic: str) -> TemplateError:
    place = PLACE.search(diagnostic)
    if place is None:
        return TemplateError(file=layout.name, line=1, column=1, reason=message)
    file = Path(place[1]).resolve()
    shown = file.relative_to(root.resolve()) if file.is_relative_to(root.resolve()) else Path(file.name)
    return TemplateError(file=shown.as_posix(), line=int(place[2]), column=int(place[3]), reason=message)
