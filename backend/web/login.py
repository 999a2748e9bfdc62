"""Staff come and go; everybody chooses a language."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from backend.ceremonies.actions import staff
from backend.errors import Refusal
from backend.people.identity import LoginRefused
from backend.web import denials, visitor
from backend.web.error_pages import said
from backend.web.site import LANGUAGE_COOKIE, page, site
from backend.web.visitor import STAFF, CheckedForm, Staff, TooManyAttempts, go

router = APIRouter()
Text = Annotated[str, Form()]
YEAR = 31_536_000


def local_path(path: str, otherwise: str) -> str:
    """Return `path` if it leads to a page of this site, else `otherwise`: nobody is sent away by a link."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if safe else otherwise


@router.get("/masuk")
def show_form(request: Request, next: str = "/seremoni") -> Response:  # noqa: A002 because the form's field is called so
    """The log-in form."""
    return page(request, "public/login.html", email="", next=local_path(next, "/seremoni"), errors=[])


@router.post("/masuk", dependencies=[CheckedForm])
def log_in(request: Request, email: Text = "", password: Text = "", next: Text = "/seremoni") -> Response:  # noqa: A002 because the form's field is called so
    """Log in, and go on to where the visitor wanted to go."""
    here = site(request)
    to = local_path(next, "/seremoni")
    try:
        visitor.limit(visitor.LOGINS, visitor.address(request), email.strip().lower())
        secret = staff.log_in(here.tools, email, password)
    except (LoginRefused, TooManyAttempts) as refusal:
        return _again(request, refusal, email, to)
    response = go(to)
    visitor.remember(here, response, STAFF, secret)
    return response


def _again(request: Request, refusal: Refusal, email: str, to: str) -> Response:
    denials.note(request, refusal)
    message, remedy = said(request, refusal)
    errors = [{"field": "password", "message": f"{message} {remedy}"}]
    return page(request, "public/login.html", http=refusal.status, email=email, next=to, errors=errors)


@router.post("/keluar", dependencies=[CheckedForm])
def log_out(request: Request, account: Staff) -> Response:
    """Log out."""
    here = site(request)
    staff.log_out(here.tools, account, request.cookies.get(here.cookie(STAFF), ""))
    response = go("/")
    visitor.forget(here, response, STAFF)
    return response


@router.post("/bahasa", dependencies=[CheckedForm])
def choose_language(request: Request, language: Text = "id", return_to: Text = "/") -> Response:
    """Keep the visitor's language in a cookie and go back to the page."""
    here = site(request)
    response = go(local_path(return_to, "/"))
    if language in here.templating.languages:
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=YEAR, secure=here.secure, httponly=True, samesite="lax", path="/"
        )
    return response
