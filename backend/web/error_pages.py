"""Refusals as pages: what happened, what to do, and the code; never a traceback, a token or a secret."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from uuid_utils.compat import uuid7

from backend.errors import NotFound, Refusal
from backend.languages import translate
from backend.people.links import LinkExpired, LinkUnknown, LinkVoid
from backend.web import denials
from backend.web.quota import BodyTooLarge
from backend.web.site import language, page
from backend.web.visitor import LoginNeeded, VisitNeeded, go

_log = logging.getLogger(__name__)


class Broken(Refusal):
    """Something failed that nobody foresaw; the reference leads the operator to it."""

    code = "internal-error"
    status = 500
    message = "Terjadi gangguan pada layanan. Tidak ada yang berubah selain yang sudah tercatat."
    remedy = "Coba kembali. Bila berulang, sampaikan nomor rujukan kepada petugas."


class Malformed(Refusal):
    """The request lacks a field or has one of the wrong form."""

    code = "request-malformed"
    status = 422
    message = "Isian permintaan ini tidak lengkap atau tidak dapat dibaca."
    remedy = "Muat ulang halaman, lalu isi kembali."


class WrongMethod(Refusal):
    """The address exists, but does not do what was asked of it."""

    code = "method-not-allowed"
    status = 405
    message = "Alamat ini tidak menerima cara permintaan tersebut."
    remedy = "Bacalah rujukan API tentang cara memakai alamat ini."


def said(request: Request, refusal: Refusal) -> tuple[str, str]:
    """Return message and remedy in the visitor's language."""
    tongue = language(request)
    message = translate(refusal.message, tongue) % refusal.facts
    return message, translate(refusal.remedy, tongue) % refusal.facts if refusal.remedy else ""


def _back(request: Request) -> str:
    """Return where the form of languages comes back to: the page itself, unless its address holds a link's token."""
    return "/" if "token" in request.path_params else ""


def error_page(request: Request, refusal: Refusal, reference: str = "") -> Response:
    """Return the refusal as a page, or as JSON below /api."""
    message, remedy = said(request, refusal)
    if request.url.path.startswith("/api/"):
        body = {"code": refusal.code, "message": message, "remedy": remedy, "reference": reference}
        return JSONResponse(body, refusal.status, headers=_headers(refusal))
    facts = {"message": message, "remedy": remedy, "code": refusal.code, "reference": reference}
    answer = page(
        request, "public/error.html", http=refusal.status, back=_back(request), status=refusal.status, **facts
    )
    answer.headers.update(_headers(refusal))
    return answer


def _headers(refusal: Refusal) -> dict[str, str]:
    """Tell a client when to come again (RFC 9110 clause 10.2.3), where the refusal knows."""
    return {"Retry-After": str(refusal.facts["seconds"])} if "seconds" in refusal.facts else {}


def _refused(request: Request, error: Exception) -> Response:
    refusal = error if isinstance(error, Refusal) else Broken()
    denials.note(request, refusal)
    if isinstance(refusal, LoginNeeded) and request.method == "GET":
        return go(f"/masuk?next={request.url.path}")
    reasons = {LinkUnknown: "unknown", LinkExpired: "expired", LinkVoid: "void", VisitNeeded: "visit"}
    reason = reasons.get(type(refusal))
    if reason is not None:
        return page(
            request, "signatory/expired.html", http=refusal.status, back=_back(request), reason=reason, contact=""
        )
    return error_page(request, refusal)


def broken(request: Request, error: Exception) -> Response:
    """Return the page for a fault of ours; the log tells the operator what it was, under the same reference."""
    reference = str(uuid7())
    # The route's pattern, never the path: a path may hold a token.
    route = getattr(request.scope.get("route"), "path", "-")
    _log.error("reference %s at %s", reference, route, exc_info=error)
    return error_page(request, Broken(), reference)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else NotFound.status
    # A refusal raised while FastAPI reads the body arrives as the cause of its own error.
    if isinstance(error.__cause__, Refusal):
        return error_page(request, error.__cause__)
    kinds: dict[int, type[Refusal]] = {404: NotFound, 405: NotFound, 413: BodyTooLarge}
    if status == 405 and request.url.path.startswith("/api/"):
        answer = error_page(request, WrongMethod())
        answer.headers.update(getattr(error, "headers", None) or {})
        return answer
    refusal = kinds.get(status, Malformed)()
    return error_page(request, refusal)


def _malformed(request: Request, _error: Exception) -> Response:
    return error_page(request, Malformed())


def add_error_pages(app: FastAPI) -> None:
    """Register all of them."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, broken)
