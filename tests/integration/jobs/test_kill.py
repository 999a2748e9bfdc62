"""Worker processes are killed in the middle of their work: nothing is lost, and no effect comes twice."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import sqlalchemy as sa

from backend.database import Database
from backend.jobs import queue
from backend.jobs.catalogue import Job, JobName
from backend.jobs.failures import failed_jobs
from tests.integration.jobs.effects import effect, jobs, names, prepared, run

pytestmark = pytest.mark.needs("thorough")  # kills and starts processes, half a minute

COUNT = 16
AT_ONCE = 4


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = prepared(database_url)
    yield database
    database.close()


@contextmanager
def worker(database: Database, slot: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.integration.jobs.work", database.url, slot]
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(table: sa.Table, at_least: int, database: Database, *processes: subprocess.Popen[bytes]) -> None:
    while len(names(database, table)) < at_least:
        assert all(process.poll() is None for process in processes), "a worker ended by itself"
        time.sleep(0.01)


def test_killed_and_started_again_a_worker_finishes_every_job(database: Database) -> None:
    with database.writing() as session:
        queue.enqueue(session, jobs(COUNT))
    for begun in (3, 10):
        with worker(database, "w0") as process:
            wait_for(run, begun, database, process)
    with worker(database, "w0") as process:
        wait_for(effect, COUNT, database, process)
        process.terminate()
        assert process.wait(30) == 0
    assert names(database, effect) == sorted(f"n{number}" for number in range(COUNT))
    assert COUNT < len(names(database, run)) <= COUNT + 2 * AT_ONCE


def test_what_a_worker_killed_for_good_left_is_done_by_another(database: Database) -> None:
    with database.writing() as session:
        queue.enqueue(session, jobs(COUNT))
    with worker(database, "w0") as process:
        wait_for(run, 3, database, process)
        process.send_signal(signal.SIGKILL)
    with worker(database, "w1") as process:
        wait_for(effect, COUNT, database, process)
    assert names(database, effect) == sorted(f"n{number}" for number in range(COUNT))


def test_two_workers_share_the_jobs_and_none_is_run_twice(database: Database) -> None:
    with database.writing() as session:
        queue.enqueue(session, jobs(COUNT))
    with ExitStack() as stack:
        processes = [stack.enter_context(worker(database, slot)) for slot in ("w0", "w1")]
        wait_for(effect, COUNT, database, *processes)
    assert names(database, run) == names(database, effect)


def test_a_job_that_kills_its_workers_is_given_up_in_the_open(database: Database) -> None:
    with database.writing() as session:
        queue.enqueue(session, [Job(JobName.ARCHIVE, "bad", (("name", "bad"),))])
    found: list[tuple[str, str]] = []
    while not found:
        with worker(database, "w0") as process:
            while process.poll() is None and not found:
                time.sleep(0.05)
                with database.reading() as session:
                    found = [(failed.id, failed.code) for failed in failed_jobs(session)]
    assert found == [("archive:bad", "worker-lost")]
    assert names(database, run) == ["bad"] * 3  # twice tried again, as `work.py` allows
