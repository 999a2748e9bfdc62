"""Evidence of a sealed ceremony, handed out to a named recipient; the log tells it, and the file is made while sent."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response, StreamingResponse

from backend.ceremonies import permissions
from backend.ceremonies.actions import export
from backend.ceremonies.actions.export import EvidenceUnstamped, RecipientMissing
from backend.ceremonies.queries import progress
from backend.errors import Refusal
from backend.people.person import Account
from backend.verification.bundle import layout
from backend.web.error_pages import said
from backend.web.site import page, site
from backend.web.visitor import CheckedForm, Staff

router = APIRouter()
Text = Annotated[str, Form()]
NOT_NOW = (RecipientMissing, EvidenceUnstamped)


@router.get("/seremoni/{ceremony_id}/bukti")
def ask(request: Request, account: Staff, ceremony_id: UUID) -> Response:
    """Who receives it, and why."""
    return _form(request, account, ceremony_id)


@router.post("/seremoni/{ceremony_id}/bukti", dependencies=[CheckedForm])
def send(request: Request, account: Staff, ceremony_id: UUID, recipient: Text = "", reason: Text = "") -> Response:
    """The container, streamed; what is missing on the form is told on it."""
    try:
        bundle = export.export(site(request).tools, account, ceremony_id, recipient, reason)
    except NOT_NOW as refusal:
        return _form(request, account, ceremony_id, refusal, (recipient, reason))
    headers = {
        "Content-Disposition": f'attachment; filename="{bundle.name}"',
        "Content-Length": str(bundle.length),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(bundle.chunks, media_type=layout.MEDIA_TYPE, headers=headers)


def _form(
    request: Request,
    account: Account,
    ceremony_id: UUID,
    refusal: Refusal | None = None,
    typed: tuple[str, str] = ("", ""),
) -> Response:
    tools = site(request).tools
    seen = progress.whole(tools, ceremony_id)
    permissions.check_can_export(seen.ceremony, account)
    return page(
        request,
        "organiser/evidence.html",
        http=refusal.status if refusal else 200,
        mark=tools.mark(seen.ceremony),
        account=account,
        nav="ceremonies",
        here=progress.here_of(seen.ceremony),
        ceremony=progress.heading(seen.ceremony),
        notices=[" ".join(said(request, refusal))] if refusal else [],
        recipient=typed[0],
        reason=typed[1],
    )
