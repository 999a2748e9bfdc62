"""The only file that puts work on the queue: in the caller's transaction, so that a rollback leaves no job behind.

The web process uses this and never starts the engine. The engine's tables (DBOS) live in our own database: the same
SQLite file, or schema `dbos` on PostgreSQL.
"""

import logging
from collections.abc import Sequence
from functools import lru_cache

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions
from sqlmodel import Session

from backend.jobs.catalogue import QUEUES, Job

APPLICATION = "prasasti"
# Work begun under one version is not touched under another (notes/jobs.md 2, trap 4): a constant, and one function
# whose steps never change.
VERSION = "1"
WORKFLOW = "prasasti-job"
# JSON, because the default is pickle: whoever could write a row could run code.
SERIALIZER = DBOSPortableJSONSerializer()
# Otherwise a program that logs at INFO is told of a hundred migrations.
logging.getLogger("dbos").setLevel(logging.WARNING)


def prepare(database_url: str) -> None:
    """Make or migrate the engine's tables and write down its queues; every process may call it at every start."""
    DBOS.migrate(database_url)
    client = DBOSClient(system_database_url=database_url, serializer=SERIALIZER, application_name=APPLICATION)
    try:
        for queue in QUEUES:
            client.register_queue(
                queue.name.value,
                worker_concurrency=queue.at_once,
                polling_interval_sec=queue.every,
                limiter={"limit": queue.per_second, "period": 1.0} if queue.per_second else None,
            )
    finally:
        client.destroy()


def enqueue(session: Session, jobs: Sequence[Job]) -> None:
    """Queue jobs in the caller's transaction; a job that was queued before (same id) is left as it is."""
    for job in jobs:
        put(session, job, 1, 0.0)


def put(session: Session, job: Job, attempt: int, wait: float) -> None:
    """Queue one attempt of a job, to start after `wait` seconds; later attempts carry their number in the id."""
    options: EnqueueOptions = {
        "workflow_name": WORKFLOW,
        "queue_name": job.queue.value,
        "workflow_id": job.id if attempt == 1 else f"{job.id}~{attempt}",
        "app_version": VERSION,
    }
    if wait > 0:
        options["delay_seconds"] = wait
    engine = session.get_bind().engine
    _client(engine).enqueue_in_transaction(session, options, job.name.value, job.key, attempt, dict(job.arguments))


@lru_cache(maxsize=16)
def _client(engine: sa.Engine) -> DBOSClient:
    """Return a client that knows the dialect; it opens no connection of its own, `enqueue` brings one."""
    return DBOSClient(system_database_engine=engine, serializer=SERIALIZER, application_name=APPLICATION, lazy=True)
