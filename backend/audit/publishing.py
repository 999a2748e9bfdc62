"""Asking cosigners to sign the newest checkpoint when that is due, and judging what they answer.

A cosigner that is away or lies stops nothing: it is told once in the log, asked ever less often, and shown as missing.
No transaction is held while anybody is asked.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from backend.audit import cosigning, merkle, tree
from backend.audit.events import SYSTEM, CeremonyClosed, CosignFailed, Event, LogCosigned, MinutesSealed, Result
from backend.audit.log import Log
from backend.audit.note import InvalidNote, read_signature_lines, signature_line, split_note
from backend.audit.policy import Cosigner, Policy
from backend.audit.posting import NoReply, Post, Reply, post_all
from backend.audit.submission import PATH, SIZE_TYPE, Malformed, Submission, read_size
from backend.audit.tables import AuditCheckpoint, AuditCosignature
from backend.database import Database

EVERY: Final = timedelta(seconds=10)
LONGEST: Final = timedelta(minutes=10)
CLOCKS_DIFFER: Final = timedelta(minutes=10)
"""A cosignature whose time is further from ours proves nothing about time; somebody's clock must be set."""
PATIENCE: Final = 2
"""Failures in a row before a cosigner that is merely away is told in the log: a restart is no event."""
URGENT: Final = frozenset({CeremonyClosed.TYPE, MinutesSealed.TYPE})
_REFUSALS = {403: "key-refused", 404: "log-unknown", 422: "proof-refused"}
_AWAY = frozenset({"away", "too-slow"})


@dataclass(frozen=True)
class Task:
    """What one cosigner is to be sent: the checkpoint `note` of `size` leaves, and the proof from `old`."""

    cosigner: Cosigner
    old: int
    size: int
    root: bytes
    note: str
    proof: tuple[bytes, ...]

    def request(self) -> tuple[str, bytes]:
        """Return address and body."""
        address = (self.cosigner.url or "").rstrip("/") + PATH
        return address, Submission(self.old, self.proof, self.note).to_bytes()


@dataclass(frozen=True)
class Given:
    """A verified cosignature: its line of the note."""

    line: str


@dataclass(frozen=True)
class Elsewhere:
    """The cosigner knows another size than we thought."""

    size: int


@dataclass(frozen=True)
class Refused:
    """No cosignature; `reason` is a stable word."""

    reason: str


@dataclass
class _Pace:
    """When a cosigner may be asked again."""

    next: datetime | None = None
    asked: int = 0
    failures: int = field(default=0)


def judge(task: Task, reply: Reply | NoReply, at: datetime) -> Given | Elsewhere | Refused:
    """Return what an answer is worth at the moment `at`. Pure: signature, time and status decide."""
    if isinstance(reply, NoReply):
        return Refused(reply.reason)
    if reply.status == 200:
        return _judge_lines(task, reply.body, at)
    if reply.status == 409:
        return _judge_conflict(reply)
    if 300 <= reply.status < 400:
        return Refused("redirected")
    return Refused(_REFUSALS.get(reply.status, "answer-unusable"))


