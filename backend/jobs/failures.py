"""Jobs that were given up: kept in our own table, because the engine forgets and staff must see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from backend import clock
from backend.database import Moment
from backend.jobs.catalogue import ROUND, Job, JobName
from backend.jobs.queue import put


class JobFailure(SQLModel, table=True):
    """One job that failed for good. `arguments` are the job's own: ids, never secrets."""

    __tablename__ = "job_failure"

    id: str = Field(primary_key=True)
    name: str
    key: str
    arguments: dict[str, Any] = Field(sa_type=sa.JSON)
    attempts: int
    code: str
    failed_at: datetime = Field(index=True, sa_type=Moment)
    asked_again: int = 0
    open: bool = True


@dataclass(frozen=True)
class FailedJob:
    """What staff sees: which job, how often it was tried, a word for the reason, and when (UTC)."""

    id: str
    name: JobName
    arguments: dict[str, str]
    attempts: int
    code: str
    failed_at: datetime


def failed_jobs(session: Session) -> list[FailedJob]:
    """Return all jobs given up and not yet tried again, the newest first."""
    rows = session.exec(select(JobFailure).where(col(JobFailure.open)).order_by(col(JobFailure.failed_at).desc()))
    return [FailedJob(r.id, JobName(r.name), dict(r.arguments), r.attempts, r.code, r.failed_at) for r in rows]


def record(session: Session, job: Job, attempts: int, code: str) -> None:
    """Write down that a job was given up; a later failure of the same job replaces the earlier one."""
    now = clock.now()
    row = session.get(JobFailure, job.id) or JobFailure(
        id=job.id, name=job.name.value, key=job.key, arguments=dict(job.arguments), attempts=0, code="", failed_at=now
    )
    row.attempts, row.code, row.failed_at, row.open = attempts, code, now, True
    session.add(row)


def try_again(session: Session, job_id: str) -> Job | None:
    """Queue a failed job once more, in the caller's transaction; None if it is not on the list of failures."""
    row = session.get(JobFailure, job_id, with_for_update=True)
    if row is None or not row.open:
        return None
    row.asked_again, row.open = row.asked_again + 1, False
    session.add(row)
    job = Job(JobName(row.name), row.key, tuple(row.arguments.items()))
    put(session, job, ROUND * row.asked_again + 1, 0.0)
    return job
