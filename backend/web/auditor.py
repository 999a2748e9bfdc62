"""The rekam jejak: read by staff, changed by nobody. Only taking personal values away is recorded, and is a POST."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from backend.audit import merkle, reader
from backend.ceremonies.actions import hand_out
from backend.ceremonies.queries import trail
from backend.ceremonies.queries.trail import Look
from backend.ceremonies.tools import Tools
from backend.people.person import Account
from backend.web.receipts import as_file
from backend.web.site import page, site
from backend.web.visitor import CheckedForm, Staff

router = APIRouter()


Looked = Annotated[Look, Depends()]


@router.get("/jejak")
def whole_log(request: Request, account: Staff, looked: Looked, halaman: int = 1) -> Response:
    """The events of the whole deployment: log-ins, keys and settings too."""
    return _list(request, account, None, looked, halaman)


@router.get("/seremoni/{ceremony_id}/jejak")
def log(request: Request, account: Staff, ceremony_id: UUID, looked: Looked, halaman: int = 1) -> Response:
    """One page of the ceremony's events, in log order, with zone-labelled times."""
    return _list(request, account, ceremony_id, looked, halaman)


def _list(request: Request, account: Account, ceremony_id: UUID | None, looked: Look, number: int) -> Response:
    tools = site(request).tools
    shown = trail.log_page(tools, ceremony_id, looked, number)
    asked = {name: value for name, value in looked.shown.items() if value}
    query = f"{shown['address']}?{urlencode({**asked, 'halaman': ''})}"
    mark = tools.mark(trail.ceremony_of(tools, ceremony_id)) if ceremony_id else None
    nav = "ceremonies" if ceremony_id else "log"
    return page(request, "organiser/log.html", mark=mark, account=account, nav=nav, query=query, **shown)


@router.get("/jejak/{event_id}")
def event(request: Request, account: Staff, event_id: UUID) -> Response:
    """One event: its exact bytes, what is personal about it, its proof, and what all that proves."""
    tools = site(request).tools
    ceremony, shown = trail.event_page(tools, event_id)
    return page(
        request,
        "organiser/event.html",
        mark=tools.mark(ceremony) if ceremony else None,
        account=account,
        nav="ceremonies" if ceremony else "log",
        leaf_hash=merkle.leaf_hash(shown["leaf"].encode()).hex(),
        **shown,
    )


@router.get("/jejak/{event_id}/butir.{kind}")
def file(request: Request, _account: Staff, event_id: UUID, kind: str) -> Response:
    """An event's exact leaf (`json`) or its proof (`tlog-proof`)."""
    return as_file(trail.receipt_of(site(request).tools, event_id), kind)


@router.get("/seremoni/{ceremony_id}/jejak.jsonl")
def export(request: Request, _account: Staff, ceremony_id: UUID) -> Response:
    """The exact bytes of the ceremony's leaves, one a line; they hold nothing personal."""
    tools = site(request).tools
    trail.ceremony_of(tools, ceremony_id)
    headers = {"Content-Disposition": 'attachment; filename="rekam-jejak.jsonl"'}
    return StreamingResponse(_leaves(tools, ceremony_id), media_type="application/jsonl", headers=headers)


def _leaves(tools: Tools, ceremony_id: UUID) -> Iterator[bytes]:
    with tools.database.reading() as session:
        yield from reader.export_jsonl(session, ceremony_id)


@router.get("/seremoni/{ceremony_id}/jejak/serah")
def show_hand_out(request: Request, account: Staff, ceremony_id: UUID) -> Response:
    """What goes along when the log leaves with its personal values, and that it is recorded."""
    tools = site(request).tools
    ceremony = trail.ceremony_of(tools, ceremony_id)
    return page(
        request,
        "organiser/hand_out.html",
        mark=tools.mark(ceremony),
        account=account,
        nav="ceremonies",
        here=f"/seremoni/{ceremony_id}",
        title=ceremony.title,
    )


@router.post("/seremoni/{ceremony_id}/jejak/serah", dependencies=[CheckedForm])
def take(request: Request, account: Staff, ceremony_id: UUID) -> Response:
    """Take the log with its personal values away; who does so is recorded first."""
    packed = hand_out.hand_out(site(request).tools, account, ceremony_id)
    headers = {"Content-Disposition": 'attachment; filename="rekam-jejak-lengkap.zip"'}
    return Response(packed, media_type="application/zip", headers=headers)
