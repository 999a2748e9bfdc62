"""Render one nota kesepakatan: ours from facts to tagged fields, beside Typst alone on the same words."""

import copy
import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from backend.documents import render, template
from benchmarks.measure import Contender

WORK = "render one document"
TEMPLATE = Path(__file__).parents[1] / "templates" / "mou" / "smart-city"
MARK = "UJI COBA - TIDAK SAH"
WHEN = datetime(2021, 5, 20, 2, 0, tzinfo=UTC)

_numbers = itertools.count(1)


def facts() -> dict[str, Any]:
    """Return the template's example with a number of its own: Typst remembers what it has set before."""
    found: dict[str, Any] = copy.deepcopy(json.loads((TEMPLATE / "example.json").read_text("utf-8")))
    found["nomor"]["kedua"] = f"415.4/{next(_numbers)}/2021"
    return found


def document() -> render.Rendered:
    """Return one rendered document."""
    return render.render(TEMPLATE, facts(), WHEN, mark=MARK)


def contenders() -> list[Contender]:
    """Return ours, and Typst with a compiler kept or made for each document."""
    loaded = template.load(TEMPLATE)
    kept = _compiler()

    def inputs() -> dict[str, str]:
        known = facts()
        record = render.record_of(loaded, known, WHEN, MARK)
        return {
            "record": render.compact(record),
            "qr": render.qr_code(known["verifikasi"]["url"]),
            "title": render.title_of(loaded, known),
        }

    waiting = [inputs() for _ in range(400)]
    return [
        Contender(WORK, "Prasasti: facts to PDF/A-3a with fields and faces", document),
        Contender(WORK, "Typst alone, compiler kept", lambda: _compile(kept, waiting.pop())),
        Contender(WORK, "Typst alone, as called once", lambda: _compile(_compiler(), waiting.pop())),
    ]


def _compiler() -> typst.Compiler:
    fonts = [str(TEMPLATE.parent / "_shared" / "fonts")]
    return typst.Compiler(
        input=str(TEMPLATE / "layout.typ"), root=str(TEMPLATE.parent), font_paths=fonts, ignore_system_fonts=True
    )


def _compile(compiler: typst.Compiler, inputs: dict[str, str]) -> object:
    return compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=["a-3a", "ua-1"], timestamp=WHEN)
