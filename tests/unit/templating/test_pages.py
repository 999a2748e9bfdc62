"""Every page, in every language and state: complete, well-formed enough for a screen reader, and within the CSP."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from tests.unit.templating.example_facts import Context
from tests.unit.templating.examples import FRAME, STATIC, TEMPLATES, all_pages, templating

PAGES = all_pages()
RENDERER = templating()
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons" / "icons.svg").read_text("utf-8")))
CONTROLS = {"input", "select", "textarea"}
ATTACK = "\"'><script>alert(1)</script>"
WRITTEN_BY_PEOPLE = {
    "name",
    "office",
    "institution",
    "title",
    "region_name",
    "number",
    "message",
    "file",
    "signer",
    "q",
}
WRITTEN_BY_PEOPLE |= {"subject", "text", "detail", "who", "note", "place", "failure", "contact", "email", "next"}


class Page(HTMLParser):
    """What these tests look at: elements with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def rendered(page: str, language: str, context: Context) -> str:
    return RENDERER.render(f"pages/{page}.html", language, **context)


@pytest.fixture(
    params=[(*page, language) for page in PAGES for language in RENDERER.languages],
    ids=lambda p: f"{p[0]}-{p[1]}-{p[3]}",
)
def html(request: pytest.FixtureRequest) -> str:
    page, _, context, language = request.param
    return rendered(page, language, context)


def test_a_page_says_its_language_and_has_one_heading(html: str) -> None:
    page = Page(html)
    assert page.all("html")[0]["lang"] in RENDERER.languages
    assert len(page.all("h1")) == 1
    title = re.search(r"<title>(.*?)</title>", html)
    assert title is not None
    assert len(title.group(1).removesuffix(" – Prasasti").strip()) > 3


def test_a_page_says_that_it_is_only_a_test(html: str) -> None:
    assert FRAME["mark"] in html


def test_a_page_stays_within_the_content_security_policy(html: str) -> None:
    page = Page(html)
    assert [a for _, a in page.elements if "style" in a or any(name.startswith(("on", "hx-on")) for name in a)] == []
    assert page.all("style") == []
    assert all("src" in script for script in page.all("script"))
    assert "javascript:" not in html


def test_names_inside_a_page_are_unique_and_lead_somewhere(html: str) -> None:
    page = Page(html)
    counted = Counter(a["id"] for _, a in page.elements if "id" in a)
    assert [name for name, count in counted.items() if count > 1] == []
    told = [
        a[attribute]
        for _, a in page.elements
        for attribute in ("aria-labelledby", "aria-describedby", "for")
        if attribute in a
    ]
    inside = [a["href"][1:] for a in page.all("a") if a.get("href", "").startswith("#")]
    assert {name for text in [*told, *inside] for name in text.split()} <= set(counted)


def test_every_icon_is_in_the_sprite(html: str) -> None:
    assert {use["href"].partition("#")[2] for use in Page(html).all("use")} <= SYMBOLS


def test_every_form_that_changes_something_carries_the_token(html: str) -> None:
    for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL):
        method = Page(form).all("form")[0].get("method", "get")
        assert method in {"get", "post"}
        assert ('name="csrf_token"' in form) == (method == "post")


def test_every_field_has_a_label(html: str) -> None:
    labelled = {label.get("for", "") for label in Page(html).all("label")}
    # A label that encloses its field needs no name: chips and the search row.
    enclosed = "".join(re.findall(r"<label\b.*?</label>", html, re.DOTALL))
    for field in Page(html).all(*CONTROLS):
        named = field.get("id") in labelled or "aria-label" in field
        assert field.get("type") == "hidden" or named or f'name="{field["name"]}"' in enclosed


def test_every_page_has_an_example() -> None:
    written = {str(path.relative_to(TEMPLATES / "pages").with_suffix("")) for path in TEMPLATES.glob("pages/*/*.html")}
    shown = {page for page, _, _ in PAGES}
    assert {name for name in written if not name.partition("/")[2].startswith("_")} == shown


@pytest.mark.parametrize(("page", "case", "context"), PAGES, ids=lambda value: value if isinstance(value, str) else "")
def test_what_people_write_is_never_read_as_html(page: str, case: str, context: Context) -> None:
    html = rendered(page, "id", {name: hostile(name, value) for name, value in context.items()})
    assert ATTACK not in html, case


def hostile(key: str, value: object) -> object:
    """Return a value of a context with an attack at the end of every text that people give."""
    if isinstance(value, dict):
        return {name: hostile(name, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [hostile(key, inner) for inner in value]
    return f"{value}{ATTACK}" if key in WRITTEN_BY_PEOPLE and isinstance(value, str) else value


def test_english_pages_speak_no_indonesian_interface() -> None:
    html = rendered("signatory/sign", "en", next(context for page, _, context in PAGES if page == "signatory/sign"))
    assert "Sign the document" in html
    assert "Tandatangani naskah" not in html


def test_without_salutation_a_sentence_does_without_a_pronoun() -> None:
    context = next(context for page, case, context in PAGES if (page, case) == ("signatory/link", "nameless"))
    html = rendered("signatory/link", "id", context)
    assert "Bapak" not in html
    assert "Ibu" not in html
    assert "None" not in html


@pytest.mark.parametrize(
    ("verdict", "anchor_class", "colour"),
    [
        ("passed", "certified", "passed"),
        ("passed", "other", "other"),
        ("passed", "test", "other"),
        ("failed", "certified", "failed"),
        ("indeterminate", "other", "unknown"),
        ("unsigned", "other", "neutral"),
        ("unreadable", "other", "neutral"),
    ],
)
def test_only_a_certified_anchor_is_green(verdict: str, anchor_class: str, colour: str) -> None:
    context = next(context for page, case, context in PAGES if (page, case) == ("public/verdict", "passed-test"))
    result = context["result"] | {"verdict": verdict, "anchor_class": anchor_class}
    html = rendered("public/verdict", "id", context | {"result": result})
    assert f'class="verdict verdict--{colour}"' in html
    assert ("four--uncertified" in html) == (anchor_class != "certified")


def test_what_is_missing_is_told_before_the_verdict() -> None:
    context = next(context for page, case, context in PAGES if (page, case) == ("public/verdict", "failed"))
    html = rendered("public/verdict", "id", context)
    assert html.index(context["result"]["missing"]) < html.index('id="putusan"')


def test_an_auditor_sees_no_button_that_changes_the_ceremony() -> None:
    context = next(context for page, case, context in PAGES if (page, case) == ("organiser/ceremony", "auditor"))
    html = rendered("organiser/ceremony", "id", context | {"groups": []})
    actions = {form["action"] for form in Page(html).all("form") if form.get("method") == "post"}
    assert actions == {"/keluar", "/bahasa"}


def test_the_reading_view_is_part_of_the_page() -> None:
    context = next(context for page, case, context in PAGES if (page, case) == ("signatory/read", ""))
    html = rendered("signatory/read", "id", context)
    assert '<h3 id="pasal-1">Pasal 1<br>' in html
    assert "<h2>NOTA KESEPAKATAN<br>" in html
    assert "&lt;h" not in html
