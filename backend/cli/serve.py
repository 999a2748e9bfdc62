"""`prasasti serve`: a parent that starts web, worker and, where needed, test authority and mail catcher, and restarts.

Every child is a process of its own: a worker that dies takes no page with it, and the web never holds the seal.
"""

import argparse
import logging
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

from backend import selfcheck
from backend.languages import translate
from backend.settings import Settings, environment, load_settings

LOOK_EVERY = 0.5
PATIENCE = 20.0
SHORT_LIFE = 5.0
LONGEST_PAUSE = 30.0

READ_ONLY = "Layanan dijalankan hanya untuk membaca: tidak ada yang dapat ditandatangani atau dicatat."

_log = logging.getLogger("prasasti")


@dataclass
class Child:
    """One supervised process: what it runs, settings it must not see, and when it may be started again."""

    name: str
    words: list[str]
    hidden: tuple[str, ...] = ("DATABASE_WORKER", "DATABASE_OWNER")
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = field(default=0.0)
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl-C reaches the parent alone; it ends when the parent does."""
        words = [sys.executable, "-m", "backend.cli.leash", *self.words]
        env = environment(*self.hidden)
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True, env=env)  # noqa: S603 because the words are ours
        self.started = time.monotonic()
        _log.info("%s: pid %d", self.name, self.process.pid)

    def look(self) -> None:
        """Start it again if it ended, after a pause that doubles while it keeps dying young."""
        if self.process is not None and self.process.poll() is not None:
            young = time.monotonic() - self.started < SHORT_LIFE
            self.pause = min(max(1.0, self.pause * 2), LONGEST_PAUSE) if young else 0.0
            self.due = time.monotonic() + self.pause
            _log.warning("%s ended with %s, again in %g s", self.name, self.process.returncode, self.pause)
            self.process = None
        if self.process is None and time.monotonic() >= self.due:
            self.start()

    def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, until: float) -> None:
        """Wait for its end; kill it when its time is over."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def children(settings: Settings, *, working: bool = True) -> list[Child]:
    """Return what this deployment runs, in the order of starting; no worker where the log must not grow."""
    found = []
    if settings.test_keys:
        found.append(Child("testpki", ["backend.cli.children", "testpki"]))
    if settings.development:
        found.append(Child("mail catcher", ["backend.cli.children", "mail"]))
    slots = range(settings.workers if working else 0)
    found += [Child(f"worker {slot}", ["backend.worker", str(slot)], hidden=("DATABASE_OWNER",)) for slot in slots]
    web = ["uvicorn", "--factory", "backend.app:create", "--no-access-log", "--no-server-header"]
    found.append(Child("web", [*web, "--host", settings.host, "--port", str(settings.port), "--log-level", "warning"]))
    return found


def serve(arguments: argparse.Namespace) -> int:
    """Check the deployment, then run until SIGTERM or SIGINT; exit status 1 when the check forbids to start.

    A log that does not continue what was signed is served for reading: staff find the reason on every page.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    settings = load_settings()
    findings = selfcheck.check(settings)
    for finding in findings:
        sys.stderr.write(finding.told(arguments.language) + "\n")
    if any(finding.fatal and not finding.readable for finding in findings):
        return 1
    working = not any(finding.fatal for finding in findings)
    if not working:
        sys.stderr.write(translate(READ_ONLY, arguments.language) + "\n")
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    running = children(settings, working=working)
    sys.stderr.write(f"Prasasti: {settings.base_url or f'http://{settings.host}:{settings.port}'}\n")
    while not stopping:
        for child in running:
            child.look()
        time.sleep(LOOK_EVERY)
    _end(running)
    return 0


def _end(running: list[Child]) -> None:
    until = time.monotonic() + PATIENCE
    # The web first: nobody should be let in while the worker is already gone.
    for child in reversed(running):
        child.stop()
    for child in reversed(running):
        child.wait(until)
