"""Regenerate: builds the unsigned document again from the record inside a PDF, as proof of what was signed."""

import io
import json
from pathlib import Path
from typing import Any

import pikepdf

from backend import clock
from backend.documents import template as templates
from backend.documents.refusals import NotOurDocument, RecipeChanged, TemplateUnknown
from backend.documents.render import ATTACHMENT, FORMAT, engine, render
from backend.documents.template import SHARED


def record_in(pdf: bytes) -> dict[str, Any]:
    """Return the record attached to a PDF, as render.record_of made it; raises NotOurDocument.

    The PDF may be foreign: confine it.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            record = json.loads(opened.attachments[ATTACHMENT].get_file().read_bytes())
        if record["format"] != FORMAT or not isinstance(record["facts"], dict):
            raise NotOurDocument(reason=f"format {record['format']}")
    except (pikepdf.PdfError, KeyError, TypeError, ValueError) as error:
        raise NotOurDocument(reason=str(error)) from error
    return dict(record)


def regenerate(pdf: bytes, templates_root: Path) -> bytes:
    """Return the unsigned document of a PDF, made anew from its record with the template of that name.

    Raises NotOurDocument, TemplateUnknown, and RecipeChanged if template or fonts have other hashes than recorded.
    """
    record = record_in(pdf)
    name = str(record["template"]["name"])
    folders = {folder.name: folder for folder in templates_root.iterdir() if folder.is_dir() and folder.name != SHARED}
    if name not in folders:
        raise TemplateUnknown(template=name, reason=str(templates_root.name))
    template = templates.load(folders[name])
    _same("templat", record["template"]["sha256"], template.sha256)
    _same("fon", record["fonts_sha256"], template.fonts_sha256)
    return render(folders[name], record["facts"], clock.from_text(record["created"]), mark=record["mark"]).pdf


def begins_with(pdf: bytes, templates_root: Path) -> bool:
    """Tell whether a (signed) PDF starts with exactly the bytes that its own record makes.

    Raises what `regenerate` raises, and RecipeChanged if the bytes differ and so do the versions of the programs: then
    nothing is proved either way.
    """
    if pdf.startswith(regenerate(pdf, templates_root)):
        return True
    recorded = record_in(pdf)["engine"]
    for part, present in engine().items():
        _same(part, str(recorded.get(part)), present)
    return False


def _same(part: str, recorded: str, present: str) -> None:
    if recorded != present:
        raise RecipeChanged(part=part, recorded=recorded, present=present)
