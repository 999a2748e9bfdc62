"""Files of documents for their parties and for staff: the exact PDF under its SHA-256, and pictures of its pages."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from backend.ceremonies import store
from backend.ceremonies.document import Document
from backend.errors import NotFound
from backend.people.store import Visit
from backend.web import visitor
from backend.web.site import Site, site
from backend.web.visitor import VisitNeeded

router = APIRouter()
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
FOR_EVER = "private, max-age=31536000, immutable"
PAGE_WIDTH = 1240


@router.get("/n/{sha256}.pdf")
def pdf(request: Request, sha256: Sha256) -> Response:
    """The exact bytes of one revision."""
    document = _readable(request, sha256)
    name = f"{document.region}-{sha256[:8]}.pdf"
    return pdf_response(site(request).tools.vault.get(sha256), name)


@router.get("/n/{sha256}/hal/{number}.webp")
def picture(request: Request, sha256: Sha256, number: int) -> Response:
    """A picture of one page of exactly these bytes."""
    _readable(request, sha256)
    return page_picture(site(request), sha256, number)


def page_picture(here: Site, sha256: str, number: int) -> Response:
    """Return a page's picture; raises NotFound for a page that the file does not have."""
    image = here.gallery.image(here.tools.vault.get(sha256), sha256, number, PAGE_WIDTH)
    return Response(image, media_type="image/webp", headers={"Cache-Control": FOR_EVER})


def pdf_response(content: bytes, name: str) -> Response:
    """Return a PDF of ours, shown under a name that says what it is."""
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": FOR_EVER}
    return Response(content, media_type="application/pdf", headers=headers)


def _readable(request: Request, sha256: str) -> Document:
    """Return a revision's document, for staff and for a party who confirmed his presence; raises NotFound."""
    here = site(request)
    with here.tools.database.reading() as session:
        document = store.document_by_sha256(session, sha256)
        if document is None:
            raise NotFound
        if visitor.known_staff(request) is not None:
            return document
        guest = _guest(request)
        if not guest.identified:
            raise NotFound
        if document.slot_of(guest.link.person_id) is not None:
            return document
        witness = store.witness_of(session, guest.link.person_id)
    if witness is None or document.id != witness.document_id:
        raise NotFound
    return document


def _guest(request: Request) -> Visit:
    try:
        return visitor.visit(request)
    except VisitNeeded:
        raise NotFound from None
