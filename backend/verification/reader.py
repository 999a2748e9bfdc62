"""The pool in which foreign PDFs are read: processes with limits, no secret, and nothing that a file could reach."""

import hashlib
from datetime import datetime
from pathlib import Path

from backend import clock
from backend.confined import Confined, LimitReached, Limits
from backend.verification.cache import Verdicts
from backend.verification.knowledge import KnownToLog, LogKnowledge
from backend.verification.limits import OutOfTime, cpu_seconds
from backend.verification.report import Report
from backend.verification.trust import Anchors
from backend.verification.verdict import Reason
from backend.verification.verify import unread, verify

LARGEST = 20_000_000
REMEMBERED = 900.0
CPU_SECONDS = 10.0
LIMITS = Limits(memory=1 << 30, wall=25.0, tasks=500)


def _read(pdf: bytes, anchors: Anchors, at: datetime, known: LogKnowledge | None) -> Report:
    """Check one file in a limited process; the soft CPU limit lets it tell what it found before."""
    try:
        with cpu_seconds(CPU_SECONDS):
            return verify(pdf, anchors, at, known)
    except (OutOfTime, MemoryError, RecursionError):
        return _limit(pdf, at, known)


def _limit(pdf: bytes, at: datetime, known: LogKnowledge | None) -> Report:
    return unread(hashlib.sha256(pdf).hexdigest(), Reason.LIMIT_REACHED, at, known.recorded if known else None)


class Verifier:
    """Checks PDFs against one set of anchors, each in a limited process; safe to share between threads."""

    def __init__(self, anchors: Anchors, processes: int = 2, remembered: float = REMEMBERED) -> None:
        """Prepare the pool; `processes` files are read at the same time. End it with `close`.

        A verdict is remembered for `remembered` seconds; its `checked_at` stays the moment of the real check.
        """
        self.anchors = anchors
        self._pool = Confined(LIMITS, processes)
        self._verdicts = Verdicts(remembered)

    def check(
        self, pdf: bytes, known: LogKnowledge | None = None, at: datetime | None = None, *, fresh: bool = False
    ) -> Report:
        """Return the report on a PDF; `known` is what our log says of the file.

        It may be one made up to `remembered` seconds ago, unless `fresh` asks for a new check or `at` for that of
        another moment. Never raises for bad input. A file over LARGEST bytes is not read at all.
        """
        if at is not None:
            return self._read(pdf, known, at)
        remembered = None if fresh else self._verdicts.find(hashlib.sha256(pdf).hexdigest(), known)
        if remembered is None:
            remembered = self._read(pdf, known, clock.now())
            self._verdicts.keep(remembered, known)
        return remembered

    def _read(self, pdf: bytes, known: LogKnowledge | None, at: datetime) -> Report:
        if len(pdf) > LARGEST:
            return _limit(pdf, at, known)
        try:
            return self._pool.run(_read, pdf, self.anchors, at, known)
        except LimitReached:
            return _limit(pdf, at, known)

    def check_file(self, path: Path, known: KnownToLog | None = None) -> Report:
        """Return the report on a file; one that cannot be read from disk is told as unreadable."""
        try:
            with path.open("rb") as file:
                pdf = file.read(LARGEST + 1)
        except OSError:
            return unread("", Reason.NOT_A_PDF, clock.now(), recorded=None)
        if len(pdf) > LARGEST:
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            return unread(sha256, Reason.LIMIT_REACHED, clock.now(), recorded=None)
        return self.check(pdf, known(pdf) if known else None)

    def close(self) -> None:
        """End the processes."""
        self._pool.close()
