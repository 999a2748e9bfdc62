"""A real web server on loopback with quick stand-ins for what only costs time, and browsers that visit it."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from backend import app as door
from backend.ceremonies.document import Document
from backend.people.person import Person
from backend.settings import Settings
from backend.web.site import Site
from demo.paper import Page
from tests.authority import free_port
from tests.fakes import Clock, QuickGallery, QuickVerifier
from tests.integration.ceremonies.stage import CODE, PASSPHRASE, PASSWORD, Stage

ENVIRONMENT = {"BASE_URL": "base_url", "TESTPKI_PORT": "testpki_port", "DEVELOPMENT": "development"}
AUDITOR = "auditor@contoh.invalid"
WAIT = 30.0


def application(settings: Settings, **changed: str) -> FastAPI:
    """Return the application as `prasasti serve` makes it, from the environment; readers of files replaced."""
    told = {name: str(getattr(settings, field)) for name, field in ENVIRONMENT.items()} | changed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "Verifier", QuickVerifier)
        patch.setattr(door, "Gallery", QuickGallery)
        patch.setenv("PRASASTI_DATA", str(settings.data))
        for name, value in told.items():
            patch.setenv(f"PRASASTI_{name}", value)
        return door.create()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application from a thread and yield its address."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, access_log=False, server_header=False, log_level="warning")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + WAIT
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(WAIT)


@dataclass
class House:
    """A served deployment: `stage` plays the worker and the past, `address` is where browsers go."""

    stage: Stage
    app: FastAPI
    address: str

    @property
    def site(self) -> Site:
        """Return what the pages work with."""
        found: Site = self.app.state.site
        return found

    @contextmanager
    def at(self, clock: Clock) -> Iterator[None]:
        """Let the web live at another time."""
        before = self.site
        self.app.state.site = replace(before, tools=replace(before.tools, now=clock))
        try:
            yield
        finally:
            self.app.state.site = before

    @contextmanager
    def browser(self) -> Iterator["Browser"]:
        """Yield a browser without cookies."""
        with httpx.Client(base_url=self.address, trust_env=False, timeout=WAIT) as client:
            yield Browser(client)

    @contextmanager
    def staff(self, email: str) -> Iterator["Browser"]:
        """Yield the browser of a member of staff who is logged in."""
        with self.browser() as browser:
            answer = browser.send("/masuk", "/masuk", email=email, password=PASSWORD)
            assert answer.status_code == 303, answer.text
            yield browser

    @contextmanager
    def guest(self, who: Person, *, identified: bool = True, root: str = "/t") -> Iterator["Browser"]:
        """Yield the browser of a link's holder."""
        with self.browser() as browser:
            answer = browser.send(f"{root}/{self.stage.token(who)}", f"{root}/buka")
            assert answer.status_code == 303, answer.text
            if identified:
                browser.send(f"{root}/identitas", f"{root}/identitas/kode")
                self.stage.plant_code(who)
                assert browser.send(f"{root}/identitas", f"{root}/identitas", code=CODE).status_code == 303
            yield browser


@dataclass
class Browser:
    """A client that keeps cookies, follows nothing by itself, and fills in the forms of pages."""

    client: httpx.Client
    headers: dict[str, str] = field(default_factory=lambda: {"Sec-Fetch-Site": "same-origin"})

    def get(self, path: str) -> httpx.Response:
        """Open an address."""
        return self.client.get(path)

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send fields, without any form."""
        return self.client.post(path, data=fields, headers=self.headers if headers is None else headers)

    def page(self, path: str) -> Page:
        """Open an address as a page."""
        answer = self.get(path)
        return Page(str(answer.url), answer.status_code, answer.text)

    def token(self, path: str = "/masuk") -> str:
        """Return the form token that pages give this browser."""
        return next(form.values["csrf_token"] for form in self.page(path).forms if "csrf_token" in form.values)

    def send(self, path: str, action: str, **typed: str) -> httpx.Response:
        """Open a page, fill in its form that goes to `action`, and send it."""
        page = self.page(path)
        form = page.form(action)
        # A form that a state of the page leaves out is sent all the same: the rule must hold, not the button.
        values = form.values if form else {"csrf_token": self.token(path)}
        return self.post(action, {**values, **typed})

    def sign(self, document: Document, **typed: str) -> httpx.Response:
        """Send the form of step 3 with everything ticked."""
        path = f"/t/naskah/{document.id}/setuju"
        ticked = dict.fromkeys(("consent_read", "consent_authority", "consent_electronic"), "on")
        return self.send(path, path, **{**ticked, "passphrase": PASSPHRASE, **typed})