class Publisher:
    """What one worker does for the log called `origin`. `policy` names cosigners and addresses; `post` reaches them."""

    def __init__(self, database: Database, log: Log, policy: Policy, post: Post = post_all) -> None:
        """Take the parts; nobody is asked yet. Cosigners without an address are not asked at all."""
        self._database = database
        self._log = log
        self._cosigners = [one for one in policy.cosigners if one.url]
        self._origin = policy.log_key.name
        self._post = post
        self._pace = {one.key: _Pace() for one in self._cosigners}
        self._looked: tuple[int, datetime] | None = None

    def run(self, at: datetime) -> int:
        """Ask every cosigner for whom that is due at the moment `at`; return how many cosignatures were kept."""
        with self._database.reading() as session:
            size = tree.newest_checkpoint(session)
            if self._looked and size == self._looked[0] and at < self._looked[1]:
                return 0
            tasks = [task for one in self._cosigners if (task := self._due(session, one, at))]
        kept, again = self._ask(tasks, at)
        if again:
            kept += self._ask(again, at, last=True)[0]
        coming = [pace.next for pace in self._pace.values() if pace.next and pace.next > at]
        self._looked = size, min(coming, default=at + EVERY)
        return kept

    def _due(self, session: Session, cosigner: Cosigner, at: datetime) -> Task | None:
        """Return what to send now: something new, not sooner than EVERY unless it is urgent."""
        found = _newest(session)
        known = cosigning.newest_size(session, cosigner.key)
        if found is None or found[0] <= known:
            return None
        kinds = cosigning.wants_cosigning(session, known, found[0])
        pace = self._pace[cosigner.key]
        early = pace.next is not None and at < pace.next
        urgent = URGENT & cosigning.wants_cosigning(session, max(known, pace.asked), found[0])
        if not kinds or (early and not urgent):
            return None
        return _task(session, cosigner, known, found)

    def _ask(self, tasks: list[Task], at: datetime, *, last: bool = False) -> tuple[int, list[Task]]:
        """Send, judge, keep; return how many signed, and what to send again because the cosigner stands elsewhere."""
        kept, again = 0, []
        if not tasks:
            return 0, []
        for task, reply in zip(tasks, self._post([task.request() for task in tasks]), strict=True):
            judged = judge(task, reply, at)
            outcome = self._from(task, judged, last=last) if isinstance(judged, Elsewhere) else judged
            if isinstance(outcome, Task):
                again.append(outcome)
            elif isinstance(outcome, Given):
                kept += self._keep(task, outcome, at)
            else:
                self._fail(task, outcome, at)
        return kept, again

    def _from(self, task: Task, elsewhere: Elsewhere, *, last: bool) -> Task | Refused:
        """Return the task anew from the size the cosigner names, unless that cannot be."""
        if elsewhere.size > task.size:
            return Refused("cosigner-knows-more")
        if elsewhere.size == task.old or last:
            return Refused("answer-unusable")
        with self._database.reading() as session:
            return replace(task, old=elsewhere.size, proof=_proof(session, elsewhere.size, task.size))

    def _keep(self, task: Task, given: Given, at: datetime) -> int:
        """Store a line; tell it if it is this cosigner's first, ends a trouble, or follows a loss of its memory."""
        key = task.cosigner.key
        self._pace[key] = _Pace(at + EVERY, task.size)
        with self._database.writing() as session:
            _lock(session)
            before = cosigning.newest_size(session, key)
            if before >= task.size:
                return 0
            told: list[Event] = [] if before and not cosigning.trouble(session, key) else [self._cosigned(task, at)]
            if task.old < before:
                told = [self._failed(task, "cosigner-went-back", at), self._cosigned(task, at)]
            row = {"size": task.size, "name": key.name, "line": given.line}
            session.connection().execute(sa.insert(AuditCosignature), row)
            self._log.append(session, told)
        return 1

    def _fail(self, task: Task, refused: Refused, at: datetime) -> None:
        """Ask later, each time later; tell the reason if it is a new one."""
        key, pace = task.cosigner.key, self._pace[task.cosigner.key]
        pace.failures += 1
        pace.asked = task.size
        pace.next = at + min(EVERY * 2 ** min(pace.failures - 1, 10), LONGEST)
        if refused.reason in _AWAY and pace.failures < PATIENCE:
            return
        with self._database.writing() as session:
            _lock(session)
            if cosigning.trouble(session, key) != refused.reason:
                self._log.append(session, [self._failed(task, refused.reason, at)])

    def _cosigned(self, task: Task, at: datetime) -> LogCosigned:
        name = task.cosigner.key.name
        return LogCosigned(
            at=at, actor=SYSTEM, origin=self._origin, cosigner=name, size=task.size, root=task.root.hex()
        )

    def _failed(self, task: Task, reason: str, at: datetime) -> CosignFailed:
        return CosignFailed(
            at=at,
            actor=SYSTEM,
            outcome=Result.FAILURE,
            reason=reason,
            origin=self._origin,
            cosigner=task.cosigner.key.name,
            size=task.size,
        )


def _judge_lines(task: Task, body: bytes, at: datetime) -> Given | Refused:
    """Return the one line of this cosigner; lines of unknown keys are left alone (c2sp.org/tlog-witness)."""
    key, text = task.cosigner.key, split_note(task.note)[0]
    try:
        lines = read_signature_lines(body.decode())
        mine = [(name, signature) for name, signature in lines if key.owns(name, signature)]
        times = [key.verify(text, signature) for _, signature in mine]
    except (UnicodeDecodeError, InvalidNote):
        return Refused("cosignature-invalid")
    if not mine:
        return Refused("cosignature-foreign")
    if abs(times[0] - at) > CLOCKS_DIFFER:
        return Refused("cosignature-time")
    return Given(signature_line(mine[0][0], b"", mine[0][1]))


def _judge_conflict(reply: Reply) -> Elsewhere | Refused:
    if reply.media_type != SIZE_TYPE:
        return Refused("fork-claimed")
    try:
        return Elsewhere(read_size(reply.body))
    except Malformed:
        return Refused("answer-unusable")


def _newest(session: Session) -> tuple[int, bytes, str] | None:
    newest = select(AuditCheckpoint.size, AuditCheckpoint.root, AuditCheckpoint.note)
    row = session.exec(newest.order_by(col(AuditCheckpoint.size).desc()).limit(1)).first()
    return (row[0], bytes(row[1]), row[2]) if row else None


def _task(session: Session, cosigner: Cosigner, old: int, newest: tuple[int, bytes, str]) -> Task:
    size, root, note = newest
    return Task(cosigner, old, size, root, note, _proof(session, old, size))


def _proof(session: Session, old: int, size: int) -> tuple[bytes, ...]:
    return tuple(merkle.consistency(tree.nodes(session), old, size))


def _lock(session: Session) -> None:
    """Let two workers tell the same news once. SQLite has one writer anyway."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


_LOCK = int.from_bytes(b"cosigner")
