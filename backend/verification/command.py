"""`prasasti verify`: check files and folders offline and say the outcome in lines, JSON and an exit status."""

import argparse
import json as json_format
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn, TextIO

from backend.errors import Refusal
from backend.languages import available, translate
from backend.verification.knowledge import KnownToLog, from_export
from backend.verification.reader import Verifier
from backend.verification.report import Report
from backend.verification.trust import Anchors, from_files, from_folder
from backend.verification.verdict import TABLE, Verdict

USAGE = 64
STATUSES = ((Verdict.FAILED, 1), (Verdict.INDETERMINATE, 2), (Verdict.UNSIGNED, 3), (Verdict.UNREADABLE, 4))
MANY = 20


class NothingToCheck(Refusal):
    """A path leads to no PDF."""

    code = "nothing-to-check"
    message = "Tidak ada berkas PDF di %(path)s."
    remedy = "Berikan berkas yang ada, atau folder yang berisi berkas PDF."


def trust_folder() -> Path:
    """Return the folder of public anchors that came with this program."""
    bundled = Path(__file__).parents[1] / "_bundled" / "keys" / "trust"
    return bundled if bundled.is_dir() else Path(__file__).parents[2] / "keys" / "trust"


class Parser(argparse.ArgumentParser):
    """A command line whose wrong use ends with 64 (sysexits EX_USAGE), never with a status that a verdict has."""

    def error(self, message: str) -> NoReturn:
        """Tell how it is used, and end."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def add_parser(subparsers: "argparse._SubParsersAction[Parser]") -> None:
    """Add `verify` to a command line; the parsed arguments carry `run`, a function from them to an exit status."""
    _arguments(subparsers.add_parser("verify", help="periksa tanda tangan elektronik pada berkas PDF"))


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="berkas PDF atau folder")
    parser.add_argument("--trust", action="append", type=Path, default=[], metavar="PEM", help="sertifikat induk lain")
    parser.add_argument("--json", action="store_true", help="hasil sebagai satu larik JSON")
    parser.add_argument("--log", type=Path, metavar="EXPORT", help="ekspor rekam jejak")
    parser.add_argument("--language", choices=available(), default=argparse.SUPPRESS, help="bahasa hasil")
    parser.set_defaults(run=_run_parsed)


def _run_parsed(parsed: argparse.Namespace) -> int:
    return run(
        parsed.paths,
        trust=parsed.trust,
        json=parsed.json,
        log=parsed.log,
        language=getattr(parsed, "language", available()[0]),
        out=sys.stdout,
    )


def run(
    paths: Sequence[Path],
    *,
    trust: Sequence[Path] = (),
    json: bool = False,
    log: Path | None = None,
    language: str = "id",
    out: TextIO = sys.stdout,
) -> int:
    """Check `paths` (files in the order given, folders recursively, `*.pdf` only, sorted) and write the outcome.

    Returns the exit status: 0 all passed, 1 any failed, else 2 any indeterminate, else 3 any without signature,
    else 4 any unreadable; 64 for a missing path, a folder without PDFs, or an unusable file of anchors or log.
    """
    try:
        files = list(_files(paths))
        anchors = from_files(trust) if trust else from_folder(trust_folder())
        known = from_export(log) if log else None
    except Refusal as refusal:
        told = (translate(text, language) % refusal.facts for text in (refusal.message, refusal.remedy) if text)
        print(*told, file=sys.stderr)
        return USAGE
    reports = []
    for file, report in _checked(files, anchors, known):
        reports.append(report)
        if json:
            out.write(("[\n" if len(reports) == 1 else ",\n") + json_format.dumps(report.to_json(str(file))))
        else:
            out.write(line(str(file), report, language) + "\n")
        if len(files) > MANY:
            print(f"\r{len(reports)}/{len(files)}", end="", file=sys.stderr, flush=True)
    if json:
        out.write("\n]\n")
    if len(files) > MANY:
        print(file=sys.stderr)
    return status(report.verdict for report in reports)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    if not paths:
        raise NothingToCheck(path="")
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*.pdf") if p.is_file())
            if not found:
                raise NothingToCheck(path=str(path))
            yield from found
        elif path.is_file():
            yield path
        else:
            raise NothingToCheck(path=str(path))


def _checked(files: Sequence[Path], anchors: Anchors, known: KnownToLog | None) -> Iterator[tuple[Path, Report]]:
    """Yield the reports in the order of the files, as many read at a time as there are cores."""
    processes = max(1, min(len(files), os.cpu_count() or 1))
    verifier = Verifier(anchors, processes)
    try:
        with ThreadPoolExecutor(processes) as threads:
            yield from zip(files, threads.map(lambda file: verifier.check_file(file, known), files), strict=True)
    finally:
        verifier.close()


def status(verdicts: Iterable[Verdict]) -> int:
    """Return the exit status for the verdicts on all files."""
    found = set(verdicts)
    return next((number for verdict, number in STATUSES if verdict in found), 0)


def line(file: str, report: Report, language: str) -> str:
    """Return what is said of one file in one line."""
    said = [translate(report.headline, language)]
    if report.incomplete:
        phrase, numbers = report.incomplete
        said.insert(0, translate(phrase, language, **numbers))
    levels = sorted({found.level for found in report.signatures if found.level})
    if report.verdict is Verdict.PASSED and levels:
        said.append(", ".join(levels))
    said += [f"{translate(TABLE[reason].sentence, language)} ({reason})" for reason in report.reasons]
    return f"{_printable(file)}: " + " · ".join(said)


def _printable(file: str) -> str:
    """Return a file name as one line of text: a name may hold line ends, terminal codes and bytes that are no text."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in file)
