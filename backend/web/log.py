"""The log's public page and its files: checkpoints, key, policy, how to check. Nobody's name stands here."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from backend.ceremonies.queries import checkpoints
from backend.web.site import page, site

router = APIRouter()
ZONE = "Asia/Jakarta"


@router.get("/log")
def show(request: Request) -> Response:
    """What the log says of itself, and how anybody checks it."""
    return page(request, "public/log.html", zone=ZONE, **checkpoints.public_page(site(request).tools))


@router.get("/log/titik-periksa")
def newest(request: Request) -> Response:
    """The newest signed checkpoint with its cosignatures (C2SP signed note)."""
    return _text(checkpoints.note_of(site(request).tools), "titik-periksa.txt")


@router.get("/log/titik-periksa/{size}")
def checkpoint(request: Request, size: int) -> Response:
    """The signed checkpoint of so many leaves, with its cosignatures."""
    return _text(checkpoints.note_of(site(request).tools, size), f"titik-periksa-{size}.txt")


@router.get("/log/kunci")
def key(request: Request) -> Response:
    """The log's public key in one line (C2SP vkey)."""
    return _text(site(request).tools.policy().log_key.to_text() + "\n", "kunci-log.txt")


@router.get("/log/kebijakan")
def policy(request: Request) -> Response:
    """Whom this deployment asks for cosignatures (C2SP tlog-policy); an auditor keeps his own."""
    return _text(site(request).tools.policy().to_text(), "kebijakan.txt")


def _text(content: str, name: str) -> Response:
    return PlainTextResponse(content, headers={"Content-Disposition": f'inline; filename="{name}"'})
