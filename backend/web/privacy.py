"""Staff's pages about personal data: who is known in a ceremony, and erasing one person's data with a confirmation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from backend.ceremonies.actions import erase
from backend.ceremonies.queries import privacy
from backend.people.person import Account
from backend.web.error_pages import said
from backend.web.site import page, site
from backend.web.visitor import CheckedForm, Staff, go

router = APIRouter()
Text = Annotated[str, Form()]


@router.get("/seremoni/{ceremony_id}/data-pribadi")
def people(request: Request, account: Staff, ceremony_id: UUID, q: str = "") -> Response:
    """Everybody whose data this ceremony holds, and what is kept where."""
    tools = site(request).tools
    ceremony, shown = privacy.everybody(tools, account, ceremony_id, q)
    mark = tools.mark(ceremony)
    return page(request, "organiser/people.html", mark=mark, account=account, nav="ceremonies", **shown)


@router.get("/seremoni/{ceremony_id}/data-pribadi/{person_id}")
def ask(request: Request, account: Staff, ceremony_id: UUID, person_id: UUID) -> Response:
    """What erasing takes away, what it leaves, and the form that does it."""
    return _ask(request, account, ceremony_id, person_id)


def _ask(
    request: Request,
    account: Account,
    ceremony_id: UUID,
    person_id: UUID,
    refused: erase.ErasureUnconfirmed | None = None,
    ground: str = "",
) -> Response:
    tools = site(request).tools
    ceremony, shown = privacy.one(tools, account, ceremony_id, person_id)
    field = "no_duty" if ground in erase.GROUNDS else "ground"
    errors = [{"field": field, "message": " ".join(said(request, refused))}] if refused else []
    return page(
        request,
        "organiser/erase.html",
        http=refused.status if refused else 200,
        mark=tools.mark(ceremony),
        account=account,
        nav="ceremonies",
        grounds=list(erase.GROUNDS.items()),
        ground=ground,
        errors=errors,
        **shown,
    )


@router.post("/seremoni/{ceremony_id}/data-pribadi/{person_id}", dependencies=[CheckedForm])
def erase_person(
    request: Request,
    account: Staff,
    ceremony_id: UUID,
    person_id: UUID,
    ground: Text = "",
    no_duty: Text = "",
) -> Response:
    """Erase one person's data, after a ground was chosen and no duty to keep it stands against that."""
    tools = site(request).tools
    privacy.one(tools, account, ceremony_id, person_id)
    try:
        erase.erase(tools, account, person_id, ground, no_duty_to_keep=bool(no_duty))
    except erase.ErasureUnconfirmed as refused:
        return _ask(request, account, ceremony_id, person_id, refused, ground)
    return go(f"/seremoni/{ceremony_id}/data-pribadi")
