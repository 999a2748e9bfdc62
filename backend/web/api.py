"""The check for machines: a file in, the JSON of DESIGN section 8 out. No cookies, so no form token."""

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import JSONResponse

from backend.ceremonies.queries import checks
from backend.clock import to_text
from backend.errors import NotFound
from backend.web import checking, visitor
from backend.web.public import read_upload
from backend.web.site import site

router = APIRouter(prefix="/api/v1")


@router.post("/verify")
def verify(request: Request, file: UploadFile | None = None) -> JSONResponse:
    """Check a file; nothing is stored."""
    visitor.limit(visitor.UPLOADS, visitor.address(request))
    name, pdf = read_upload(file)
    return JSONResponse(checking.check(site(request), name, pdf).report.to_json(name))


@router.get("/documents/{code}")
def document(request: Request, code: str) -> JSONResponse:
    """The public facts behind a code; before completion only that signing is under way."""
    found = checks.by_code(site(request).tools, code)
    if found is None:
        raise NotFound
    if not found.complete:
        return JSONResponse({"complete": False})
    completed = found.facts["completed_at"]
    facts = {**found.facts, "completed_at": to_text(completed) if completed else None}
    signers = [{**signer, "at": to_text(signer["at"])} for signer in found.signers]
    return JSONResponse({"complete": True, "document": facts, "signers": signers})
