"""The development mailbox: letters that were caught instead of delivered. Exists only in development."""

import email.utils
from datetime import UTC, datetime
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from backend.errors import NotFound
from backend.mail import catcher
from backend.mail.catcher import Caught
from backend.web.site import page, site

PER_PAGE = 50
ZONE = "Asia/Jakarta"


def only_in_development(request: Request) -> None:
    """Deny that these pages exist anywhere else."""
    if not site(request).development:
        raise NotFound


router = APIRouter(prefix="/dev", dependencies=[Depends(only_in_development)])


@router.get("/mail")
def letters(request: Request, halaman: int = 1) -> Response:
    """All letters, the newest first."""
    caught = catcher.list_messages(site(request).mailbox, limit=5000)
    pages = max(1, -(-len(caught) // PER_PAGE))
    number = min(max(1, halaman), pages)
    shown = caught[(number - 1) * PER_PAGE : number * PER_PAGE]
    rows = [
        {"address": f"/dev/mail/{c.id}", "subject": c.subject, "to": ", ".join(c.recipients), "at": _moment(c)}
        for c in shown
    ]
    return page(request, "development/mail.html", messages=rows, zone=ZONE, page=number, pages=pages)


@router.get("/mail/{message_id}")
def letter(request: Request, message_id: str) -> Response:
    """One letter as plain text, links to this site made clickable."""
    here = site(request)
    caught = catcher.read_message(here.mailbox, message_id)
    message = {
        "subject": caught.subject,
        "sender": caught.sender,
        "to": ", ".join(caught.recipients),
        "at": _moment(caught),
        "lines": [_line(line, here.tools.base_url) for line in caught.text.splitlines()],
    }
    return page(request, "development/message.html", message=message, zone=ZONE)


def _moment(caught: Caught) -> datetime:
    return email.utils.parsedate_to_datetime(caught.date).astimezone(UTC)


def _line(line: str, base_url: str) -> list[dict[str, str]]:
    """Return a line as pieces; an address of this site becomes a link to its path, so that any port works."""
    word = line.strip()
    if not word.startswith(f"{base_url}/"):
        return [{"text": line, "link": ""}]
    return [{"text": word, "link": urlsplit(word).path}]
