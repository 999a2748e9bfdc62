"""How the command tells what was found: lines for people, JSON and CSV for programs, and the sum of many files."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol, TextIO

from backend.clock import to_text
from backend.errors import Refusal
from backend.languages import translate
from backend.verification.etsi import to_xml
from backend.verification.report import Report
from backend.verification.verdict import ONLY_STAMPED, PASSED_SAID, SAID, TABLE, Verdict

COLUMNS = (
    "file",
    "sha256",
    "verdict",
    "reasons",
    "seals",
    "signatures",
    "timestamps",
    "empty_fields",
    "signers",
    "levels",
    "anchor_class",
    "known_to_log",
    "checked_at",
)
# A spreadsheet takes a cell that begins so for a formula; an apostrophe makes it text again (OWASP, CSV injection).
MOST_LETTERS = 150
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Output(Protocol):
    """Writes one report after the other."""

    def write(self, file: str, report: Report) -> None:
        """Write what was found in a file."""

    def end(self) -> None:
        """Write what must follow the last one, also when there are fewer than hoped for."""


class Lines:
    """One line for each file."""

    def __init__(self, out: TextIO, language: str) -> None:
        """Remember where to write, and in which language."""
        self._out, self._language = out, language

    def write(self, file: str, report: Report) -> None:
        """Write the verdict first, then why."""
        self._out.write(line(file, report, self._language) + "\n")

    def end(self) -> None:
        """Nothing follows."""


class JsonArray:
    """One array, an object for each file; written as found, so that thousands need no memory."""

    def __init__(self, out: TextIO, _language: str) -> None:
        """Remember where to write."""
        self._out, self._before = out, "[\n"

    def write(self, file: str, report: Report) -> None:
        """Write one element (DESIGN section 8)."""
        self._out.write(self._before + json.dumps(report.to_json(file)))
        self._before = ",\n"

    def end(self) -> None:
        """Close the array."""
        self._out.write("[]\n" if self._before == "[\n" else "\n]\n")


class Csv:
    """One row for each file under a row of names (RFC 4180); several values of a cell stand apart by a semicolon."""

    def __init__(self, out: TextIO, _language: str) -> None:
        """Write the names of the columns."""
        self._writer = csv.writer(out)
        self._writer.writerow(COLUMNS)

    def write(self, file: str, report: Report) -> None:
        """Write one row."""
        row = _row(file, report)
        self._writer.writerow([_cell(row[name]) for name in COLUMNS])

    def end(self) -> None:
        """Nothing follows."""


class FolderUnusable(Refusal):
    """The folder for reports cannot be made or written to."""

    code = "report-folder-unusable"
    message = "Laporan tidak dapat ditulis ke %(folder)s (%(why)s)."
    remedy = "Berikan folder yang boleh ditulisi dan yang ruangnya cukup."


class EtsiReports:
    """One report for each file in the XML of ETSI TS 119 102-2, named after the file and its SHA-256."""

    def __init__(self, folder: Path) -> None:
        """Make the folder; raises FolderUnusable."""
        self._folder = folder
        self._try(lambda: folder.mkdir(parents=True, exist_ok=True))

    def written(self, checked: Iterable[tuple[Path, Report]]) -> Iterator[tuple[Path, Report]]:
        """Pass on what was checked, each report written before; raises FolderUnusable."""
        program = f"Prasasti {metadata.version('prasasti')}"
        for file, report in checked:
            name = f"{printable(file.stem)[:MOST_LETTERS]}-{report.sha256[:12] or 'unreadable'}.xml"
            content = to_xml(report, program)
            self._try(partial((self._folder / name).write_bytes, content))
            yield file, report

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except OSError as error:
            raise FolderUnusable(folder=str(self._folder), why=error.strerror) from error


FORMS: dict[str, Callable[[TextIO, str], Output]] = {"lines": Lines, "json": JsonArray, "csv": Csv}


def line(file: str, report: Report, language: str) -> str:
    """Return what is said of one file in one line."""
    said = [translate(report.headline, language)]
    if report.incomplete:
        phrase, numbers = report.incomplete
        said.insert(0, translate(phrase, language, **numbers))
    levels = _levels(report)
    if report.verdict is Verdict.PASSED and levels:
        said.append(", ".join(levels))
    said += [f"{translate(TABLE[reason].sentence, language)} ({reason})" for reason in report.reasons]
    return f"{printable(file)}: " + " · ".join(said)


def printable(file: str) -> str:
    """Return a file name as one line of text: a name may hold line ends, terminal codes and bytes that are no text."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in file)


def total(headlines: Counter[str], language: str) -> str:
    """Return how many files got which verdict, the best first, as in `48 berkas: 46 Sah, 2 Tidak sah`."""
    order = [*PASSED_SAID.values(), ONLY_STAMPED, *SAID.values()]
    counted = [f"{headlines[said]} {translate(said, language)}" for said in order if headlines[said]]
    files = translate("%(count)d berkas", language, count=headlines.total())
    return f"{files}: " + ", ".join(counted)


def _levels(report: Report) -> list[str]:
    return sorted({found.level for found in report.signatures if found.level})


def _row(file: str, report: Report) -> dict[str, Any]:
    told = report.to_json(file)
    kinds = Counter(found.kind for found in report.signatures)
    return {
        **told,
        "seals": kinds["seal"],
        "signatures": kinds["signature"],
        "timestamps": kinds["timestamp"],
        "signers": [found.signer for found in report.signatures if found.signer and found.kind == "signature"],
        "levels": _levels(report),
        "anchor_class": str(report.anchor_class) if report.verdict is Verdict.PASSED else "",
        "checked_at": to_text(report.checked_at),
    }


def _cell(value: Any) -> str:
    if isinstance(value, list):
        value = "; ".join(str(one).replace(";", ",") for one in value)
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    text = printable(str(value))
    return f"'{text}" if text.startswith(FORMULA) else text
