"""Which workers are alive. A worker writes its row every two seconds; one whose row stands still is dead.

Nobody compares clocks of two machines: each worker watches the others' counters with its own stopwatch.
"""

import time
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from uuid_utils.compat import uuid7

from backend import clock
from backend.database import Database, Moment

EVERY = 2.0
DEAD_AFTER = 12.0


class JobWorker(SQLModel, table=True):
    """One worker slot. `run` is new at every start: of two processes under one id the newer one holds the row."""

    __tablename__ = "job_worker"

    id: str = Field(primary_key=True)
    run: UUID
    beats: int
    started_at: datetime = Field(sa_type=Moment)
    beaten_at: datetime = Field(sa_type=Moment)


class Superseded(Exception):
    """Another process was started under this worker's id; this one must stop."""


class Heartbeat:
    """This worker's own row, and what it has seen of the others."""

    def __init__(self, database: Database, worker_id: str) -> None:
        """Remember who this is; nothing is written."""
        self._database = database
        self._id = worker_id
        self._run = uuid7()
        self._seen: dict[str, tuple[UUID, int, float]] = {}

    def take(self) -> None:
        """Take the row of this id, from an earlier process if there was one."""
        now = clock.now()
        with self._database.writing() as session:
            session.merge(JobWorker(id=self._id, run=self._run, beats=0, started_at=now, beaten_at=now))

    def beat(self) -> None:
        """Show that this worker lives; raises Superseded if its row belongs to a newer process."""
        with self._database.writing() as session:
            row = session.get(JobWorker, self._id, with_for_update=True)
            now = clock.now()
            if row is None:  # others took this worker for dead while it was stopped
                session.add(JobWorker(id=self._id, run=self._run, beats=0, started_at=now, beaten_at=now))
            elif row.run != self._run:
                raise Superseded
            else:
                row.beats, row.beaten_at = row.beats + 1, now
                session.add(row)

    def dead(self, at: float | None = None) -> list[str]:
        """Return the ids of workers whose row has stood still for DEAD_AFTER seconds of this process's stopwatch."""
        at = time.monotonic() if at is None else at
        with self._database.reading() as session:
            rows = session.exec(select(JobWorker).where(col(JobWorker.id) != self._id)).all()
            now = {row.id: (row.run, row.beats) for row in rows}
        seen = {
            worker: self._seen[worker] if self._seen.get(worker, ())[:2] == state else (*state, at)
            for worker, state in now.items()
        }
        self._seen = seen
        return [worker for worker, (_, _, since) in seen.items() if at - since >= DEAD_AFTER]

    def bury(self, worker_ids: list[str]) -> None:
        """Remove the rows of dead workers, after their work was queued again."""
        with self._database.writing() as session:
            for worker in worker_ids:
                run, beats, _ = self._seen[worker]
                same = (col(JobWorker.id) == worker) & (col(JobWorker.run) == run) & (col(JobWorker.beats) == beats)
                session.execute(sa.delete(JobWorker).where(same))

    def leave(self) -> None:
        """Remove this worker's own row: it ends in order and nobody needs to take anything over."""
        mine = (col(JobWorker.id) == self._id) & (col(JobWorker.run) == self._run)
        with self._database.writing() as session:
            session.execute(sa.delete(JobWorker).where(mine))
