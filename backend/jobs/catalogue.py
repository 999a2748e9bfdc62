"""What jobs there are, on which queue each waits, how long it is tried again. Pure: no engine, no database."""

from dataclasses import dataclass
from enum import StrEnum


class JobName(StrEnum):
    """Every kind of job; the engine is started with one handler for each."""

    FREEZE = "freeze"
    ARCHIVE = "archive"
    MINUTES = "minutes"
    MAIL = "mail"
    CODE = "code"


class QueueName(StrEnum):
    """Where jobs wait. A code behind 500 invitations would expire unread: codes have their own queue (DESIGN 12.3)."""

    DOCUMENTS = "documents"
    MAIL = "mail"
    CODES = "codes"


@dataclass(frozen=True)
class Queue:
    """How a queue is worked off: jobs at once in one process, seconds between looks, most starts a second."""

    name: QueueName
    at_once: int
    every: float
    per_second: int | None = None


ROUND = 1000
"""Attempts are numbered from 1; when staff asks for a failed job again, from 1001, then 2001: no id is used twice."""


@dataclass(frozen=True)
class Patience:
    """How often a failing job is tried, and the wait between: `first` seconds, doubled each time up to `longest`."""

    tries: int
    first: float
    longest: float

    def wait(self, attempt: int) -> float | None:
        """Return the seconds to wait after this attempt failed; None when it was the last of its round."""
        tried = attempt % ROUND
        if tried >= self.tries:
            return None
        return min(self.first * 2.0 ** (tried - 1), self.longest)


# A look costs some 5 ms of CPU even when nothing waits, and at_once / every bounds the jobs a second: 16 documents (a
# core freezes 3), 20 mails, 16 codes, for 6 % of one core when idle. Looking oftener makes nothing faster.
QUEUES = (
    Queue(QueueName.DOCUMENTS, at_once=4, every=0.25),
    Queue(QueueName.MAIL, at_once=10, every=0.3, per_second=20),
    Queue(QueueName.CODES, at_once=4, every=0.25),
)

WAITS_ON: dict[JobName, QueueName] = {
    JobName.FREEZE: QueueName.DOCUMENTS,
    JobName.ARCHIVE: QueueName.DOCUMENTS,
    JobName.MINUTES: QueueName.DOCUMENTS,
    JobName.MAIL: QueueName.MAIL,
    JobName.CODE: QueueName.CODES,
}

# Rendering fails the same way each time, so it soon stops; a timestamp authority or a mail server may be away for a
# day; a code is worthless after five minutes.
PATIENCE: dict[JobName, Patience] = {
    JobName.FREEZE: Patience(tries=5, first=1, longest=60),
    JobName.ARCHIVE: Patience(tries=60, first=2, longest=1800),
    JobName.MINUTES: Patience(tries=60, first=2, longest=1800),
    JobName.MAIL: Patience(tries=60, first=5, longest=1800),
    JobName.CODE: Patience(tries=7, first=1, longest=60),
}


@dataclass(frozen=True)
class Job:
    """One piece of work. `key` names the occasion: the same name and key is the same job, queued and done once.

    Doing it again on purpose takes another key (`freeze:<document>:<attempt>`). `arguments` are ids and words for the
    handler, given by name: never a secret, they stay in the database.
    """

    name: JobName
    key: str
    arguments: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a key that could be mistaken for another attempt (`~2`)."""
        if not self.key or "~" in self.key:
            raise ValueError(f"a job's key is not empty and has no ~: {self.key!r}")

    @property
    def id(self) -> str:
        """Return the name under which this job exists once."""
        return f"{self.name}:{self.key}"

    @property
    def queue(self) -> QueueName:
        """Return the queue on which this job waits."""
        return WAITS_ON[self.name]


class TryAgain(Exception):
    """A handler asks to be run once more: after `seconds`, or after the usual wait of its kind of job."""

    def __init__(self, seconds: float | None = None, code: str = "try-again") -> None:
        """Keep the wait, and the word that staff sees if it was the last attempt."""
        self.seconds = seconds
        self.code = code
        super().__init__(code)


class GiveUp(Exception):
    """A handler says that trying again is of no use; `code` is what staff sees (no secret, no address)."""

    def __init__(self, code: str) -> None:
        """Keep the word that staff sees."""
        self.code = code
        super().__init__(code)


def reason(error: BaseException) -> str:
    """Return the word for a failure that may be shown and kept: its own `code`, else the name of its class.

    Never the text of the error: nobody knows what a library put into it.
    """
    code = getattr(error, "code", None)
    return code if isinstance(code, str) else type(error).__name__
