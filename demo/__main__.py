"""`python -m demo`: plays a whole ceremony in var/demo; exit status 0 only if everything that it left verifies."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

import httpx
from rich.console import Console
from rich.table import Table

from demo import places
from demo.browser import Refused
from demo.ceremony import TooEarly
from demo.mailbox import NoMail
from demo.play import MINISTRY, Outcome, Play
from demo.server import AnotherDemo, Deployment, ServerFailed, free_ports
from demo.staging import NotReached

DATA = Path("var/demo")
WIDTH = 120  # where nobody looks at a screen
FAILED, USAGE, INTERRUPTED = 1, 64, 130
EXPECTED = (AnotherDemo, NoMail, NotReached, Refused, ServerFailed, TooEarly, httpx.HTTPError)


def main() -> int:
    """Play and tell; return the exit status."""
    arguments = _arguments()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    try:
        regions = places.choose(int(arguments.regions))
    except ValueError as wrong:
        sys.stderr.write(f"--regions: {wrong}\n")
        return USAGE
    signal.signal(signal.SIGTERM, _interrupt)
    deployment = Deployment(DATA, free_ports(), {"PRASASTI_MINISTRY": MINISTRY})
    play = Play(deployment, console, regions)
    try:
        outcome = play.perform()
    except KeyboardInterrupt:
        console.print("Interrupted; the server was stopped. The next start begins afresh.")
        return INTERRUPTED
    except EXPECTED as error:
        console.print(f"[bold]{type(error).__name__}[/bold]: ", error, markup=True)
        console.print(f"The server said:\n{deployment.last_words()}", markup=False)
        return FAILED
    finally:
        deployment.stop()
    _tell(console, play, outcome)
    return 0 if outcome.good else FAILED


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m demo", description="A whole ceremony, through the real application."
    )
    parser.add_argument("--regions", default="48", help="how many regions take part: 48 (the default), up to 508")
    parser.add_argument("--backend", default="pkcs12", choices=("pkcs12",), help="where the signatories' keys are")
    return parser.parse_args()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _tell(console: Console, play: Play, outcome: Outcome) -> None:
    table = Table(title="What it took", title_justify="left")
    table.add_column("Stage")
    for heading in ("Wall s", "CPU s"):
        table.add_column(heading, justify="right")
    table.add_column("CPU s by part")
    for cost in play.book.costs:
        parts = ", ".join(f"{part} {used:.1f}" for part, used in sorted(cost.cpu.items()) if used >= 0.05)
        table.add_row(cost.stage, f"{cost.wall:.1f}", f"{sum(cost.cpu.values()):.1f}", parts)
    wall, cpu = sum(c.wall for c in play.book.costs), sum(sum(c.cpu.values()) for c in play.book.costs)
    table.add_section()
    table.add_row("All", f"{wall:.1f}", f"{cpu:.1f}", "")
    console.print(table)
    peak = ", ".join(f"{part} {size:.0f}" for part, size in sorted(play.book.peak.items()))
    console.print(f"Peak memory in MiB, summed over processes: {peak}")
    console.print(f"Left in {DATA}: documents/, berita-acara.pdf, ceremony.asice, policy, trust.pem, figures.json.")
    console.print(f"Open it with `make serve` at {play.deployment.base_url}; a rehearsal of three regions waits there.")
    console.print(f"Staff log-in: {DATA}/keys/staff.txt; passphrases: {DATA}/keys/passphrases.csv")
    if not outcome.minutes:
        console.print("The minutes did not verify.")
    if not outcome.log:
        console.print("The audit log did not verify.")
    if not outcome.evidence:
        console.print("The evidence did not verify.")
    console.print(f"{outcome.documents} documents: {outcome.passed} passed")


if __name__ == "__main__":
    sys.exit(main())
