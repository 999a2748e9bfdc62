"""The web's door: one application, its headers, its static files, its routes. Starts no engine and holds no seal."""

import logging
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from backend import install, languages, wiring
from backend.confined import Limits
from backend.documents.gallery import Gallery
from backend.documents.render import Renderer
from backend.documents.side_by_side import Comparer
from backend.settings import Settings, bundled, load_settings
from backend.templating import Templating
from backend.verification.reader import Verifier
from backend.web import (
    api,
    auditor,
    bundles,
    checked,
    development,
    error_pages,
    files,
    log,
    login,
    organiser,
    privacy,
    public,
    receipts,
    recovery,
    signatory,
    witness,
)
from backend.web.quota import BodyLimits
from backend.web.site import Site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "publickey-credentials-get=(self), camera=(), geolocation=(), microphone=()",
}
PARTS = (
    login,
    bundles,
    organiser,
    auditor,
    privacy,
    log,
    checked,
    public,
    api,
    development,
    files,
    receipts,
    recovery,
    signatory,
    witness,
)
"""What has pages, in the order in which addresses are looked up: `bundles` before the verbs of `organiser`."""
LARGEST_BODY = 21_000_000  # an upload of 20 MB with its form around it
HSTS = "max-age=31536000; includeSubDomains"

_log = logging.getLogger("prasasti.access")


def site_of(settings: Settings) -> Site:
    """Return what the pages work with."""
    return Site(
        tools=wiring.web_tools(settings),
        templating=Templating(
            bundled("templates"), bundled("static"), {code: languages.catalogue(code) for code in languages.available()}
        ),
        verifier=Verifier(wiring.anchors(settings), processes=2),
        gallery=Gallery(settings.data / "cache" / "pages"),
        comparer=Comparer(),
        printer=Renderer(processes=1, limits=Limits(memory=1 << 30, wall=30.0)),
        reports=bundled("templates") / "reports" / "verification",
        program=f"Prasasti {version('prasasti')}",
        form_key=install.secret(settings.keys, "form.key"),
        ministry=settings.ministry,
        secure=settings.secure,
        development=settings.development,
        mailbox=settings.mailbox,
    )


def create() -> FastAPI:
    """Return the application; `uvicorn --factory backend.app:create`."""
    settings = load_settings()
    logging.basicConfig(level=logging.INFO, format="web %(levelname)s %(message)s")
    site = site_of(settings)

    @asynccontextmanager
    async def living(_app: FastAPI) -> AsyncIterator[None]:
        # The first check in a process spends seconds on imports: better now than while a visitor waits.
        threading.Thread(target=site.verifier.check, args=(b"",), name="warm-up", daemon=True).start()
        yield
        site.verifier.close()
        site.gallery.close()
        site.comparer.close()
        site.printer.close()
        site.tools.close()

    app = FastAPI(title="Prasasti", lifespan=living, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    app.add_middleware(BodyLimits, size=LARGEST_BODY)
    app.middleware("http")(_guarded(settings.secure))
    error_pages.add_error_pages(app)
    app.mount("/static", StaticFiles(directory=bundled("static")), name="static")
    for part in PARTS:
        app.include_router(part.router)
    return app


def _guarded(secure: bool) -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:  # noqa: FBT001 because a deployment is one or the other
    async def guard(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        began = time.perf_counter()
        try:
            response = await answer(request)
        except Exception as error:  # noqa: BLE001 because a fault of ours also gets a page with every header, and a line
            response = error_pages.broken(request, error)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if request.url.path.startswith("/static/"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers.setdefault("Cache-Control", "no-store")
        # The route's pattern, never the address: an address may hold a link's token.
        route = getattr(request.scope.get("route"), "path", "-")
        spent = (time.perf_counter() - began) * 1000
        _log.info("%s %s %d %.0f ms", request.method, route, response.status_code, spent)
        return response

    return guard
