"""The rekam jejak of a ceremony: read by staff, changed by nobody."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.audit import reader
from backend.ceremonies.queries import details, progress
from backend.web.site import page, site
from backend.web.visitor import Staff

router = APIRouter()


@router.get("/seremoni/{ceremony_id}/jejak")
def log(request: Request, account: Staff, ceremony_id: UUID, halaman: int = 1) -> Response:
    """One page of the ceremony's events, in log order, with zone-labelled times."""
    tools = site(request).tools
    with tools.database.reading() as session:
        seen = progress.read_whole(session, ceremony_id)
        shown = details.log_page(session, seen, halaman)
    mark = tools.mark(seen.ceremony)
    return page(request, "organiser/log.html", mark=mark, account=account, nav="ceremonies", **shown)


@router.get("/seremoni/{ceremony_id}/jejak.jsonl")
def export(request: Request, _account: Staff, ceremony_id: UUID) -> Response:
    """The exact bytes of the ceremony's leaves, one a line."""
    tools = site(request).tools
    with tools.database.reading() as session:
        body = b"".join(leaf.rstrip(b"\n") + b"\n" for leaf in reader.ceremony_events(session, ceremony_id))
    headers = {"Content-Disposition": 'attachment; filename="rekam-jejak.jsonl"'}
    return Response(body, media_type="application/jsonl", headers=headers)
