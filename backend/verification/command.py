"""`prasasti verify`: check files, folders and evidence bundles offline; lines, JSON, CSV and an exit status."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

from backend.errors import Refusal
from backend.languages import available, translate
from backend.verification.bundle.command import is_bundle, run_bundle
from backend.verification.knowledge import KnownToLog, from_export
from backend.verification.output import FORMS, EtsiReports, total
from backend.verification.progress import Progress
from backend.verification.reader import Verifier
from backend.verification.report import Report
from backend.verification.trust import Anchors, from_files, from_folder
from backend.verification.verdict import Verdict

PDF = ".pdf"
USAGE = 64
OUTPUT_GONE = 74
INTERRUPTED = 130
STATUSES = ((Verdict.FAILED, 1), (Verdict.INDETERMINATE, 2), (Verdict.UNSIGNED, 3), (Verdict.UNREADABLE, 4))


class NothingToCheck(Refusal):
    """A path leads to no PDF."""

    code = "nothing-to-check"
    message = "Tidak ada berkas PDF di %(path)s."
    remedy = "Berikan berkas yang ada, atau folder yang berisi berkas PDF."


class BundleApart(Refusal):
    """An evidence bundle has points of its own, which no list of files could show."""

    code = "bundle-apart"
    message = "Wadah bukti %(path)s diperiksa tersendiri, bukan bersama berkas lain atau sebagai tabel."
    remedy = "Ulangi perintah ini hanya dengan wadah itu."


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to check, believing whom, and how to tell it; `form` is `lines`, `json` or `csv`.

    `log` (an export) tells which files were recorded; `policy` (c2sp.org/tlog-policy) judges an evidence bundle.
    `xml` is a folder for a report on each file in the XML of ETSI TS 119 102-2.
    """

    paths: Sequence[Path]
    trust: Sequence[Path] = ()
    log: Path | None = None
    policy: Path | None = None
    form: str = "lines"
    language: str = "id"
    xml: Path | None = None


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
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="berkas PDF, folder, atau satu wadah bukti")
    parser.add_argument("--trust", action="append", type=Path, default=[], metavar="PEM", help="sertifikat induk lain")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", dest="form", action="store_const", const="json", help="hasil sebagai satu larik JSON")
    form.add_argument("--csv", dest="form", action="store_const", const="csv", help="hasil sebagai tabel CSV")
    parser.add_argument("--xml", type=Path, metavar="FOLDER", help="juga satu laporan ETSI TS 119 102-2 per berkas")
    parser.add_argument("--log", type=Path, metavar="EXPORT", help="ekspor rekam jejak")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="kebijakan rekam jejak, untuk wadah bukti")
    parser.add_argument("--language", choices=available(), default=argparse.SUPPRESS, help="bahasa hasil")
    parser.set_defaults(run=_run_parsed, form="lines")


def _run_parsed(parsed: argparse.Namespace) -> int:
    language = getattr(parsed, "language", available()[0])
    order = Order(
        paths=parsed.paths,
        trust=parsed.trust,
        log=parsed.log,
        policy=parsed.policy,
        form=parsed.form,
        language=language,
        xml=parsed.xml,
    )
    try:
        return run(order, sys.stdout, sys.stderr)
    except BrokenPipeError:
        return reader_left()


def reader_left() -> int:
    """Return the exit status when whoever read the output has gone; Python would complain once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OUTPUT_GONE


def run(order: Order, out: TextIO, err: TextIO) -> int:
    """Check files in the order given (folders recursively, `*.pdf` only, sorted); write the outcome, progress to `err`.

    An evidence bundle is checked alone, see backend.verification.bundle.

    Returns the exit status: 0 all passed, 1 any failed, else 2 any indeterminate, else 3 any without signature,
    else 4 any unreadable; 64 for a missing path, a folder without PDFs, an unusable file of anchors or log, or a
    folder that cannot be written to; 130 when it was interrupted, after telling what had been found.
    """
    try:
        return _run(order, out, err)
    except Refusal as refusal:
        told = (translate(text, order.language) % refusal.facts for text in (refusal.message, refusal.remedy) if text)
        print(*told, file=err)
        return USAGE


def _run(order: Order, out: TextIO, err: TextIO) -> int:
    anchors = from_files(order.trust) if order.trust else from_folder(trust_folder())
    if bundle := _bundle(order):
        json = order.form == "json"
        return run_bundle(bundle, policy=order.policy, trust=anchors, json=json, language=order.language, out=out)
    files = list(_files(order.paths))
    reports = EtsiReports(order.xml) if order.xml else None
    known = from_export(order.log) if order.log else None
    checked = _checked(files, anchors, known)
    verdicts, interrupted = _tell(order, len(files), reports.written(checked) if reports else checked, out, err)
    return INTERRUPTED if interrupted else status(verdicts)


def _tell(
    order: Order, files: int, checked: Iterator[tuple[Path, Report]], out: TextIO, err: TextIO
) -> tuple[set[Verdict], bool]:
    """Write report after report; return the verdicts, and whether somebody ended it early."""
    output, progress = FORMS[order.form](out, order.language), Progress(files, err, order.language)
    headlines: Counter[str] = Counter()
    verdicts: set[Verdict] = set()
    interrupted = False
    try:
        for file, report in checked:
            output.write(str(file), report)
            headlines[report.headline] += 1
            verdicts.add(report.verdict)
            progress.advance()
    except KeyboardInterrupt:
        interrupted = True
    finally:
        progress.end()
        output.end()
        out.flush()
    if interrupted:
        said = translate("Pemeriksaan dihentikan setelah %(done)d dari %(files)d berkas.", order.language)
        print(said % {"done": headlines.total(), "files": files}, file=err)
    if files > 1:
        print(total(headlines, order.language), file=err)
    return verdicts, interrupted


def _bundle(order: Order) -> Path | None:
    """Return the evidence bundle that is to be checked; raises BundleApart where it is not alone."""
    bundle = next((path for path in order.paths if path.suffix.lower() != PDF and is_bundle(path)), None)
    if bundle and (len(order.paths) > 1 or order.form == "csv"):
        raise BundleApart(path=str(bundle))
    return bundle


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
    """Yield the reports in the order of the files, as many read at a time as there are cores for this process."""
    processes = max(1, min(len(files), len(os.sched_getaffinity(0))))
    with closing(Verifier(anchors, processes)) as verifier, ThreadPoolExecutor(processes) as threads:
        try:
            yield from zip(files, threads.map(lambda file: verifier.check_file(file, known), files), strict=True)
        finally:
            threads.shutdown(wait=True, cancel_futures=True)


def status(verdicts: Iterable[Verdict]) -> int:
    """Return the exit status for the verdicts on all files."""
    found = set(verdicts)
    return next((number for verdict, number in STATUSES if verdict in found), 0)
