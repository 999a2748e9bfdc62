"""What a check of a bundle found, and the JSON in which it is published: every point apart, never one tick."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.clock import to_text
from backend.verification.bundle.findings import Result, worst
from backend.verification.report import Report
from backend.verification.trust import AnchorClass
from backend.verification.verdict import PASSED_SAID, SAID, Verdict


@dataclass(frozen=True, kw_only=True)
class BundleReport:
    """One bundle. `documents` are its PDFs by name, each with its own report.

    `gone` are events with values that are not shown (id, kind, how many), `erased` the pseudonyms that were erased.
    """

    results: tuple[Result, ...]
    documents: tuple[tuple[str, Report], ...]
    checked_at: datetime
    anchor_class: AnchorClass
    ceremony: str = ""
    gone: tuple[tuple[str, str, int], ...] = ()
    erased: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Return the worst verdict among the points."""
        return worst(result.verdict for result in self.results)

    @property
    def headline(self) -> str:
        """Return what is said of the bundle in one phrase (an Indonesian message id)."""
        return PASSED_SAID[self.anchor_class] if self.verdict is Verdict.PASSED else SAID[self.verdict]

    def to_json(self, bundle: str) -> dict[str, Any]:
        """Return the published form; `bundle` is the name under which it was asked for."""
        return {
            "bundle": bundle,
            "ceremony": self.ceremony or None,
            "verdict": str(self.verdict),
            "anchor_class": str(self.anchor_class),
            "checked_at": to_text(self.checked_at),
            "points": [_point(result) for result in self.results],
            "documents": [report.to_json(name) for name, report in self.documents],
            "not_disclosed": [{"event": event, "type": kind, "values": count} for event, kind, count in self.gone],
            "erased": list(self.erased),
        }


def _point(result: Result) -> dict[str, Any]:
    return {
        "point": str(result.point),
        "verdict": str(result.verdict),
        "findings": [{"code": str(finding.code), **finding.facts} for finding in result.findings],
        "facts": {name: value for told in result.told for name, value in told.facts.items()},
    }
