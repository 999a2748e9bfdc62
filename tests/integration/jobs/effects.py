"""What the jobs of these tests do: each leaves one row under its name, and one row for each time it was run."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from backend.database import Database
from backend.jobs import failures, heartbeat, queue
from backend.jobs.catalogue import QUEUES, Job, JobName

TABLES = sa.MetaData()
effect = sa.Table("test_effect", TABLES, sa.Column("name", sa.Text, primary_key=True))
run = sa.Table("test_run", TABLES, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))


def prepared(url: str) -> Database:
    """Return a database with the engine's tables, ours and those of these tests; its queues are looked at often."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue, "QUEUES", [replace(kept, every=0.05) for kept in QUEUES])
        queue.prepare(url)
    database = Database(url)
    for row in (failures.JobFailure, heartbeat.JobWorker):
        SQLModel.metadata.tables[str(row.__tablename__)].create(database.write_engine)
    TABLES.create_all(database.write_engine)
    return database


def jobs(count: int, name: JobName = JobName.FREEZE) -> list[Job]:
    return [Job(name, f"n{number}", (("name", f"n{number}"),)) for number in range(count)]


def note_run(session: Session, name: str) -> None:
    session.execute(sa.insert(run).values(name=name))


def leave(session: Session, name: str) -> None:
    """Leave the effect of a job, once: what an idempotent handler does."""
    if session.execute(sa.select(effect).where(effect.c.name == name)).first() is None:
        session.execute(sa.insert(effect).values(name=name))


def names(database: Database, table: sa.Table) -> list[str]:
    with database.reading() as session:
        return sorted(session.execute(sa.select(table.c.name)).scalars())
