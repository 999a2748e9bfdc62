"""`prasasti verify BUNDLE --policy FILE`: the outcome of every point in lines or JSON, and an exit status."""

import json as json_format
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from backend.audit.policy import Policy
from backend.errors import Refusal
from backend.languages import translate
from backend.verification.bundle import layout
from backend.verification.bundle.check import check_bundle
from backend.verification.bundle.findings import TITLES, Result
from backend.verification.bundle.report import BundleReport
from backend.verification.trust import Anchors, from_files
from backend.verification.verdict import SAID, Verdict

USAGE = 64
STATUSES = {Verdict.PASSED: 0, Verdict.FAILED: 1, Verdict.INDETERMINATE: 2, Verdict.UNREADABLE: 4}
HELD = "Lulus"


class PolicyUnreadable(Refusal):
    """The file given as a policy cannot be read."""

    code = "log-policy-unreadable"
    message = "Berkas kebijakan rekam jejak %(file)s tidak dapat dibaca."
    remedy = "Berikan berkas kebijakan (c2sp.org/tlog-policy) yang disimpan sendiri, bukan salinan di dalam wadah."


def is_bundle(path: Path) -> bool:
    """Tell whether a path given to `verify` is to be read as a bundle: by its suffix, else by its first bytes."""
    if path.suffix.lower() == layout.SUFFIX:
        return path.is_file()
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\3\4"
    except OSError:
        return False


def run_bundle(
    path: Path,
    *,
    policy: Path | None,
    trust: Sequence[Path] | Anchors,
    json: bool = False,
    language: str = "id",
    out: TextIO = sys.stdout,
) -> int:
    """Check a bundle, write the outcome, and return the exit status: as for files, 64 for an unusable policy or anchor.

    `trust` are PEM files or anchors already read. Without `policy` the status is 2 at best.
    """
    try:
        own = read_policy(policy) if policy else None
        anchors = trust if isinstance(trust, Anchors) else from_files(trust)
    except Refusal as refusal:
        told = (translate(text, language) % refusal.facts for text in (refusal.message, refusal.remedy) if text)
        print(*told, file=sys.stderr)
        return USAGE
    report = check_bundle(path, own, anchors)
    if json:
        out.write(json_format.dumps(report.to_json(str(path)), indent=1) + "\n")
    else:
        out.writelines(line + "\n" for line in lines(str(path), report, language))
    return STATUSES[report.verdict]


def read_policy(path: Path) -> Policy:
    """Return the policy of a file; raises PolicyUnreadable or InvalidPolicy."""
    try:
        return Policy.from_text(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyUnreadable(file=str(path)) from error


def lines(bundle: str, report: BundleReport, language: str) -> list[str]:
    """Return the outcome as lines: first the whole, then every point with what holds and what does not."""
    told = [f"{bundle}: {translate(report.headline, language)}"]
    told += [_line(result, language) for result in report.results]
    return [_printable(line) for line in told]


def _printable(line: str) -> str:
    """Return a line without line ends and terminal codes: names of files and authorities may hold them."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line)


def _line(result: Result, language: str) -> str:
    verdict = HELD if result.verdict is Verdict.PASSED else SAID[result.verdict]
    said = [f"  {translate(TITLES[result.point], language)}: {translate(verdict, language)}"]
    said += [
        f"{translate(finding.row.sentence, language) % finding.facts} ({finding.code})" for finding in result.findings
    ]
    if not result.findings:
        said += [translate(one.sentence, language) % one.facts for one in result.told]
    return " · ".join(said)
