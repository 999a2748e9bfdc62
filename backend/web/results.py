"""Results of public checks: fifteen minutes in memory under an unguessable id (invariant 7); never stored or logged."""

import hashlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.ceremonies.queries import checks
from backend.languages import translate
from backend.verification.points import four_points
from backend.verification.report import Report, SignatureReport
from backend.verification.verdict import NOTES, PASSED_SAID, SAID, TABLE, Verdict
from backend.web.site import Site

LIFE = timedelta(minutes=15)
MOST = 500
KEYS = ("signer", "integrity", "timestamp", "endurance")


@dataclass(frozen=True)
class Result:
    """One checked file: its name as the visitor gave it, its size, and what was found."""

    file: str
    size: int
    report: Report
    document: dict[str, Any] | None
    at: datetime


class Results:
    """The newest results of this process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: OrderedDict[str, Result] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, result: Result) -> str:
        """Keep a result and return its id; the oldest goes when there are too many."""
        identifier = secrets.token_urlsafe(24)
        with self._lock:
            self._kept[identifier] = result
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return identifier

    def find(self, identifier: str, now: datetime) -> Result | None:
        """Return a result not older than fifteen minutes, or None."""
        with self._lock:
            result = self._kept.get(identifier)
        return result if result is not None and now - result.at < LIFE else None


def check(here: Site, file: str, pdf: bytes) -> Result:
    """Check a file in the limited process, with what our log knows of it; never raises for bad input."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    report = here.verifier.check(pdf, checks.knowledge(here.tools, sha256))
    return Result(file, len(pdf), report, checks.facts_of_file(here.tools, sha256), here.tools.now())


def shown(result: Result, language: str) -> dict[str, Any]:
    """Return a result as the page of a verdict shows it, its sentences in the visitor's language."""
    report = result.report
    missing = report.incomplete
    points = zip(KEYS, four_points(report), strict=False)
    return {
        "file": result.file,
        "sha256": report.sha256,
        "size": result.size,
        "checked_at": report.checked_at,
        "verdict": str(report.verdict),
        "anchor_class": str(report.anchor_class),
        "headline": translate(report.headline, language),
        "missing": translate(missing[0], language) % missing[1] if missing else "",
        "points": [
            {"key": key, "state": str(p.state), "sentence": translate(p.sentence, language) % p.facts}
            for key, p in points
        ],
        "signatures": [_signature(found, language) for found in report.signatures],
        "reasons": [_said(str(reason), TABLE[reason].sentence, language) for reason in report.reasons],
        "notes": [_said(str(note), NOTES[note], language) for note in report.notes],
        "known_to_log": report.known_to_log,
        "log_index": None,
        "log_size": None,
    }


def _signature(found: SignatureReport, language: str) -> dict[str, Any]:
    passed = found.verdict is Verdict.PASSED and found.anchor_class is not None
    words = PASSED_SAID[found.anchor_class] if passed and found.anchor_class else SAID[found.verdict]
    return {
        "kind": found.kind,
        "signer": found.signer,
        "organisation": found.organisation,
        "issuer": found.issuer,
        "time": found.timestamp_at or found.signed_at,
        "time_proven": found.timestamp_at is not None,
        "level": found.level,
        "verdict": str(found.verdict),
        "anchor_class": str(found.anchor_class) if found.anchor_class else "other",
        "said": translate(words, language),
        "reasons": [_said(str(reason), TABLE[reason].sentence, language) for reason in found.reasons],
        "notes": [_said(str(note), NOTES[note], language) for note in found.notes],
    }


def _said(code: str, sentence: str, language: str) -> dict[str, str]:
    return {"code": code, "sentence": translate(sentence, language)}
