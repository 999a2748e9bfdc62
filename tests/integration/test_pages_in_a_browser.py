"""Every page in a real browser, at a desk and on a phone: accessible, no sideways scrolling, within the policy."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from backend.app import POLICY
from tests.needs import chromium
from tests.unit.templating.examples import STATIC, all_pages, templating

pytestmark = pytest.mark.needs("chromium")

RENDERED = templating()
EXAMPLES = {f"{page}--{case or 'plain'}": (page, context) for page, case, context in all_pages()}
# States that look different: errors on a phone, verdicts at both widths.
STATES = (
    "signatory/sign--error",
    "signatory/identity--error",
    "signatory/identity--sent",
    "organiser/ceremony--auditor",
)
SHOWN = [name for name in EXAMPLES if name.endswith("--plain") or name.startswith("public/verdict") or name in STATES]
WIDTHS = (1440, 390)
PARTS = 4


class Site(BaseHTTPRequestHandler):
    """Serves the examples and the static files as the application does: with its policy."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = self.path.partition("?")[0]
        if address.startswith("/static/"):
            file = STATIC / address.removeprefix("/static/")
            self._answer(200, file.read_bytes(), guess_type(file.name)[0] or "font/woff2")
        elif (name := address[1:].removesuffix(".html")) in EXAMPLES:
            page, context = EXAMPLES[name]
            self._answer(
                200, RENDERED.render(f"pages/{page}.html", "id", **context).encode(), "text/html; charset=utf-8"
            )
        else:
            self._answer(404, b"none", "text/plain")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the test speaks."""


@dataclass
class Sight:
    """An open browser, where the examples are served, and what the browser complained of."""

    browser: Browser
    address: str
    complaints: list[str] = field(default_factory=list)

    def page(self, name: str, width: int, **options: Any) -> Page:
        """Open one example at a width."""
        page = self.browser.new_page(viewport={"width": width, "height": 900}, **options)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.goto(f"{self.address}/{name}.html")
        return page


@pytest.fixture(scope="module")
def sight() -> Iterator[Sight]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield Sight(browser, f"http://127.0.0.1:{server.server_port}")
        browser.close()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_are_accessible_and_fit_and_keep_the_policy(sight: Sight, width: int, part: int) -> None:
    axe, faults = Axe(), []
    page = sight.page(SHOWN[part], width)
    for name in SHOWN[part::PARTS]:
        sight.complaints.clear()
        page.goto(f"{sight.address}/{name}.html")
        found = axe.run(page).response["violations"]
        faults += [(name, one["id"], [node["target"] for node in one["nodes"]]) for one in found]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append((name, "scrolls sideways", []))
        faults += [(name, text, []) for text in sight.complaints if "404" not in text]
    page.close()
    assert faults == []


def test_an_error_takes_the_focus(sight: Sight) -> None:
    page = sight.page("signatory/sign--error", 390)
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.close()


def test_a_second_press_sends_nothing(sight: Sight) -> None:
    page = sight.page("signatory/decline--plain", 390)
    page.evaluate("window.sent = 0")
    page.evaluate("addEventListener('submit', e => { if (!e.defaultPrevented) window.sent++; e.preventDefault() })")
    page.locator("textarea").fill("contoh")
    press = page.locator("main form button")
    press.click()
    press.click()
    assert page.evaluate("window.sent") == 1
    page.close()


def test_the_filter_replaces_only_the_table(sight: Sight) -> None:
    page = sight.page("organiser/ceremony--plain", 1440)
    page.evaluate(
        "document.querySelector('.filters').setAttribute('hx-get', '/organiser/ceremony--nothing-found.html')"
    )
    page.evaluate("htmx.process(document.body)")
    page.locator("select[name=area]").select_option(index=1)
    page.locator("#tabel", has_text="Tidak ada daerah yang cocok").wait_for(timeout=5000)
    assert page.locator("h1").count() == 1
    page.close()


def test_without_script_the_filter_is_a_form(sight: Sight) -> None:
    page = sight.page("organiser/ceremony--plain", 1440, java_script_enabled=False)
    page.locator("#q").fill("Contoh Raya")
    with page.expect_navigation():
        page.locator(".filters button").click()
    assert "q=Contoh+Raya" in page.url
    page.close()
