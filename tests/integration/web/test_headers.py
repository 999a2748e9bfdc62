"""What every answer carries, whatever the route, the visitor and the outcome."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from backend import app as door
from backend.database import Database
from backend.settings import bundled
from tests.fakes import anything
from tests.integration.ceremonies.stage import STAFF
from tests.integration.web.house import Browser, House, application, serving

PARTS = {
    "ceremony_id": str(uuid4()),
    "document_id": str(uuid4()),
    "person_id": str(uuid4()),
    "event_id": str(uuid4()),
    "kind": "json",
    "size": "1",
    "side": "tersimpan",
    "region": "33.13",
    "sha256": "0" * 64,
    "number": "1",
    "token": "token-rekaan",
    "code": "koderekaan",
    "identifier": "hasil-rekaan",
    "message_id": "surat-rekaan",
    "verb": "buka",
    "way": "tolak",
}


def addresses(house: House) -> list[tuple[str, str]]:
    """Return method and address of every route."""
    found = []
    for route in house.app.routes:
        inner = getattr(route, "original_router", None)
        for one in inner.routes if inner is not None else [route]:
            if isinstance(one, APIRoute):
                path = one.path_format.format(**PARTS)
                found += [(method, path) for method in one.methods or ()]
    return found


def check(browser: Browser, method: str, path: str) -> list[str]:
    """Return which headers an answer lacks."""
    answer = browser.client.request(method, path)
    lacking = [name for name, value in door.HEADERS.items() if answer.headers.get(name) != value]
    stored = answer.headers.get("cache-control")
    if stored != "no-store" and not path.startswith("/static/"):
        lacking.append(f"cache-control: {stored}")
    if "server" in answer.headers:
        lacking.append("server")
    return [f"{method} {path} {answer.status_code}: {name}" for name in lacking]


def test_every_route_answers_everybody_with_every_header(house: House) -> None:
    house.stage.open()
    routes = addresses(house)
    assert len(routes) > 50
    with house.browser() as nobody, house.staff(STAFF) as staff:
        head = house.stage.person_of(house.stage.documents()[0])
        with house.guest(head) as guest:
            for visitor in (nobody, staff, guest):
                assert [lack for method, path in routes for lack in check(visitor, method, path)] == []


def test_an_unknown_address_and_a_wrong_method_have_them_too(house: House) -> None:
    with house.browser() as nobody:
        for method, path in (
            ("GET", "/tidak/ada"),
            ("DELETE", "/masuk"),
            ("PUT", "/t/x"),
            ("GET", "/static/tidak.css"),
        ):
            answer = nobody.client.request(method, path)
            assert answer.status_code in {404, 405}
            assert answer.headers["content-security-policy"] == door.POLICY


class Broken:
    """A database that fails with a secret in its words."""

    def reading(self) -> Database:
        raise RuntimeError("rahasia di dalam galat")


def test_a_fault_of_ours_shows_a_reference_and_nothing_else(house: House, caplog: pytest.LogCaptureFixture) -> None:
    before = house.site
    house.app.state.site = replace(before, tools=replace(before.tools, database=anything(Broken())))
    try:
        with house.browser() as nobody:
            answer = nobody.get("/t/token-yang-rahasia")
    finally:
        house.app.state.site = before
    assert answer.status_code == 500
    assert "rahasia" not in answer.text
    assert re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7", answer.text), "the operator finds it by its reference"
    assert answer.headers["content-security-policy"] == door.POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert "token-yang-rahasia" not in caplog.text


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in door.POLICY
    assert "http" not in door.POLICY
    parts = dict(part.split(" ", 1) for part in door.POLICY.split("; "))
    assert parts["default-src"] == "'none'"
    assert parts["frame-ancestors"] == "'none'"
    assert parts["form-action"] == parts["script-src"] == parts["style-src"] == "'self'"


def test_static_files_are_kept_and_pages_are_not(house: House) -> None:
    with house.browser() as nobody:
        address = house.site.templating.static_url("css/" + next(p.name for p in (bundled("static") / "css").iterdir()))
        answer = nobody.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "base_url", ["https://prasasti.contoh.invalid", "http://prasasti.contoh.invalid", "http://127.0.0.1:9"]
)
def test_cookies_are_bound_to_the_host_unless_on_loopback(house: House, base_url: str) -> None:
    safe = not base_url.startswith("http://127.")
    app = application(house.stage.settings, BASE_URL=base_url)
    with serving(app) as address:
        elsewhere = replace(house, app=app, address=address)
        with elsewhere.browser() as browser:
            answer = browser.send("/masuk", "/masuk", email=STAFF, password="kata sandi rekaan")
            chosen = browser.send("/masuk", "/bahasa", language="en")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-prasasti-petugas=" if safe else "prasasti-petugas=")
    for text in (cookie, chosen.headers["set-cookie"]):
        flags = {part.strip().lower() for part in text.split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= flags
        assert ("secure" in flags) is safe
        assert not any(flag.startswith("domain") for flag in flags)
    assert ("strict-transport-security" in answer.headers) is safe
