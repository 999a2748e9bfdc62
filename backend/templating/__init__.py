"""Turns a template and facts into text: HTML is made here and nowhere else. Knows no web framework and no settings.

Every value is escaped, an undefined name is an error, and texts go through the catalogues (`_("Indonesian text")`).
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from backend.templating import drawings, moments

SOURCE_LANGUAGE = "id"
_HASH_ENDS = 8


class Templating:
    """The templates of one folder, in every language that has a catalogue."""

    def __init__(self, folder: Path, static: Path, texts: Mapping[str, Mapping[str, str]]) -> None:
        """Take the folders of templates and of static files, and per language its Indonesian -> translated texts."""
        self._static = static
        self.languages = tuple(dict.fromkeys((SOURCE_LANGUAGE, *texts)))
        self._environments = {code: self._environment(folder, code, texts.get(code, {})) for code in self.languages}

    def render(self, template: str, language: str, **context: object) -> str:
        """Return the text of one template (`pages/public/home.html`, `mail/...`) in one language.

        An unknown language falls back to Indonesian. Raises jinja2.UndefinedError for a name that `context` lacks.
        """
        code = language if language in self._environments else SOURCE_LANGUAGE
        return self._environments[code].get_template(template).render(context)

    def static_url(self, path: str) -> str:
        """Return the address of a static file with the beginning of its content's SHA-256; raises FileNotFoundError."""
        file = self._static / path
        return f"/static/{path}?v={_content_hash(file, file.stat().st_mtime_ns)}"

    def _environment(self, folder: Path, language: str, texts: Mapping[str, str]) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.policies["ext.i18n.trimmed"] = True
        install: Callable[..., None] = environment.install_gettext_callables  # type: ignore[attr-defined]  # because the extension adds it
        install(
            lambda text: texts.get(text, text),
            lambda one, many, count: texts.get(one if count == 1 else many, one if count == 1 else many),
            newstyle=True,
        )
        environment.globals |= {
            "static": self.static_url,
            "language": language,
            "languages": self.languages,
            "rosette": drawings.rosette,
            "strip": drawings.strip,
        }
        environment.filters |= {
            "short_hash": short_hash,
            "first_upper": lambda text: text[:1].upper() + text[1:],
            "hash_parts": hash_parts,
            "initials": initials,
            "inside_page": inside_page,
            # For texts that arrive as message ids; unlike `_`, what it returns is still escaped.
            "translated": lambda text: texts.get(text, text),
            **moments.filters(language),
        }
        return environment


@lru_cache(maxsize=256)
def _content_hash(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def hash_parts(digest: str) -> tuple[str, str, str]:
    """Return a hex digest as its first eight digits, its middle and its last eight: people compare the ends."""
    return digest[:_HASH_ENDS], digest[_HASH_ENDS:-_HASH_ENDS], digest[-_HASH_ENDS:]


def short_hash(digest: str) -> str:
    """Return the first and last eight digits of a hex digest with an ellipsis: for recognition, never for proof."""
    first, _, last = hash_parts(digest)
    return f"{first}…{last}"


def inside_page(html: str) -> Markup:
    """Return the reading view of a document as part of a page: its headings one level lower, below the page's h1.

    `html` must come from `documents.reading.to_html`, which escapes every value; nothing else may be given here.
    """
    lowered = re.sub(r"<(/?)h([1-5])\b", lambda tag: f"<{tag[1]}h{int(tag[2]) + 1}", html)
    return Markup(lowered)  # noqa: S704 because to_html has escaped every value


def initials(name: str) -> str:
    """Return at most two capital letters of a name, titles (words with a dot) left out."""
    words = [word for word in name.replace(",", " ").split() if "." not in word]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))
