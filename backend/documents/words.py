"""Words: fills a template's `naskah.md` with facts. Every value is escaped for Markdown, so a name is only ever a name.

A drafter writes the legal forms themselves, `(1)` for an ayat, `a.` for a letter, `I.` for a party, `1.` for a number,
`*` for a bullet; what belongs to an item is indented to its text. `backend.documents.blocks` reads the result.
"""

import re
from functools import lru_cache, partial
from types import TracebackType
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2 import Template as Words
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from backend.documents import blocks, wording
from backend.documents.refusals import TemplateError
from backend.documents.template import Facts, Template, value_of

WORDS = "naskah.md"
SPACE = re.compile(r"[^\S\u00a0]+")  # all but the no-break space, which the filters below put into times
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# A drafter's mark, and the CommonMark marker of the same width that stands for it (blocks.MARKERS turns it back).
MARKS = (
    (re.compile(r"^(\s*)- ", re.MULTILINE), r"\1* "),
    (re.compile(r"^(\s*)[a-z]\. ", re.MULTILINE), r"\1+  "),
    (re.compile(r"^(\s*)\((\d+)\) ", re.MULTILINE), r"\1\2)  "),
)
ROMAN = re.compile(r"^(\s*)([IVX]+)\. ", re.MULTILINE)


def blocks_of(template: Template, facts: Facts) -> list[blocks.Block]:
    """Return the content of a document as blocks (lists and dicts of JSON); raises TemplateError with its place."""
    path = template.folder / WORDS
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(file=WORDS, line=1, column=1, reason=str(error)) from error
    return blocks.parse(fill(source, values_of(template, facts)), _parts(template, facts))


def fill(source: str, values: dict[str, Any]) -> str:
    """Return the Markdown of `source` with its Jinja2 places filled; raises TemplateError with line and column."""
    try:
        titles = bool(values.get("opsi", {}).get("gelar"))
        return _compiled(source, titles=titles).render(**values)
    except TemplateSyntaxError as error:
        column = _column(source, error.lineno, error.message or "")
        raise TemplateError(file=WORDS, line=error.lineno, column=column, reason=error.message) from error
    except (JinjaError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        line = _line(error.__traceback__)
        reason = str(error)
        raise TemplateError(file=WORDS, line=line, column=_column(source, line, reason), reason=reason) from error


def values_of(template: Template, facts: Facts) -> dict[str, Any]:
    """Return what the words may use: the facts, an empty text for an optional one, and the template's options."""
    values: dict[str, Any] = {"opsi": template.options}
    for spec in template.fields:
        *path, last = spec.name.split(".")
        inner = values
        for key in path:
            inner = inner.setdefault(key, {})
        value: Any = value_of(facts, spec.name) or ([] if spec.type in ("lines", "records") else "")
        # An absent column is an empty text, as an absent optional fact is.
        inner[last] = [dict.fromkeys(spec.columns, "") | row for row in value] if spec.columns else value
    return values


def escape(value: object) -> str:
    """Return a value as Markdown that means exactly its characters: in a cell, a heading, at the start of a line."""
    text = SPACE.sub(" ", str(value)).strip()
    escaped = PUNCTUATION.sub(_entity, text)
    return f"&#{ord(text[0])};{escaped[1:]}" if text[:1].isdigit() else escaped


def _entity(match: re.Match[str]) -> str:
    # Inside a table cell a backslash before a pipe would itself need escaping; a reference never does.
    return f"&#{ord(match[0])};" if match[0] in "\\|" else f"\\{match[0]}"


@lru_cache(maxsize=16)
def _compiled(source: str, *, titles: bool) -> Words:
    return _environment(titles=titles).from_string(_marks(source))


def _environment(*, titles: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=escape, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters["tanggal"] = wording.plain_date
    environment.filters["tanggal_huruf"] = wording.solemn_date
    environment.filters["waktu"] = wording.moment
    environment.filters["jam"] = wording.clock_time
    environment.filters["huruf"] = wording.in_words
    environment.filters["nama"] = partial(wording.full_name, titles=titles)
    return environment


def _marks(source: str) -> str:
    for pattern, replacement in MARKS:
        source = pattern.sub(replacement, source)
    return ROMAN.sub(lambda m: f"{m[1]}-{' ' * (len(m[2]) + 1)}", source)


def _parts(template: Template, facts: Facts) -> dict[str, blocks.Block]:
    region = value_of(facts, "daerah.kop") or []
    if not region and (name := value_of(facts, "daerah.nama_lengkap")):
        region = ["PEMERINTAH", str(name).upper()]
    slots = [
        {
            "field": slot.field,
            "party": slot.party,
            "side": slot.side,
            "office": str(value_of(facts, slot.office)).upper(),
            "stamp_duty": template.options.get("meterai", "tidak") in (slot.field.removeprefix("ttd-"), "keduanya"),
        }
        for slot in template.slots
    ]
    return {
        "kop": {"kind": "letterhead", "left": value_of(facts, "kementerian.kop") or [], "right": region},
        "tanda-tangan": {"kind": "signatures", "slots": sorted(slots, key=lambda slot: int(slot["side"]))},
        "verifikasi": {"kind": "verification", "url": value_of(facts, "verifikasi.url")},
        "halaman-baru": {"kind": "page-break"},
    }


def _line(trace: TracebackType | None) -> int:
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _column(source: str, line: int, reason: str) -> int:
    """Return where, from 1, the word that the reason quotes stands in the line, else where its first place begins."""
    lines = source.splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    for word in re.findall(r"'([^']+)'", reason)[::-1]:
        if (found := text.find(word)) >= 0:
            return found + 1
    return max(text.find("{"), 0) + 1
