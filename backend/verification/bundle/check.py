"""Checks an evidence bundle: examined in a limited process, then each of its PDFs as any foreign PDF. No network.

Trust comes from the caller alone: the auditor's own policy and anchors, never what lies in the bundle.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from backend import clock
from backend.audit.policy import Policy
from backend.confined import Confined, LimitReached, Limits
from backend.verification.bundle import container
from backend.verification.bundle.container import Entry, NotAContainer
from backend.verification.bundle.examine import Examination, examine
from backend.verification.bundle.findings import Code, Finding, Point, Result, Told
from backend.verification.bundle.report import BundleReport
from backend.verification.knowledge import LogKnowledge
from backend.verification.reader import LARGEST, Verifier
from backend.verification.report import Report
from backend.verification.trust import Anchors
from backend.verification.verdict import Reason, Verdict, weakest
from backend.verification.verify import unread

LIMITS = Limits(memory=2 << 30, wall=300.0)


def check_bundle(path: Path, policy: Policy | None, anchors: Anchors, at: datetime | None = None) -> BundleReport:
    """Return the report on a bundle at the moment `at` (now unless given).

    `policy` is the auditor's own (c2sp.org/tlog-policy); without it the log's key is not checked: never success.
    Never raises for bad input; a file that cannot be read from disk is told as no container.
    """
    moment = at or clock.now()
    found = _examined(path, policy, anchors, moment)
    documents = tuple(_documents(path, found, anchors, moment))
    results = (*found.results, _signed(documents)) if found.documents else found.results
    classes = [signature.anchor_class for _, report in documents for signature in report.signatures]
    order = list(Point)
    return BundleReport(
        results=tuple(sorted(results, key=lambda result: order.index(result.point))),
        documents=documents,
        checked_at=moment,
        anchor_class=weakest(kind for kind in (*classes, *found.classes) if kind),
        ceremony=found.ceremony,
        gone=found.gone,
        erased=found.erased,
    )


def _examined(path: Path, policy: Policy | None, anchors: Anchors, at: datetime) -> Examination:
    pool = Confined(LIMITS, 1)
    try:
        return pool.run(examine, path, policy, anchors, at)
    except (LimitReached, MemoryError, RecursionError):
        return Examination((Result(Point.CONTAINER, (Finding(Code.LIMIT),)),))
    except Exception:  # noqa: BLE001 because what surprises the reader must not pass, and must not end the check
        return Examination((Result(Point.CONTAINER, (Finding(Code.DAMAGED, {"name": ""}),)),))
    finally:
        pool.close()


def _documents(path: Path, found: Examination, anchors: Anchors, at: datetime) -> Iterator[tuple[str, Report]]:
    """Yield the reports in the order of the container, as many read at a time as there are cores."""
    entries = found.documents
    if not entries:
        return
    processes = max(1, min(len(entries), os.cpu_count() or 1))
    verifier = Verifier(anchors, processes)

    def one(entry: Entry) -> tuple[str, Report]:
        with path.open("rb") as file:
            pdf = _bytes(file, entry)
        if pdf is None:
            return entry.name, unread(entry.sha256, Reason.LIMIT_REACHED, at, recorded=None)
        return entry.name, verifier.check(pdf, LogKnowledge(recorded=entry.sha256 in found.named), at)

    try:
        with ThreadPoolExecutor(processes) as threads:
            yield from threads.map(one, entries)
    finally:
        verifier.close()


def _bytes(file: BinaryIO, entry: Entry) -> bytes | None:
    """Return a PDF's bytes; None for one that is too large, or is no longer the one that was examined."""
    if entry.size > LARGEST:
        return None
    try:
        pdf = b"".join(container.pieces(file, entry))
    except NotAContainer:
        return None
    return pdf if hashlib.sha256(pdf).hexdigest() == entry.sha256 else None


def _signed(documents: Sequence[tuple[str, Report]]) -> Result:
    """Return the point about the signatures inside the PDFs; an unsigned or unreadable one has failed."""
    findings = []
    for name, report in documents:
        if report.verdict is Verdict.INDETERMINATE:
            findings.append(Finding(Code.DOCUMENT_OPEN, {"name": name}))
        elif report.verdict is not Verdict.PASSED:
            findings.append(Finding(Code.DOCUMENT_FAILED, {"name": name}))
    passed = sum(report.verdict is Verdict.PASSED for _, report in documents)
    facts = {"passed": passed, "count": len(documents)}
    told = Told("%(passed)s dari %(count)s dokumen lulus pemeriksaan tanda tangan.", facts)
    return Result(Point.DOCUMENTS, tuple(findings), (told,))
