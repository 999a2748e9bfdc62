"""One check of an uploaded file, and what is made of its result afterwards: comparison of pages, printed report."""

import hashlib
from dataclasses import dataclass

from backend.ceremonies.queries import checks, tracing
from backend.ceremonies.queries.tracing import Relation, Traced
from backend.documents.side_by_side import SideBySide
from backend.verification.knowledge import LogKnowledge
from backend.web.results import Result, Results
from backend.web.site import Site

RESULTS = Results()


@dataclass(frozen=True)
class Comparison:
    """What was found beside the upload: the archived file, if there is one, and the pages of both.

    `forgotten`: the upload is no longer held. `pages`: how many pages the archived file has.
    """

    archived: Traced | None = None
    side: SideBySide | None = None
    pages: int = 0
    forgotten: bool = False


def check(here: Site, file: str, pdf: bytes) -> Result:
    """Check a file in the limited process, with what our log knows of it; never raises for bad input."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    report = here.verifier.check(pdf, _knowledge(here, sha256, pdf))
    place = tracing.place_in_log(here.tools, sha256) if report.known_to_log else None
    return Result(file, len(pdf), report, tracing.by_bytes(here.tools, pdf), here.tools.now(), place)


def _knowledge(here: Site, sha256: str, pdf: bytes) -> LogKnowledge:
    known = checks.knowledge(here.tools, sha256)
    return known if known.recorded else tracing.expectations(here.tools, pdf) or known


def comparison(here: Site, identifier: str) -> Comparison:
    """Return the pages of a result beside the archived ones, made once; raises KeyError without that result."""

    def made() -> tuple[Comparison, int]:
        found = _compared(here, RESULTS.upload(identifier))
        return found, found.side.size if found.side else 0

    return RESULTS.make(identifier, "pages", made, last=True)


def _compared(here: Site, upload: bytes) -> Comparison:
    if not upload:
        return Comparison(forgotten=True)
    traced = tracing.by_bytes(here.tools, upload) or _claimed(here, upload)
    if traced is None:
        return Comparison()
    archived = here.tools.vault.get(traced.sha256)
    pages = here.gallery.count(archived, traced.sha256)
    if traced.relation is Relation.SAME:
        return Comparison(traced, None, pages)
    return Comparison(traced, here.comparer.compare(archived, upload), pages)


def _claimed(here: Site, upload: bytes) -> Traced | None:
    """Return the document whose code the upload shows. By its number nothing is found: numbers can be guessed."""
    found = (tracing.by_code(here.tools, code, upload) for code in here.comparer.codes(upload))
    return next((one for one in found if one), None)
