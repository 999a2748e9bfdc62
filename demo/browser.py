"""A browser with its own cookies: opens addresses, fills in the forms that pages show, and sends them."""

import ssl
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from demo.paper import Page

# The demo's server speaks http on this machine; loading a list of authorities for each visitor would cost 20 ms.
_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_PATIENCE = httpx.Timeout(60.0, connect=10.0)


class Refused(Exception):
    """The server answered, but not with what a visitor expects; `page` is its answer."""

    def __init__(self, page: Page, wanted: str) -> None:
        """Tell the status, and what the page says is wrong or else its first words."""
        self.page = page
        super().__init__(f"{wanted}: HTTP {page.status}, {page.alert or page.words[:400]}")


class Browser:
    """One visitor's browser. Not shared between threads, except `fetch`."""

    def __init__(self, base_url: str) -> None:
        """Start without a cookie, at `base_url` (http, on this machine)."""
        self._client = httpx.Client(
            base_url=base_url, follow_redirects=True, timeout=_PATIENCE, verify=_NO_AUTHORITIES, trust_env=False
        )
        self.page = Page(base_url, 0, "")

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close its connections."""
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    @property
    def path(self) -> str:
        """Return the path of the page that is shown."""
        return urlsplit(self.page.address).path

    def get(self, address: str) -> Page:
        """Open an address and return its page, whatever its status."""
        return self._show(self._client.get(address))

    def open(self, address: str) -> Page:
        """Open an address; raises Refused unless the page is what was asked for."""
        return self._expected(self.get(address), "open")

    def send(self, action: str, **typed: str) -> Page:
        """Fill in the shown page's form that goes to `action`, send it, and return the answer, whatever its status.

        Raises Refused when the page has no such form.
        """
        form = self.page.form(action)
        if form is None:
            raise Refused(self.page, f"no form {action} on {self.path}")
        return self._show(self._client.post(action, data={**form.values, **typed}))

    def submit(self, action: str, **typed: str) -> Page:
        """Send like `send`; raises Refused unless the answer is a page of success."""
        return self._expected(self.send(action, **typed), action)

    def post(self, address: str, **typed: str) -> Page:
        """Send fields to an address without any form, as a program would; the answer, whatever its status."""
        return self._show(self._client.post(address, data=typed))

    def upload(self, action: str, name: str, content: bytes) -> Page:
        """Send a file (field `file`) with the form that goes to `action`; return the answer, whatever its status."""
        form = self.page.form(action)
        if form is None:
            raise Refused(self.page, f"no form {action} on {self.path}")
        files = {"file": (name, content, "application/pdf")}
        return self._show(self._client.post(action, data=form.values, files=files))

    def save(self, action: str, file: Path, **typed: str) -> None:
        """Send the shown page's form that goes to `action` and save the file that comes back; raises Refused."""
        form = self.page.form(action)
        if form is None:
            raise Refused(self.page, f"no form {action} on {self.path}")
        with self._client.stream("POST", action, data={**form.values, **typed}) as answer, file.open("wb") as saved:
            if answer.is_error or "attachment" not in answer.headers.get("content-disposition", ""):
                raise Refused(Page(str(answer.url), answer.status_code, answer.read().decode()), action)
            saved.writelines(answer.iter_bytes())

    def fetch(self, address: str) -> bytes:
        """Return the bytes at an address; raises Refused. Safe to call from several threads."""
        answer = self._client.get(address)
        if answer.is_error:
            raise Refused(Page(str(answer.url), answer.status_code, answer.text), "download")
        return answer.content

    def json(self, address: str) -> Any:
        """Return the JSON at an address; raises Refused. Safe to call from several threads."""
        answer = self._client.get(address)
        if answer.is_error or "json" not in answer.headers.get("content-type", ""):
            raise Refused(Page(str(answer.url), answer.status_code, answer.text), f"JSON of {urlsplit(address).path}")
        return answer.json()

    def _show(self, answer: httpx.Response) -> Page:
        self.page = Page(str(answer.url), answer.status_code, answer.text)
        return self.page

    def _expected(self, page: Page, wanted: str) -> Page:
        if page.refused:
            raise Refused(page, wanted)
        return page


class Staff:
    """A member of staff: logs in, presses the buttons of one ceremony, and reads how it stands."""

    def __init__(self, base_url: str, email: str, password: str) -> None:
        """Log in; raises Refused."""
        self.browser = Browser(base_url)
        self._buttons = threading.Lock()
        self.browser.open("/masuk")
        self.browser.submit("/masuk", email=email, password=password)
        if self.browser.path == "/masuk":
            raise Refused(self.browser.page, "log in")

    def close(self) -> None:
        """Close the browser, without logging out."""
        self.browser.close()

    def press(self, ceremony: str, verb: str) -> Page:
        """Press a button of the ceremony's page; raises Refused when it is not there or was refused."""
        with self._buttons:
            self.browser.open(f"/seremoni/{ceremony}")
            return self.browser.submit(f"/seremoni/{ceremony}/{verb}")

    def status(self, ceremony: str) -> dict[str, Any]:
        """Return how the ceremony stands: its status, and numbers of documents, slots, witnesses, mails by state."""
        found: dict[str, Any] = self.browser.json(f"/seremoni/{ceremony}/status.json")
        return found

    def documents(self, ceremony: str) -> list[dict[str, Any]]:
        """Return the ceremony's documents: region, number, status, signers, address of the PDF."""
        found: list[dict[str, Any]] = self.browser.json(f"/seremoni/{ceremony}/naskah.json")
        return found
