"""Pages and files of one result: the verdict in plain words, JSON, ETSI XML, PDF, and the pages side by side."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from backend.errors import NotFound
from backend.verification.etsi import to_xml
from backend.web import checking, printing, quota, telling, visitor
from backend.web.checking import RESULTS, Comparison
from backend.web.results import Result
from backend.web.site import language, page, site

router = APIRouter(prefix="/v/hasil")
ZONE = "Asia/Jakarta"
XML = "application/xml"
PDF = "application/pdf"
Side = Annotated[str, Path(pattern="^(arsip|berkas)$")]


@router.get("/{identifier}.json")
def result_json(request: Request, identifier: str) -> JSONResponse:
    """The result for machines (DESIGN section 8)."""
    found = _found(request, identifier)
    return JSONResponse(found.report.to_json(found.file))


@router.get("/{identifier}.xml")
def result_xml(request: Request, identifier: str) -> Response:
    """The result as ETSI TS 119 102-2 has it."""
    xml = to_xml(_found(request, identifier).report, site(request).program)
    return Response(xml, media_type=XML, headers=_named("xml"))


@router.get("/{identifier}.pdf")
def result_pdf(request: Request, identifier: str) -> Response:
    """The result in print, in the visitor's language; made once for each language."""
    found, here, tongue = _found(request, identifier), site(request), language(request)
    quota.count(request, visitor.REPORTS)

    def made() -> tuple[bytes, int]:
        pdf = printing.printed(here, found, tongue, ZONE)
        return pdf, len(pdf)

    return Response(RESULTS.make(identifier, f"pdf-{tongue}", made), media_type=PDF, headers=_named("pdf"))


@router.get("/{identifier}")
def result(request: Request, identifier: str) -> Response:
    """The result in plain words."""
    found = _found(request, identifier)
    return page(
        request,
        "public/verdict.html",
        mark="",
        zone=ZONE,
        result=telling.told(found, language(request), ZONE),
        document=found.document,
        address=f"/v/hasil/{identifier}",
    )


@router.get("/{identifier}/halaman")
def pages(request: Request, identifier: str) -> Response:
    """The pages of the upload beside the archived ones; asked for after the verdict is shown."""
    found = _found(request, identifier)
    quota.count(request, visitor.COMPARISONS)
    compared = checking.comparison(site(request), identifier)
    address = f"/v/hasil/{identifier}"
    context = {"file": found.file, "address": address, **_shown(compared, address)}
    return page(request, "public/pages.html", mark="", **context)


@router.get("/{identifier}/halaman/{side}/{number}.webp")
def picture(request: Request, identifier: str, side: Side, number: int) -> Response:
    """One page of the upload or of the archived file, as it was drawn for the comparison."""
    _found(request, identifier)
    drawn = checking.comparison(site(request), identifier).side
    for pair in drawn.pairs if drawn else ():
        image = pair.archived if side == "arsip" else pair.uploaded
        if pair.number == number and image:
            return Response(image, media_type="image/webp")
    raise NotFound


def _found(request: Request, identifier: str) -> Result:
    found = RESULTS.find(identifier, site(request).tools.now())
    if found is None:
        raise NotFound
    return found


def _named(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="laporan-pemeriksaan.{ending}"'}


def _shown(compared: Comparison, address: str) -> dict[str, Any]:
    """Return a comparison as its page shows it."""
    side, archived = compared.side, compared.archived
    return {
        "forgotten": compared.forgotten,
        "archived": archived,
        "relation": str(archived.relation) if archived else "",
        "drawn": side is None or side.drawn,
        "differing": list(side.differing) if side else [],
        "counts": (side.pages_archived, side.pages_uploaded) if side else (compared.pages, compared.pages),
        "pairs": [
            {
                "number": pair.number,
                "archived": f"{address}/halaman/arsip/{pair.number}.webp" if pair.archived else "",
                "uploaded": f"{address}/halaman/berkas/{pair.number}.webp" if pair.uploaded else "",
                "differs": pair.differs,
                "words_differ": pair.words_differ,
            }
            for pair in (side.pairs if side else ())
        ],
        "images": [
            {"address": f"/v/{archived.code}/hal/{number}.webp", "number": number}
            for number in range(1, compared.pages + 1)
        ]
        if archived and side is None
        else [],
    }
