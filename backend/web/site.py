"""What every page needs, gathered once: tools, templates, the verifier, and how this deployment names itself."""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse

from backend.ceremonies.tools import Tools
from backend.documents.gallery import Gallery
from backend.documents.render import Renderer
from backend.documents.side_by_side import Comparer
from backend.languages import translate
from backend.templating import Templating
from backend.verification.reader import Verifier

MEGABYTES = 20
LANGUAGE_COOKIE = "prasasti-bahasa"


@dataclass(frozen=True)
class Site:
    """One deployment as its web process knows it. `secure` decides about cookies (DESIGN 12.4).

    `reports` is the folder of the printed report's layout, `program` how reports name who checked.
    """

    tools: Tools
    templating: Templating
    verifier: Verifier
    gallery: Gallery
    comparer: Comparer
    printer: Renderer
    reports: Path
    program: str
    form_key: bytes
    ministry: str
    secure: bool
    development: bool
    mailbox: Path

    def cookie(self, name: str) -> str:
        """Return a cookie's full name: `__Host-` wherever the connection is protected."""
        return f"__Host-prasasti-{name}" if self.secure else f"prasasti-{name}"

    def form_token(self, holder: str) -> str:
        """Return the token that forms of one browser carry: an HMAC over its cookie's secret."""
        return hmac.new(self.form_key, holder.encode(), hashlib.sha256).hexdigest()


def site(request: Request) -> Site:
    """Return the site that the application was made with."""
    found: Site = request.app.state.site
    return found


def language(request: Request) -> str:
    """Return the visitor's language: his choice, else Indonesian."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "id")
    return chosen if chosen in site(request).templating.languages else "id"


def holder(request: Request) -> str:
    """Return what a browser's form tokens are bound to: the cookie it holds, `anonymous` without one."""
    here = site(request)
    held = (request.cookies.get(here.cookie(name)) for name in ("petugas", "tamu"))
    return next((value for value in held if value), "anonymous")


def page(
    request: Request, template: str, *, http: int = 200, mark: str | None = None, back: str = "", **context: object
) -> HTMLResponse:
    """Return a page of `templates/pages` with the frame that all of them share; `mark` is empty for what counts.

    `back` is the address to come back to where this page answers a POST that no GET answers.
    """
    here = site(request)
    everywhere = "UJI COBA - TIDAK SAH" if here.tools.test_keys else ""
    stopped = here.tools.log.refusal() if "account" in context else None
    frame = {
        "csrf_token": here.form_token(holder(request)),
        "mark": everywhere if mark is None else mark,
        "ministry": here.ministry,
        "path": back or request.url.path,
        "development": here.development,
        "log_stopped": translate(stopped.message, language(request), **stopped.facts) if stopped else "",
    }
    body = here.templating.render(f"pages/{template}", language(request), **{**frame, **context})
    return HTMLResponse(body, http)
