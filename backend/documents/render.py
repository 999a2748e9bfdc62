"""Render: a template and a region's facts become one unsigned PDF/A-3a + PDF/UA-1, the same bytes every time.

The PDF carries `prasasti.json`, the record it was made from; `backend.documents.regenerate` makes it again from that.
"""

import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import pikepdf
import segno

from backend import clock
from backend.confined import Confined, Limits
from backend.documents import template as templates
from backend.documents.blocks import Block
from backend.documents.comparing import same_words
from backend.documents.fields import prepare
from backend.documents.refusals import GlyphMissing, TemplateError
from backend.documents.template import Facts, Template, value_of
from backend.documents.typesetting import DRAWING, Press
from backend.documents.wording import full_name
from backend.documents.words import blocks_of

Result = TypeVar("Result")
FORMAT = 1
ATTACHMENT = "prasasti.json"
SEAL_LABEL = "Segel elektronik kementerian"
UNDISPLAYABLE = "could not be displayed with font"


@dataclass(frozen=True)
class Rendered:
    """An unsigned document: `faces` are the bytes of each field's signed face, `facts` what was printed.

    `same_words` tells whether the reading view's words were found to be those of the pages.
    """

    pdf: bytes
    faces: dict[str, bytes]
    blocks: list[Block]
    facts: Facts
    same_words: bool


class Renderer:
    """Makes documents in worker processes of its own, so that no template can hurt the process that asks."""

    def __init__(self, processes: int = 2, limits: Limits | None = None) -> None:
        """Prepare the workers; they start with the first document."""
        self._processes = processes
        self._confined = Confined(limits or Limits(), processes)

    def render(self, folder: Path, facts: Facts, when: datetime, *, mark: str) -> Rendered:
        """Do what `render` does, in a worker; raises what it raises, and LimitReached."""
        return self.run(partial(render, folder, facts, when, mark=mark))

    def warm_up(self) -> None:
        """Start the workers and let them read what they need, so that the first documents do not wait for it."""
        for _ in range(self._processes):
            self._confined.begin(engine)

    def run(self, task: Callable[[], Result]) -> Result:
        """Run a picklable task in a worker, such as a `functools.partial` of `minutes.render_minutes`."""
        result: Result = self._confined.run(_alone, task)
        return result

    def close(self) -> None:
        """End the workers."""
        self._confined.close()


def render(folder: Path, facts: Facts, when: datetime, *, mark: str) -> Rendered:
    """Return the document of a template folder and facts, made at `when` (aware), `mark` printed on every page.

    Raises TemplateFieldMissing, TemplateFieldInvalid, GlyphMissing, and TemplateError with file, line and column.
    """
    template = templates.load(folder)
    templates.check_facts(template, facts)
    facts = templates.only_declared(template, facts)
    templates.check_facts(template, facts)
    record = record_of(template, facts, when, mark)
    press = press_of(template)
    inputs = {"record": compact(record), "qr": qr_code(facts["verifikasi"]["url"]), "title": title_of(template, facts)}
    try:
        body = press.print(folder / "layout.typ", inputs, when)
        drawn = press.print(template.shared / "faces.typ", {"faces": compact(_faces(template, facts))}, when, DRAWING)
    except TemplateError as error:
        raise culprit(facts, error) from error
    try:
        prepared = prepare(body, labels_of(template, facts), drawn, SEAL_LABEL)
    except ValueError as error:
        raise TemplateError(file="layout.typ", line=1, column=1, reason=str(error)) from error
    alike = same_words(prepared.pdf, record["blocks"])
    return Rendered(prepared.pdf, prepared.faces, record["blocks"], facts, alike)


def press_of(template: Template) -> Press:
    """Return the press that a template's layouts are printed on."""
    return Press(template.root, template.shared / "fonts", template.fonts_sha256)


def record_of(template: Template, facts: Facts, when: datetime, mark: str) -> dict[str, Any]:
    """Return what is attached to the PDF: everything that its bytes depend on."""
    return {
        "format": FORMAT,
        "created": clock.to_text(when),
        "mark": mark,
        "template": {"name": template.name, "sha256": template.sha256},
        "fonts_sha256": template.fonts_sha256,
        "engine": engine(),
        "facts": facts,
        "blocks": blocks_of(template, facts),
    }


@lru_cache(maxsize=1)
def engine() -> dict[str, str]:
    """Return the versions of the programs that write the bytes."""
    return {"typst": version("typst"), "pikepdf": version("pikepdf"), "qpdf": pikepdf.__libqpdf_version__}


def compact(value: object) -> str:
    """Return JSON with sorted keys and no white space."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def qr_code(url: str) -> str:
    """Return an SVG of the QR code of an address, error correction M, quiet zone of two modules plus the panel's."""
    buffer = io.BytesIO()
    segno.make(url, error="m", micro=False).save(buffer, kind="svg", border=2, omitsize=True, xmldecl=False)
    return buffer.getvalue().decode()


def title_of(template: Template, facts: Facts) -> str:
    """Return the title of one document: the template's subject with its `{dotted.name}` places filled."""
    title = template.subject
    for spec in template.fields:
        title = title.replace(f"{{{spec.name}}}", str(value_of(facts, spec.name) or ""))
    return title


def labels_of(template: Template, facts: Facts) -> dict[str, str]:
    """Return for each signature field, in order of signing, what a screen reader says of it."""
    return {slot.field: f"{slot.label}, {value_of(facts, slot.office)}" for slot in template.slots}


def _faces(template: Template, facts: Facts) -> list[dict[str, str]]:
    titles = bool(template.options.get("gelar"))
    return [{"name": full_name(value_of(facts, slot.person), titles=titles)} for slot in template.slots]


def culprit(facts: Facts, error: TemplateError) -> TemplateError | GlyphMissing:
    """Return the fact that holds the character a font lacks, if it is a fact; else the error itself."""
    reason = str(error.facts["reason"])
    if UNDISPLAYABLE not in reason:
        return error
    characters = reason.partition('"')[2].partition('"`')[0]
    for name, value in _flat(facts):
        if any(character in value for character in characters):
            return GlyphMissing(field=name, characters=characters)
    return error


def _flat(facts: Facts, prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in facts.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", value if isinstance(value, str) else compact(value)))
    return found


def _alone(task: Callable[[], Result]) -> Result:
    # One worker per core: Typst's own threads would only stand in each other's way (notes/rendering.md 2).
    os.putenv("RAYON_NUM_THREADS", "1")
    return task()
