"""Taking a timestamp over the newest checkpoint when one is due. Holds no transaction while the authority is asked.

Whoever stamps is handed in (the ladder: this package knows no signing); nothing here ever stops a signature.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from backend import clock
from backend.audit import anchors
from backend.audit.anchors import Due
from backend.audit.events import SYSTEM, AnchorFailed, Event, LogAnchored, Result
from backend.audit.log import Log
from backend.database import Database

PATIENCE: Final = 3
"""Failures in a row before the log tells of them: an authority that starts up with us is no event."""


class StampAway(Exception):
    """No usable answer now; `reason` is a stable word."""

    def __init__(self, reason: str) -> None:
        """Keep the word that the log tells."""
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Stamp:
    """A checked answer: DER TimeStampResp, and the time that its token states."""

    der: bytes
    at: datetime


class Anchoring:
    """What one worker does about timestamps of the log called `origin`, with the authority known as `tsa`.

    `stamp(note)` returns an answer whose imprint, nonce and signature were checked, or raises StampAway.
    """

    def __init__(self, database: Database, log: Log, origin: str, tsa: str, stamp: Callable[[bytes], Stamp]) -> None:
        """Take the parts; nothing is asked yet."""
        self._database = database
        self._log = log
        self._origin = origin
        self._tsa = tsa
        self._stamp = stamp
        self._failures = 0

    def run(self, at: datetime) -> bool:
        """Stamp the newest checkpoint if that is due at the moment `at`; tell whether it was done.

        Raises StampAway: call again later. The PATIENCE-th failure in a row becomes an event, the others do not.
        """
        with self._database.reading() as session:
            due = anchors.due(session, at)
        if due is None:
            return False
        try:
            stamp = self._stamp(due.note.encode())
        except StampAway as away:
            self._failures += 1
            if self._failures == PATIENCE:
                self._tell(self._failed(due, away, at))
            raise
        self._failures = 0
        return self._keep(due, stamp, at)

    def _keep(self, due: Due, stamp: Stamp, at: datetime) -> bool:
        """Store the answer and its event together; another worker may have been faster."""
        with self._database.writing() as session:
            if not anchors.store(session, due.size, self._tsa, stamp.der):
                return False
            self._log.append(session, [self._anchored(due, stamp, at)])
        return True

    def _tell(self, event: Event) -> None:
        with self._database.writing() as session:
            self._log.append(session, [event])

    def _anchored(self, due: Due, stamp: Stamp, at: datetime) -> LogAnchored:
        return LogAnchored(
            at=at,
            actor=SYSTEM,
            origin=self._origin,
            size=due.size,
            root=due.root.hex(),
            tsa=self._tsa,
            tsr_sha256=sha256(stamp.der).hexdigest(),
            stamped_at=clock.to_text(stamp.at),
        )

    def _failed(self, due: Due, away: StampAway, at: datetime) -> AnchorFailed:
        return AnchorFailed(
            at=at,
            actor=SYSTEM,
            outcome=Result.FAILURE,
            reason=away.reason,
            origin=self._origin,
            size=due.size,
            tsa=self._tsa,
        )
