"""Receipts of signatories and witnesses as files: the exact leaf and its proof, for nobody but who acted."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.audit.receipts import Receipt
from backend.ceremonies.queries import proofs
from backend.ceremonies.queries.visits import Shown
from backend.errors import NotFound
from backend.people.store import Visit
from backend.web.site import site
from backend.web.visitor import Guest

router = APIRouter()
PATIENCE = 1.5
"""Seconds that an answer waits for the proof of what was just done; then the page asks to look again."""
SOON = 60
KINDS = {"json": "application/json", "tlog-proof": "text/plain; charset=utf-8"}


def await_proof(request: Request, guest: Visit) -> None:
    """Hold an answer back until the visitor's act is proved, or a moment has passed; never fails."""
    proofs.wait(site(request).tools, guest, PATIENCE)


def look_again(request: Request, response: Response, receipt: Shown | None) -> Response:
    """Let the browser reload the page by itself while a fresh proof is being made; works without JavaScript."""
    if receipt is not None and not receipt["ready"]:
        age = site(request).tools.now() - receipt["at"]
        if age.total_seconds() < SOON:
            response.headers["Refresh"] = "4"
    return response


@router.get("/tanda-terima/{event_id}/butir.{kind}")
def file(request: Request, guest: Guest, event_id: UUID, kind: str) -> Response:
    """One of the two files of a receipt: the leaf (`json`) or its proof (`tlog-proof`)."""
    return as_file(proofs.own(site(request).tools, guest, event_id), kind)


def as_file(receipt: Receipt, kind: str) -> Response:
    """Return the leaf (`json`) or the proof (`tlog-proof`); raises NotFound for another kind or before there is one."""
    content = {"json": receipt.leaf, "tlog-proof": receipt.proof}.get(kind)
    if not content:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="{receipt.stem}.{kind}"'}
    return Response(content, media_type=KINDS[kind], headers=headers)
