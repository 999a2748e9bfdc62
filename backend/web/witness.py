"""Pages of a witness: open the link, identify, attest to what was signed, or say that he cannot."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel

from backend.ceremonies.actions import attest, disown, identify, open_link, request_code
from backend.ceremonies.actions.attest import Testimony
from backend.ceremonies.queries import proofs, testimony, visits
from backend.errors import Refusal
from backend.people.links import LinkExpired, LinkUnknown, LinkVoid
from backend.people.store import Visit
from backend.web import receipts, visitor
from backend.web.error_pages import said
from backend.web.site import language, page, site
from backend.web.visitor import CheckedForm, Guest, go, remember

router = APIRouter()
Text = Annotated[str, Form()]
STATEMENT_FIELDS = ("attest_present", "attest_free")
OWN_PAGES = {"identitas", "kesaksian", "bukan-saya"}
PAGES = {
    "attest": "witness/attest.html",
    "waiting": "witness/waiting.html",
    "done": "witness/done.html",
    "not_open": "signatory/not_open.html",
    "over": "signatory/cancelled.html",
}


@router.get("/s/{token}")
def show_link(request: Request, token: str) -> Response:
    """Who is asked to witness, and one button; nothing is recorded."""
    if token in OWN_PAGES:
        return _own_page(request, token)
    view = visits.link_view(site(request).tools, token)
    return page(request, "witness/link.html", mark=view.mark, token=token, **view.shown)


def _own_page(request: Request, name: str) -> Response:
    guest = visitor.visit(request)
    if name == "identitas":
        return _identity(request, guest)
    return _testify(request, guest) if name == "kesaksian" else _not_me(request, guest)


@router.post("/s/buka", dependencies=[CheckedForm])
def open_the_link(request: Request, token: Text) -> Response:
    """Swap the token for a cookie."""
    here = site(request)
    try:
        secret = open_link.open_link(here.tools, token)
    except (LinkUnknown, LinkVoid, LinkExpired):
        visitor.limit(visitor.WRONG_LINKS, visitor.address(request))
        raise
    response = go("/s/identitas")
    remember(here, response, visitor.GUEST, secret)
    return response


def _identity(request: Request, guest: Visit, errors: list[dict[str, str]] | None = None, http: int = 200) -> Response:
    if guest.identified:
        return go("/s/kesaksian")
    view = visits.identity_view(site(request).tools, guest)
    return page(
        request,
        "signatory/identity.html",
        http=http,
        mark=view.mark,
        for_witness=True,
        errors=errors or [],
        **view.shown,
    )


@router.post("/s/identitas/kode", dependencies=[CheckedForm])
def ask_for_code(request: Request, guest: Guest) -> Response:
    """Send a one-time code to the mailbox that the link reached."""
    visitor.limit(visitor.CODES, str(guest.link.id))
    request_code.request_code(site(request).tools, guest.link)
    return go("/s/identitas")


@router.post("/s/identitas", dependencies=[CheckedForm])
def confirm(request: Request, guest: Guest, code: Text = "") -> Response:
    """Confirm presence with the code."""
    try:
        identify.identify(site(request).tools, guest, code)
    except Refusal as refusal:
        message, remedy = said(request, refusal)
        return _identity(request, guest, [{"field": "code", "message": f"{message} {remedy}"}], refusal.status)
    return go("/s/kesaksian")


def _testify(
    request: Request,
    guest: Visit,
    errors: list[dict[str, str]] | None = None,
    ticked: tuple[str, ...] = (),
    note: str = "",
) -> Response:
    if not guest.identified:
        return go("/s/identitas")
    view = testimony.witness_view(site(request).tools, guest)
    shown = view.shown
    if view.page == "attest":
        form = {"consents": {f: f in ticked for f in STATEMENT_FIELDS}, "note": note, "errors": errors or []}
        shown = {**shown, **form}
    receipt = proofs.card(site(request).tools, guest)
    http = 422 if errors else 200
    answer = page(request, PAGES[view.page], http=http, mark=view.mark, receipt=receipt, **shown)
    return receipts.look_again(request, answer, receipt)


class TestimonyForm(BaseModel):
    """What the form of a witness sends."""

    base: str = ""
    attest_present: str = ""
    attest_free: str = ""
    note: str = ""

    @property
    def ticked(self) -> tuple[str, ...]:
        """Return the statements that were ticked."""
        return tuple(field for field in STATEMENT_FIELDS if getattr(self, field))


@router.post("/s/kesaksian", dependencies=[CheckedForm])
def testify(request: Request, guest: Guest, form: Annotated[TestimonyForm, Form()]) -> Response:
    """Attest; what was shown, the words and the note go together."""
    given = Testimony(form.base, len(form.ticked), language(request), form.note)
    try:
        attest.attest(site(request).tools, guest, given)
    except attest.AttestedChanged as refusal:
        return _again(request, guest, refusal, (), form.note)
    except attest.StatementMissing as refusal:
        return _again(request, guest, refusal, form.ticked, form.note)
    receipts.await_proof(request, guest)
    return go("/s/kesaksian")


def _again(request: Request, guest: Visit, refusal: Refusal, ticked: tuple[str, ...], note: str) -> Response:
    message, remedy = said(request, refusal)
    missing = next((field for field in STATEMENT_FIELDS if field not in ticked), "")
    return _testify(request, guest, [{"field": missing, "message": f"{message} {remedy}"}], ticked, note)


@router.post("/s/tidak-dapat", dependencies=[CheckedForm])
def cannot(request: Request, guest: Guest, note: Text = "") -> Response:
    """Say that one cannot attest."""
    attest.cannot_attest(site(request).tools, guest, note)
    receipts.await_proof(request, guest)
    return go("/s/kesaksian")


def _not_me(request: Request, guest: Visit) -> Response:
    view = visits.identity_view(site(request).tools, guest)
    return page(request, "signatory/not_me.html", mark=view.mark, root="/s", person=view.shown["person"])


@router.post("/s/bukan-saya", dependencies=[CheckedForm])
def not_me(request: Request, guest: Guest) -> Response:
    """Void the link: it reached somebody it was not meant for."""
    here = site(request)
    disown.disown(here.tools, guest.link)
    response = page(request, "signatory/disowned.html", contact="")
    visitor.forget(here, response, visitor.GUEST)
    return response
