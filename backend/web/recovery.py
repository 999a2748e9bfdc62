"""The page that tells staff why nothing can be recorded, and what the operator does about it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.web.error_pages import said
from backend.web.site import page, site
from backend.web.visitor import Staff

router = APIRouter()


@router.get("/pemulihan")
def show_recovery(request: Request, account: Staff) -> Response:
    """Why signing has stopped, or that it has not; the ways back."""
    refusal = site(request).tools.log.refusal()
    message, remedy = said(request, refusal) if refusal else ("", "")
    code = refusal.code if refusal else ""
    return page(
        request, "organiser/recovery.html", account=account, nav="log", message=message, remedy=remedy, code=code
    )
