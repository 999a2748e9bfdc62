"""Everybody's pages: check a file, look up a code from paper. Nothing uploaded is stored (invariant 7)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import JSONResponse, Response

from backend.ceremonies.queries import checks
from backend.ceremonies.queries.checks import Coded
from backend.errors import NotFound, Refusal
from backend.languages import translate
from backend.web import checking, quota, visitor
from backend.web.checking import RESULTS
from backend.web.error_pages import said
from backend.web.files import page_picture, pdf_response
from backend.web.site import MEGABYTES, language, page, site
from backend.web.visitor import CheckedForm, go

router = APIRouter()
Text = Annotated[str, Form()]
LARGEST = MEGABYTES * 1_000_000
SEED = "5072617361737469" * 4


class FileMissing(Refusal):
    """The form came without a file."""

    code = "file-missing"
    message = "Belum ada berkas yang dipilih."
    remedy = "Pilih satu berkas PDF, lalu kirim kembali."


class FileTooLarge(Refusal):
    """More than the check reads."""

    code = "file-too-large"
    status = 413
    message = "Berkas lebih besar dari 20 MB."
    remedy = "Untuk berkas besar, gunakan `prasasti verify` di komputer sendiri."


@router.get("/")
def home(request: Request) -> Response:
    """The front page: the check first."""
    return page(request, "public/home.html", megabytes=MEGABYTES, seed=SEED)


@router.get("/v")
def form(request: Request, kode: str = "") -> Response:
    """The check's form, or on to the facts behind a code."""
    if kode.strip():
        return go(f"/v/{''.join(kode.split()).lower()}")
    return page(request, "public/verify.html", megabytes=MEGABYTES, seed=SEED, errors=[])


@router.post("/v/berkas", dependencies=[CheckedForm])
def upload(request: Request, file: UploadFile | None = None) -> Response:
    """Check an uploaded file and send the visitor to its result."""
    here = site(request)
    try:
        quota.count(request, visitor.UPLOADS)
        name, pdf = read_upload(file)
    except (FileMissing, FileTooLarge) as refusal:
        return _form_again(request, refusal)
    return go(f"/v/hasil/{RESULTS.keep(checking.check(here, name, pdf), pdf)}")


def read_upload(file: UploadFile | None) -> tuple[str, bytes]:
    """Return an upload's name and bytes; raises FileMissing or FileTooLarge after reading no more than the limit."""
    if file is None or not file.filename:
        raise FileMissing
    content = file.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise FileTooLarge
    return file.filename[:200], content


def _form_again(request: Request, refusal: Refusal) -> Response:
    errors = [{"field": "file", "message": " ".join(said(request, refusal))}]
    form: dict[str, Any] = {"megabytes": MEGABYTES, "seed": SEED, "errors": errors}
    return page(request, "public/verify.html", http=refusal.status, back="/v", **form)


@router.get("/v/{code}")
def facts(request: Request, code: str) -> Response:
    """What the QR on paper leads to."""
    here = site(request)
    found = checks.by_code(here.tools, code)
    if found is None:
        return _unknown_code(request)
    images = []
    document = {**found.facts, "pages": 0}
    if found.complete and found.sha256:
        pdf = here.tools.vault.get(found.sha256)
        pages = here.gallery.count(pdf, found.sha256)
        document |= {"pages": pages, "size": len(pdf)}
        base = f"/v/{found.facts['code']}/hal"
        images = [
            {"address": f"{base}/{n}.webp", "thumbnail": f"{base}/{n}.webp", "number": n} for n in range(1, pages + 1)
        ]
    return page(
        request,
        "public/code.html",
        mark=here.tools.mark(found.ceremony),
        complete=found.complete,
        document=document if found.complete else None,
        signers=found.signers,
        images=images,
        zone=found.zone,
        megabytes=MEGABYTES,
        errors=[],
    )


def _unknown_code(request: Request) -> Response:
    message = translate("Kode ini tidak dikenal. Periksa kembali huruf dan angkanya.", language(request))
    errors = [{"field": "kode", "message": message}]
    return page(request, "public/verify.html", http=404, megabytes=MEGABYTES, seed=SEED, errors=errors)


@router.get("/v/{code}/naskah.pdf")
def coded_pdf(request: Request, code: str) -> Response:
    """The archived file behind a code, once it is complete."""
    here = site(request)
    _, sha256 = _complete(request, code)
    return pdf_response(here.tools.vault.get(sha256), f"{code}.pdf")


@router.get("/v/{code}/hal/{number}.webp")
def coded_picture(request: Request, code: str, number: int) -> Response:
    """A picture of one page of the archived file behind a code."""
    _, sha256 = _complete(request, code)
    return page_picture(site(request), sha256, number)


def _complete(request: Request, code: str) -> tuple[Coded, str]:
    found = checks.by_code(site(request).tools, code)
    if found is None or not found.complete or found.sha256 is None:
        raise NotFound
    return found, found.sha256


@router.get("/bantuan")
def help_page(request: Request) -> Response:
    """Help for everybody."""
    return page(request, "public/help.html", contact="")


@router.get("/privasi")
def privacy(request: Request) -> Response:
    """What happens to personal data."""
    return page(request, "public/privacy.html", contact="")


@router.get("/aksesibilitas")
def accessibility(request: Request) -> Response:
    """The accessibility statement."""
    return page(request, "public/accessibility.html", contact="")


@router.get("/sehat")
def health(request: Request) -> JSONResponse:
    """Whether the database answers; nothing else is told."""
    with site(request).tools.database.reading() as session:
        session.connection().exec_driver_sql("SELECT 1")
    return JSONResponse({"ok": True})
