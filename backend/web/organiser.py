"""Staff's pages of ceremonies and the buttons that run them. Auditors see the same and press nothing."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

from backend.ceremonies import permissions
from backend.ceremonies.actions import close, conduct, freeze, invite, seal_minutes
from backend.ceremonies.document import SlotRole
from backend.ceremonies.queries import checkpoints, checks, dashboard, details, progress
from backend.ceremonies.queries.progress import Filter
from backend.ceremonies.tools import Tools
from backend.errors import NotFound, Refusal
from backend.languages import translate
from backend.people.person import Account
from backend.verification.report import Report
from backend.web.error_pages import said
from backend.web.files import pdf_response
from backend.web.site import Site, language, page, site
from backend.web.visitor import CheckedForm, Staff, go

router = APIRouter()
Text = Annotated[str, Form()]
Verb = Callable[[Tools, Account, UUID], object]

VERBS: dict[str, Verb] = {
    "bekukan": freeze.freeze,
    "undang": invite.invite,
    "ingatkan": invite.remind,
    "buka": conduct.open_,
    "jeda": lambda tools, account, of: conduct.conduct(tools, account, of, "pause"),
    "lanjutkan": lambda tools, account, of: conduct.conduct(tools, account, of, "resume"),
    "batal": lambda tools, account, of: conduct.conduct(tools, account, of, "cancel"),
    "tutup": close.close,
    "segel": seal_minutes.request_minutes,
}


@router.get("/seremoni")
def show_dashboard(request: Request, account: Staff) -> Response:
    """The ceremony of the moment, what must be looked at, all ceremonies."""
    shown = dashboard.dashboard(site(request).tools, account)
    return page(request, "organiser/dashboard.html", account=account, nav="ceremonies", **shown)


@router.get("/seremoni/{ceremony_id}")
def show_ceremony(
    request: Request, account: Staff, ceremony_id: UUID, q: str = "", status: str = "", area: str = ""
) -> Response:
    """One ceremony: its regions, who is missing, its buttons."""
    return _ceremony(request, account, ceremony_id, Filter(q, status, area))


def _ceremony(
    request: Request, account: Account, ceremony_id: UUID, chosen: Filter, refusal: Refusal | None = None
) -> Response:
    tools = site(request).tools
    seen = progress.whole(tools, ceremony_id)
    return page(
        request,
        "organiser/ceremony.html",
        http=refusal.status if refusal else 200,
        mark=tools.mark(seen.ceremony),
        account=account,
        nav="ceremonies",
        notices=[" ".join(said(request, refusal))] if refusal else [],
        back=progress.here_of(seen.ceremony),
        cosigners=checkpoints.cosigners_of(tools, ceremony_id),
        **progress.ceremony_page(seen, account, chosen),
    )


@router.get("/seremoni/{ceremony_id}/status.json")
def status(request: Request, _account: Staff, ceremony_id: UUID) -> JSONResponse:
    """How far it is, in numbers."""
    return JSONResponse(details.status_json(progress.whole(site(request).tools, ceremony_id)))


@router.get("/seremoni/{ceremony_id}/naskah.json")
def documents(request: Request, _account: Staff, ceremony_id: UUID) -> JSONResponse:
    """Every document with its signers and witnesses."""
    return JSONResponse(details.documents_json(progress.whole(site(request).tools, ceremony_id)))


@router.get("/seremoni/{ceremony_id}/berita-acara.pdf")
def minutes(request: Request, _account: Staff, ceremony_id: UUID) -> Response:
    """The sealed minutes."""
    tools = site(request).tools
    sha256 = progress.whole(tools, ceremony_id).ceremony.minutes_sha256
    if sha256 is None:
        raise NotFound
    return pdf_response(tools.vault.get(sha256), "berita-acara.pdf")


@router.get("/seremoni/{ceremony_id}/saksi")
def witnesses(request: Request, account: Staff, ceremony_id: UUID) -> Response:
    """Who attests to what, and who has."""
    tools = site(request).tools
    seen = progress.whole(tools, ceremony_id)
    shown = details.witnesses_page(seen, account)
    mark = tools.mark(seen.ceremony)
    return page(request, "organiser/witnesses.html", mark=mark, account=account, nav="ceremonies", **shown)


@router.get("/seremoni/{ceremony_id}/daerah/{region}")
def document(request: Request, account: Staff, ceremony_id: UUID, region: str) -> Response:
    """One region's document: parties, witnesses, revisions, the check of its newest file, its part of the log."""
    here = site(request)
    seen = progress.whole(here.tools, ceremony_id)
    shown = details.document_page(here.tools, seen, account, region)
    current = details.document_in(seen, region).current
    check = _checked(here, current.sha256, language(request)) if current else None
    return page(
        request,
        "organiser/document.html",
        mark=here.tools.mark(seen.ceremony),
        account=account,
        nav="ceremonies",
        check=check,
        notices=[],
        **shown,
    )


def _checked(here: Site, sha256: str, tongue: str) -> dict[str, object]:
    report: Report = here.verifier.check(here.tools.vault.get(sha256), checks.knowledge(here.tools, sha256))
    missing = report.incomplete
    return {
        "headline": translate(report.headline, tongue),
        "missing": translate(missing[0], tongue) % missing[1] if missing else "",
        "verdict": str(report.verdict),
        "anchor_class": str(report.anchor_class),
        "checked_at": report.checked_at,
    }


@router.post("/seremoni/{ceremony_id}/{verb}", dependencies=[CheckedForm])
def run(request: Request, account: Staff, ceremony_id: UUID, verb: str) -> Response:
    """Carry out one verb; what is refused is told on the page."""
    if verb not in VERBS:
        raise NotFound
    permissions.check_can_organise(account)
    try:
        VERBS[verb](site(request).tools, account, ceremony_id)
    except Refusal as refusal:
        return _ceremony(request, account, ceremony_id, Filter(), refusal)
    return go(f"/seremoni/{ceremony_id}")


@router.post("/seremoni/{ceremony_id}/daerah/{region}/kirim-ulang", dependencies=[CheckedForm])
def resend_to_signatory(
    request: Request, account: Staff, ceremony_id: UUID, region: str, role: Text = "head"
) -> Response:
    """Send one signatory a new link."""
    tools = site(request).tools
    seen = progress.whole(tools, ceremony_id)
    found = details.document_in(seen, region)
    who = seen.person(found, SlotRole.MINISTRY if role == "ministry" else SlotRole.HEAD)
    invite.resend(tools, account, who.id)
    return go(f"/seremoni/{ceremony_id}/daerah/{region}")


@router.post("/seremoni/{ceremony_id}/daerah/{region}/bekukan", dependencies=[CheckedForm])
def freeze_again(request: Request, account: Staff, ceremony_id: UUID, region: str) -> Response:
    """Try to freeze what can be frozen once more."""
    freeze.freeze(site(request).tools, account, ceremony_id)
    return go(f"/seremoni/{ceremony_id}/daerah/{region}")


@router.post("/seremoni/{ceremony_id}/saksi/{person_id}/kirim-ulang", dependencies=[CheckedForm])
def resend_to_witness(request: Request, account: Staff, ceremony_id: UUID, person_id: UUID) -> Response:
    """Send one witness a new link."""
    tools = site(request).tools
    if person_id not in progress.whole(tools, ceremony_id).people:
        raise NotFound
    invite.resend(tools, account, person_id)
    return go(f"/seremoni/{ceremony_id}/saksi")
