"""The renderer: strict, escaping, translated, and addresses of static files that change with their content."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from backend.templating import Templating, hash_parts, initials, short_hash

DIGEST = "9f3c1b7a" + "e" * 48 + "7b6a80d1"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    templates, static = tmp_path / "templates", tmp_path / "static"
    templates.mkdir()
    static.mkdir()
    return templates, static


def renderer(folders: tuple[Path, Path], template: str) -> Templating:
    templates, static = folders
    (templates / "one.html").write_text(template, encoding="utf-8")
    return Templating(templates, static, {"en": {"Yang terhormat %(name)s": "Dear %(name)s"}})


def test_a_value_is_escaped(folders: tuple[Path, Path]) -> None:
    assert renderer(folders, "{{ name }}").render("one.html", "id", name="<b>") == "&lt;b&gt;"


def test_a_value_inside_a_text_is_escaped(folders: tuple[Path, Path]) -> None:
    made = renderer(folders, '{{ _("Yang terhormat %(name)s", name=name) }}')
    assert made.render("one.html", "id", name="<b>") == "Yang terhormat &lt;b&gt;"
    assert made.render("one.html", "en", name="100%") == "Dear 100%"


def test_an_undefined_name_is_an_error(folders: tuple[Path, Path]) -> None:
    with pytest.raises(UndefinedError):
        renderer(folders, "{{ missing }}").render("one.html", "id")


def test_an_unknown_language_is_indonesian(folders: tuple[Path, Path]) -> None:
    made = renderer(folders, '{{ _("Yang terhormat %(name)s", name="A") }} {{ language }}')
    assert made.render("one.html", "xx") == "Yang terhormat A id"
    assert made.languages == ("id", "en")


def test_the_address_of_a_static_file_changes_with_its_content(folders: tuple[Path, Path]) -> None:
    made = renderer(folders, "{{ static('a.css') }}")
    style = folders[1] / "a.css"
    style.write_text("a{}")
    first = made.render("one.html", "id")
    assert first.startswith("/static/a.css?v=")
    assert made.render("one.html", "id") == first
    style.write_text("b{}b{}")
    assert made.render("one.html", "id") != first


def test_a_missing_static_file_is_an_error(folders: tuple[Path, Path]) -> None:
    with pytest.raises(FileNotFoundError):
        renderer(folders, "{{ static('none.css') }}").render("one.html", "id")


def test_a_digest_is_recognised_by_its_ends() -> None:
    assert short_hash(DIGEST) == "9f3c1b7a…7b6a80d1"
    assert "".join(hash_parts(DIGEST)) == DIGEST


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ayu Prameswari", "AP"),
        ("Ir. Marolop Contoh, M.Si.", "MC"),
        ("Sutopo", "S"),
        ("H. Lalu Wira Jaya, S.I.P.", "LJ"),
        ("", ""),
    ],
)
def test_initials_leave_titles_out(name: str, letters: str) -> None:
    assert initials(name) == letters
