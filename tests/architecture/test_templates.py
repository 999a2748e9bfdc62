"""Templates obey the content security policy, stay on our server, and every text in them exists in English."""

import ast
import re
from pathlib import Path

import pytest
from jinja2.ext import babel_extract

from backend.languages import available, catalogue
from tests.architecture.project import ROOT, lines_with, text, written

TEMPLATES = [path for path in written(".html", ".txt", ".svg") if path.parts[0] == "templates"]
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
BACKEND = [path for path in written(".py") if path.parts[0] == "backend"]
TOLD_AT = {
    "translate": 0,
    "languages.translate": 0,
    "Finding": 0,
    "Told": 0,
    "_when": 0,
    "faults.add": 3,
}  # which argument a user reads
I18N = {"extensions": "jinja2.ext.i18n", "trimmed": "true", "silent": "false"}
WRONG_WORDS = r"\b(Anda|[Pp]enandatangan|[Ww]alikota|[Kk]adaluarsa|[Kk]adaluwarsa|[Nn]ota [Kk]esepahaman)\b"


def _texts(path: Path) -> list[str]:
    with (ROOT / path).open("rb") as file:
        found = babel_extract(file, ("_", "gettext", "ngettext"), (), dict(I18N))
        return [one for _, _, message, _ in found for one in _singular_and_plural(message)]


def _singular_and_plural(message: object) -> list[str]:
    parts = message if isinstance(message, tuple | list) else (message,)
    return [part for part in parts if isinstance(part, str)]


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_every_text_has_a_translation(path: Path) -> None:
    for language in available()[1:]:
        assert [source for source in _texts(path) if source not in catalogue(language)] == []


def test_every_text_that_code_translates_has_a_translation() -> None:
    modules = [ast.parse(text(path)) for path in BACKEND]
    calls = [node for module in modules for node in ast.walk(module) if isinstance(node, ast.Call)]
    told = {said for call in calls for said in _told(call)} | {said for module in modules for said in _named(module)}
    for language in available()[1:]:
        assert sorted(said for said in told if said not in catalogue(language)) == []


def _told(call: ast.Call) -> list[str]:
    place = TOLD_AT.get(ast.unparse(call.func))
    arguments = [] if place is None else call.args[place : place + 1]
    return [said for a in arguments for said in _words(a)]


def _named(module: ast.Module) -> set[str]:
    """Return the sentences that a module keeps under a name and uses in a function that translates."""
    kept = {
        target.id: _words(node.value)
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    translating = [
        node for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and "translate(" in ast.unparse(node)
    ]
    used = {node.id for function in translating for node in ast.walk(function) if isinstance(node, ast.Name)}
    return {said for name in used for said in kept.get(name, []) if " " in said}


def _words(node: ast.expr) -> list[str]:
    nodes = node.elts if isinstance(node, ast.Tuple) else [node]
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def test_nothing_in_a_page_needs_unsafe_inline() -> None:
    assert lines_with(PAGES, r"\bhx-on|\bjs:|\sstyle\s*=|<style\b|\son[a-z]+\s*=|javascript:") == []
    assert lines_with(PAGES, r"<script\b", unless=r"<script\b[^>]*(\bsrc=|type=\"application/json\")") == []


def test_a_page_loads_nothing_from_elsewhere() -> None:
    assert lines_with(PAGES, r"""(src|href|action|srcset)\s*=\s*["'](https?:)?//""", unless="w3.org") == []


def test_no_template_switches_escaping_off() -> None:
    assert lines_with(TEMPLATES, r"\|\s*safe\b|autoescape\s+false", unless="because") == []


def test_the_words_are_the_words_of_the_house() -> None:
    catalogues = [
        path for path in written(".po", ".html", ".typ", ".toml") if path.parts[0] in {"backend", "templates"}
    ]
    naskah = [path for path in written(".md") if path.parts[0] == "templates"]
    assert lines_with([*catalogues, *naskah, *TEMPLATES], WRONG_WORDS) == []


def test_a_translation_fills_only_places_that_its_message_has() -> None:
    place = re.compile(r"%\((\w+)\)")
    for language in available()[1:]:
        differing = [
            source
            for source, translated in catalogue(language).items()
            if not set(place.findall(translated)) <= set(place.findall(source))
        ]
        assert differing == []
