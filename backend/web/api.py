"""The check for machines: a file in, the JSON of DESIGN section 8 or ETSI XML out. No cookies, so no form token.

What a client may rely on stands in docs/reference/api.md, which is written from here.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from backend.ceremonies.queries import checks
from backend.clock import to_text
from backend.errors import NotFound, Refusal
from backend.verification.etsi import to_xml
from backend.web import checking, quota, visitor
from backend.web.public import LARGEST, FileMissing, FileTooLarge, read_upload
from backend.web.site import site

router = APIRouter(prefix="/api/v1")
PDF = "application/pdf"
XML = "application/xml"
NAMELESS = "naskah.pdf"


class OneFileOnly(Refusal):
    """A request with several files; each is asked for on its own."""

    code = "one-file-only"
    message = "Kirimkan tepat satu berkas dalam setiap permintaan."
    remedy = "Kirimkan berkas satu per satu, atau gunakan `prasasti verify` untuk satu folder."


@router.post("/verify")
async def verify(
    request: Request,
    file: Annotated[list[UploadFile] | None, File()] = None,
    format: Literal["json", "xml"] | None = None,  # noqa: A002 because the address says `?format=`
) -> Response:
    """Check one PDF: the field `file` of a form (multipart/form-data), or the body itself (application/pdf).

    Answers 200 with the result whatever the verdict is, as JSON, or as ETSI TS 119 102-2 XML where `?format=xml` or
    `Accept: application/xml` asks for it. Nothing is stored, nothing is appended to the log, no network is touched.
    """
    quota.count(request, visitor.UPLOADS)
    raw = request.headers.get("content-type", "").partition(";")[0].strip().lower() == PDF
    body = await request.body() if raw else b""
    name, pdf = await run_in_threadpool(_given, body, file or [])
    report = (await run_in_threadpool(checking.check, site(request), name, pdf)).report
    if (format or _preferred(request.headers.get("accept", ""))) == "xml":
        return Response(to_xml(report, site(request).program), media_type=XML)
    return JSONResponse(report.to_json(name))


def _given(body: bytes, files: list[UploadFile]) -> tuple[str, bytes]:
    if len(files) + bool(body) > 1:
        raise OneFileOnly
    if len(body) > LARGEST:
        raise FileTooLarge
    if body:
        return NAMELESS, body
    if not files:
        raise FileMissing
    return read_upload(files[0])


def _preferred(accept: str) -> str:
    """Return `xml` where a client names XML and not JSON among what it accepts."""
    kinds = {kind.partition(";")[0].strip().lower() for kind in accept.split(",")}
    return (
        "xml" if kinds & {XML, "text/xml"} and "application/json" not in kinds and "text/html" not in kinds else "json"
    )


@router.get("/documents/{code}")
def document(request: Request, code: str) -> JSONResponse:
    """Tell the public facts behind the code under a document's QR; before completion only that signing is under way."""
    found = checks.by_code(site(request).tools, code)
    if found is None:
        raise NotFound
    if not found.complete:
        return JSONResponse({"complete": False})
    completed = found.facts["completed_at"]
    facts = {**found.facts, "completed_at": to_text(completed) if completed else None}
    signers = [{**signer, "at": to_text(signer["at"])} for signer in found.signers]
    return JSONResponse({"complete": True, "document": facts, "signers": signers})
