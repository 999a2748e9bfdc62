"""A result as the printed report has it: the page's sentences, as texts, with JSON and ETSI XML attached."""

import json
from functools import partial
from typing import Any

from backend.documents.check_report import CheckReport, render_report
from backend.languages import translate
from backend.templating import moments
from backend.verification import keys
from backend.verification.etsi import to_xml
from backend.verification.points import Point, State, log_point
from backend.verification.report import Report
from backend.verification.trust import AnchorClass
from backend.verification.verdict import Verdict
from backend.web import telling
from backend.web.results import Result
from backend.web.site import Site

TRIAL = "UJI COBA - TIDAK SAH"
NOT_ASKED = "Rekam jejak tidak ditanyai."
LOG = "Rekam jejak"
COLOURS = {
    Verdict.FAILED: "failed",
    Verdict.INDETERMINATE: "unknown",
    Verdict.UNSIGNED: "neutral",
    Verdict.UNREADABLE: "neutral",
}
CLASSES = {
    AnchorClass.CERTIFIED: "tersertifikasi",
    AnchorClass.OTHER: "lainnya",
    AnchorClass.TEST: "percobaan",
}


def printed(here: Site, result: Result, language: str, zone: str) -> bytes:
    """Return the report on a result as PDF, made in the limited process of the printer; raises LimitReached."""
    report = result.report
    test = any(found.anchor_class is AnchorClass.TEST for found in report.signatures)
    content = CheckReport(
        told=_told(result, language, zone),
        colour=COLOURS.get(report.verdict, "passed" if report.anchor_class is AnchorClass.CERTIFIED else "other"),
        anchors=_anchors(here, language),
        program=here.program,
        language=language,
        mark=TRIAL if test else "",
    )
    attachments = {
        "json": json.dumps(report.to_json(result.file), ensure_ascii=False, indent=1).encode("utf-8", "replace"),
        "xml": to_xml(report, here.program),
    }
    return here.printer.run(partial(render_report, here.reports, content, report.checked_at, attachments))


def _told(result: Result, language: str, zone: str) -> dict[str, Any]:
    """Return what the page tells, every moment and number written out."""
    told = telling.told(result, language, zone)
    points = [{**point, "sentences": [point["sentence"]]} for point in told["points"]]
    names = ("field", "name", "kind_said", "said", "reasons", "findings", "particulars")
    signatures = [{name: one[name] for name in names} for one in told["signatures"]]
    return {
        **{name: told[name] for name in ("file", "sha256", "verdict", "anchor_class", "headline", "sentence")},
        **{name: told[name] for name in ("missing", "reasons", "notes")},
        "size": moments.kilobytes(language, result.size),
        "checked_at": moments.moment(language, result.report.checked_at, zone),
        "points": points,
        "signatures": signatures,
        "log": _log(result.report, language),
    }


def _log(report: Report, language: str) -> dict[str, Any]:
    point = log_point(report) or Point(LOG, State.UNKNOWN, NOT_ASKED)
    said = translate(point.sentence, language) % point.facts
    return {"title": translate(point.title, language), "state": str(point.state), "sentences": [said]}


def _anchors(here: Site, language: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            keys.common_name(anchor.certificate.subject) or "",
            anchor.sha256,
            translate(CLASSES[anchor.kind], language),
        )
        for anchor in here.verifier.anchors.anchors
    )
