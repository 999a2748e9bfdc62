"""Pages of whoever holds a signing link: open, identify, read, sign. GET changes nothing (invariant 7)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, SecretStr

from backend.ceremonies import permissions
from backend.ceremonies.actions import disown, identify, open_link, refuse, request_code, sign
from backend.ceremonies.actions.sign import Intent
from backend.ceremonies.permissions import AlreadySigned, CeremonyOver, NotInSigning
from backend.ceremonies.queries import proofs, visits
from backend.errors import NotFound, Refusal
from backend.people.links import LinkExpired, LinkUnknown, LinkVoid
from backend.people.person import Part
from backend.people.store import Visit
from backend.signing.signer import Answer
from backend.web import denials, receipts, visitor
from backend.web.error_pages import said
from backend.web.site import language, page, site
from backend.web.visitor import CheckedForm, Guest, go, here_for, remember

router = APIRouter()
Text = Annotated[str, Form()]
CONSENT_FIELDS = ("consent_read", "consent_authority", "consent_electronic")


@router.get("/t/{token}")
def show_link(request: Request, token: str) -> Response:
    """Who is invited, and one button; nothing is recorded (mail scanners follow links)."""
    if token in {"identitas", "naskah", "bukan-saya"}:
        return _of_visit(request, token)
    view = visits.link_view(site(request).tools, token)
    return page(request, "signatory/link.html", mark=view.mark, token=token, **view.shown)


def _of_visit(request: Request, name: str) -> Response:
    guest = visitor.visit(request)
    return {"identitas": _identity, "naskah": _list, "bukan-saya": _not_me}[name](request, guest)


@router.post("/t/buka", dependencies=[CheckedForm])
def open_the_link(request: Request, token: Text) -> Response:
    """Swap the token for a cookie; from here on the address bar holds no secret."""
    here = site(request)
    try:
        secret = open_link.open_link(here.tools, token)
    except (LinkUnknown, LinkVoid, LinkExpired):
        visitor.limit(visitor.WRONG_LINKS, visitor.address(request))
        raise
    response = go("/t")
    remember(here, response, visitor.GUEST, secret)
    return response


@router.get("/t")
def where_to(request: Request, guest: Guest) -> Response:
    """Send the visitor to what he has to do next."""
    if not guest.identified:
        return go("/t/identitas")
    view = visits.signatory_view(site(request).tools, guest)
    if view.person.part is Part.WITNESS:
        return go("/s/kesaksian")
    if len(view.documents) != 1:
        return go("/t/naskah")
    return go(here_for(view.documents[0].id) + "/baca")


def _identity(request: Request, guest: Visit, errors: list[dict[str, str]] | None = None, http: int = 200) -> Response:
    if guest.identified:
        return go("/t")
    view = visits.identity_view(site(request).tools, guest)
    return page(
        request,
        "signatory/identity.html",
        http=http,
        mark=view.mark,
        for_witness=False,
        errors=errors or [],
        **view.shown,
    )


@router.post("/t/identitas/kode", dependencies=[CheckedForm])
def ask_for_code(request: Request, guest: Guest) -> Response:
    """Send a one-time code to the mailbox that the link reached."""
    visitor.limit(visitor.CODES, str(guest.link.id))
    request_code.request_code(site(request).tools, guest.link)
    return go("/t/identitas")


@router.post("/t/identitas", dependencies=[CheckedForm])
def confirm(request: Request, guest: Guest, code: Text = "") -> Response:
    """Confirm presence with the code."""
    try:
        identify.identify(site(request).tools, guest, code)
    except Refusal as refusal:
        return _identity(request, guest, [_error(request, refusal, "code")], refusal.status)
    return go("/t")


def _error(request: Request, refusal: Refusal, field: str) -> dict[str, str]:
    message, remedy = said(request, refusal)
    return {"field": field, "message": f"{message} {remedy}".strip()}


def _list(request: Request, guest: Visit) -> Response:
    if not guest.identified:
        return go("/t/identitas")
    view = visits.signatory_view(site(request).tools, guest)
    return page(request, "signatory/list.html", mark=view.mark, **view.as_list())


def _not_me(request: Request, guest: Visit) -> Response:
    view = visits.identity_view(site(request).tools, guest)
    return page(request, "signatory/not_me.html", mark=view.mark, root="/t", person=view.shown["person"])


@router.post("/t/bukan-saya", dependencies=[CheckedForm])
def not_me(request: Request, guest: Guest) -> Response:
    """Void the link: it reached somebody it was not meant for."""
    here = site(request)
    disown.disown(here.tools, guest.link)
    response = page(request, "signatory/disowned.html", contact="")
    visitor.forget(here, response, visitor.GUEST)
    return response


@router.get("/t/naskah/{document_id}/baca")
def read(request: Request, guest: Guest, document_id: UUID, tampilan: str = "teks") -> Response:
    """Step 2: the words in large type, or pictures of the very pages."""
    if not guest.identified:
        return go("/t/identitas")
    here = site(request)
    view = visits.reading_view(here.tools, guest, document_id)
    shown = "pages" if tampilan == "halaman" else "text"
    pages = here.gallery.count(view.pdf, view.document["sha256"])
    images = [{"address": f"/n/{view.sha256}/hal/{n}.webp", "number": n} for n in range(1, pages + 1)]
    return page(
        request,
        "signatory/read.html",
        mark=view.mark,
        here=here_for(document_id),
        view=shown,
        document={**view.document, "pages": pages},
        gist=view.gist,
        content=view.content if shown == "text" else "",
        words=view.words,
        images=images if shown == "pages" else [],
        can_sign=view.can_sign,
    )


@router.get("/t/naskah/{document_id}/setuju")
def agree(request: Request, guest: Guest, document_id: UUID) -> Response:
    """Step 3: what is signed, the statements, the passphrase; or why it cannot be signed now."""
    if not guest.identified:
        return go("/t/identitas")
    return _agree(request, guest, document_id)


def _agree(
    request: Request,
    guest: Visit,
    document_id: UUID,
    errors: list[dict[str, str]] | None = None,
    ticked: tuple[str, ...] = (),
) -> Response:
    here = site(request)
    view = visits.signing_view(here.tools, guest, document_id)
    if view.standing is not None:
        return _standing(request, guest, view)
    return page(
        request,
        "signatory/sign.html",
        http=422 if errors else 200,
        mark=view.mark,
        here=here_for(document_id),
        person=view.person,
        document={**view.document, "pages": here.gallery.count(view.pdf, view.document["sha256"])},
        identified_at=guest.identified_at,
        zone=view.zone,
        base=view.document["sha256"],
        consents={field: field in ticked for field in CONSENT_FIELDS},
        errors=errors or [],
    )


def _standing(request: Request, guest: Visit, view: visits.SigningView) -> Response:
    """Say where the document stands when there is nothing to sign: signed already, not open, over."""
    template, context = visits.standing_page(view)
    receipt = proofs.card(site(request).tools, guest, UUID(view.document["id"]))
    answer = page(request, f"signatory/{template}", mark=view.mark, receipt=receipt, **context)
    return receipts.look_again(request, answer, receipt)


class SigningForm(BaseModel):
    """What the form of step 3 sends."""

    base: str = ""
    passphrase: SecretStr = SecretStr("")
    consent_read: str = ""
    consent_authority: str = ""
    consent_electronic: str = ""

    @property
    def ticked(self) -> tuple[str, ...]:
        """Return the statements that were ticked."""
        return tuple(field for field in CONSENT_FIELDS if getattr(self, field))


@router.post("/t/naskah/{document_id}/setuju", dependencies=[CheckedForm])
def sign_it(request: Request, guest: Guest, document_id: UUID, form: Annotated[SigningForm, Form()]) -> Response:
    """Sign; a second press finds it signed and shows the receipt."""
    if not guest.identified:
        raise permissions.NotIdentified
    answer = Answer(form.passphrase.get_secret_value())
    intent = Intent(document_id, form.base, len(form.ticked), language(request), answer)
    who = str(guest.link.person_id)
    try:
        visitor.check_left(visitor.PASSPHRASES, who)
        sign.sign(site(request).tools, guest, intent)
    except AlreadySigned:
        return go(here_for(document_id) + "/selesai")
    except (CeremonyOver, NotInSigning, permissions.NotOpenYet, permissions.NotYourTurn):
        return _agree(request, guest, document_id)
    except Refusal as refusal:
        denials.note(request, refusal)
        if refusal.code == "wrong-passphrase":
            visitor.limit(visitor.PASSPHRASES, who)
        field = _field_of(refusal, form.ticked)
        return _agree(request, guest, document_id, [_error(request, refusal, field)], form.ticked)
    receipts.await_proof(request, guest)
    return go(here_for(document_id) + "/selesai")


def _field_of(refusal: Refusal, ticked: tuple[str, ...]) -> str:
    if isinstance(refusal, sign.ConsentMissing):
        return next((field for field in CONSENT_FIELDS if field not in ticked), "")
    return "passphrase" if refusal.code == "wrong-passphrase" else ""


@router.get("/t/naskah/{document_id}/selesai")
def done(request: Request, guest: Guest, document_id: UUID) -> Response:
    """Step 4: the receipt."""
    tools = site(request).tools
    view = visits.receipt_view(tools, guest, document_id)
    receipt = proofs.card(tools, guest, document_id)
    answer = page(request, "signatory/done.html", mark=view.mark, receipt=receipt, **view.shown)
    return receipts.look_again(request, answer, receipt)


@router.get("/t/naskah/{document_id}/{way}")
def way_out(request: Request, guest: Guest, document_id: UUID, way: str) -> Response:
    """The forms to decline (`tolak`) and to ask for a correction (`perbaikan`)."""
    if not guest.identified:
        return go("/t/identitas")
    return _way_out(request, guest, document_id, way)


WAYS = {"tolak": ("decline.html", refuse.decline), "perbaikan": ("correction.html", refuse.return_)}


def _way_out(request: Request, guest: Visit, document_id: UUID, way: str, reason: str = "", **error: str) -> Response:
    template, _ = WAYS.get(way, (None, None))
    if template is None:
        raise NotFound
    view = visits.signing_view(site(request).tools, guest, document_id)
    if view.standing not in {None, "not-open", "not-turn"}:
        return _standing(request, guest, view)
    errors = [error] if error else []
    shown: dict[str, Any] = {
        "here": here_for(document_id),
        "person": view.person,
        "document": view.document,
        "reason": reason,
    }
    return page(request, f"signatory/{template}", http=422 if errors else 200, mark=view.mark, errors=errors, **shown)


@router.post("/t/naskah/{document_id}/{way}", dependencies=[CheckedForm])
def take_way_out(request: Request, guest: Guest, document_id: UUID, way: str, reason: Text = "") -> Response:
    """Decline, or ask for a correction."""
    if way not in WAYS:
        raise NotFound
    if not guest.identified:
        raise permissions.NotIdentified
    try:
        WAYS[way][1](site(request).tools, guest, document_id, reason)
    except refuse.ReasonMissing as refusal:
        return _way_out(request, guest, document_id, way, reason, **_error(request, refusal, "reason"))
    receipts.await_proof(request, guest)
    return go(here_for(document_id) + "/setuju")
