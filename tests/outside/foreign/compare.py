"""Our verdict beside EU DSS's, signature by signature: what agrees, and where we are stricter on purpose, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend.verification.report import SignatureReport
from backend.verification.trust import from_files
from backend.verification.verify import verify
from tests.outside.foreign.makers import Workshop

SAME = {"passed": "TOTAL_PASSED", "failed": "TOTAL_FAILED", "indeterminate": "INDETERMINATE"}
# What EU DSS does not see at all, or judges more mildly: docs/verification-differences.md says why.
ON_PURPOSE = {"openpdf-x509": "indeterminate", "pdfbox-locked": "failed"}


@dataclass(frozen=True)
class Judged:
    """What EU DSS says of one signature: indication, sub-indication (`-` for none), level."""

    indication: str
    sub: str
    level: str


def by_dss(workshop: Workshop, anchor: Path, names: Iterable[str]) -> dict[str, dict[str, Judged]]:
    """Return EU DSS's judgement by file and field, offline, with one anchor."""
    found: dict[str, dict[str, Judged]] = {name: {} for name in names}
    for file, field, *said in workshop.java("Judge", str(anchor), *(str(workshop.path(name)) for name in found)):
        found[file.removesuffix(".pdf")][field] = Judged(*said)
    return found


def by_us(workshop: Workshop, anchor: Path, name: str, at: datetime) -> list[SignatureReport]:
    """Return our reports on the signatures of a file, document timestamps left out as EU DSS leaves them out."""
    report = verify(workshop.path(name).read_bytes(), from_files([anchor]), at)
    return [found for found in report.signatures if found.kind != "timestamp"]


def differences(name: str, ours: list[SignatureReport], theirs: dict[str, Judged]) -> list[str]:
    """Return in words what differs and is not on purpose."""
    if name in ON_PURPOSE:
        return [str(one.reasons) for one in ours if one.verdict != ON_PURPOSE[name]]
    told = {one.field: one for one in ours}
    missing = [f"{field}: only one of us sees it" for field in told.keys() ^ theirs.keys()]
    other = [
        f"{field}: {told[field].verdict} {[*map(str, told[field].reasons)]}, EU DSS {theirs[field]}"
        for field in told.keys() & theirs.keys()
        if SAME[told[field].verdict] != theirs[field].indication
    ]
    return missing + other
