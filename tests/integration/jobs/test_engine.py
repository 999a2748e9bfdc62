"""Jobs on the queue: with the decision or not at all, once, tried again, given up in the open, forgotten in the end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from dbos import DBOS
from sqlmodel import Session, select

from backend import clock
from backend.database import Database
from backend.jobs import catalogue, failures, heartbeat, queue
from backend.jobs.catalogue import GiveUp, Job, JobName, TryAgain
from backend.jobs.engine import Engine
from tests.integration.jobs.effects import effect, jobs, leave, names, prepared


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = prepared(database_url)
    yield database
    database.close()


@contextmanager
def working(engine: Engine) -> Iterator[None]:
    engine.start()
    try:
        yield
    finally:
        engine.stop(patience=5)


def until(come: Callable[[], bool]) -> None:
    """Wait for something to come about; pytest's own time limit ends a wait that is in vain."""
    while not come():
        time.sleep(0.02)


class Handler:
    """Leaves its effect in the database after failing as often as told."""

    def __init__(self, database: Database, *failing: Exception) -> None:
        self.database, self.failing, self.runs = database, list(failing), 0

    def __call__(self, name: str) -> None:
        self.runs += 1
        if self.failing:
            raise self.failing.pop(0)
        with self.database.writing() as session:
            leave(session, name)


def test_a_decision_that_is_rolled_back_leaves_no_job(database: Database) -> None:
    def decide() -> None:
        with database.writing() as session:
            queue.enqueue(session, jobs(3))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decide()
    with database.writing() as session:
        queue.enqueue(session, [Job(JobName.FREEZE, "kept", (("name", "kept"),))])
    with working(Engine(database, "w0", {JobName.FREEZE: Handler(database)})):
        until(lambda: names(database, effect) == ["kept"])


def test_a_job_queued_twice_runs_once(database: Database) -> None:
    handler = Handler(database)
    with working(Engine(database, "w0", {JobName.FREEZE: handler})):
        for number in (3, 5, 3):
            with database.writing() as session:
                queue.enqueue(session, jobs(number))
            until(lambda number=number: len(names(database, effect)) >= number)  # type: ignore[misc]  # because mypy cannot infer a lambda with a default
    assert handler.runs == 5


def test_a_handler_that_fails_is_run_again_after_the_wait_it_asked_for(database: Database) -> None:
    handler = Handler(database, TryAgain(0.05), TryAgain(0.05))
    with database.writing() as session:
        queue.enqueue(session, jobs(1, JobName.MAIL))
    with working(Engine(database, "w0", {JobName.MAIL: handler})):
        until(lambda: names(database, effect) == ["n0"])
    assert handler.runs == 3
    with database.reading() as session:
        assert failures.failed_jobs(session) == []


def test_a_final_failure_is_seen_by_staff_and_by_the_business_in_one_transaction(database: Database) -> None:
    def gave_up(session: Session, job: Job, code: str) -> None:
        leave(session, f"{job.id} {code}")

    handler = Handler(database, GiveUp("smtp-550"))
    with database.writing() as session:
        queue.enqueue(session, jobs(1, JobName.MAIL))
    with working(Engine(database, "w0", {JobName.MAIL: handler}, gave_up)):
        until(lambda: names(database, effect) == ["mail:n0 smtp-550"])
        with database.reading() as session:
            (failed,) = failures.failed_jobs(session)
        assert (failed.id, failed.name, failed.code, failed.attempts) == ("mail:n0", JobName.MAIL, "smtp-550", 1)

        with database.writing() as session:
            assert failures.try_again(session, "mail:n0") is not None
            assert failures.try_again(session, "mail:n0") is None
        until(lambda: "n0" in names(database, effect))
    with database.reading() as session:
        assert failures.failed_jobs(session) == []


def test_a_fault_in_what_follows_from_a_failure_does_not_hide_it(database: Database) -> None:
    def gave_up(session: Session, job: Job, code: str) -> None:
        leave(session, f"{job.id} {code}")
        raise LookupError

    def seen() -> list[str]:
        with database.reading() as session:
            return [failed.code for failed in failures.failed_jobs(session)]

    with database.writing() as session:
        queue.enqueue(session, jobs(1, JobName.MAIL))
    with working(Engine(database, "w0", {JobName.MAIL: Handler(database, GiveUp("smtp-550"))}, gave_up)):
        until(lambda: seen() == ["smtp-550"])
    assert names(database, effect) == []


def test_any_error_is_tried_again_until_patience_ends(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue.PATIENCE, JobName.CODE, catalogue.Patience(tries=3, first=0.05, longest=1))
    handler = Handler(database, *[RuntimeError("rahasia")] * 9)
    with database.writing() as session:
        queue.enqueue(session, jobs(1, JobName.CODE))

    def failed() -> list[failures.FailedJob]:
        with database.reading() as session:
            return failures.failed_jobs(session)

    with working(Engine(database, "w0", {JobName.CODE: handler})):
        until(lambda: failed() != [])
    assert handler.runs == 3
    assert (failed()[0].attempts, failed()[0].code) == (3, "RuntimeError")


def test_finished_jobs_are_forgotten_after_a_week(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.writing() as session:
        queue.enqueue(session, jobs(3))
    worker = Engine(database, "w0", {JobName.FREEZE: Handler(database)})
    with working(worker):
        until(lambda: len(DBOS.list_workflows(status="SUCCESS")) == 3)
        worker._forget_old()
        assert len(DBOS.list_workflows()) == 3
        later = clock.now() + timedelta(days=8)
        monkeypatch.setattr(clock, "now", lambda: later)
        worker._forget_old()
        assert DBOS.list_workflows() == []


def test_of_two_processes_in_one_slot_the_older_one_stops(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "EVERY", 0.05)
    worker = Engine(database, "w0", {JobName.FREEZE: Handler(database)})
    with working(worker):
        newer = heartbeat.Heartbeat(database, "w0")
        newer.take()
        assert worker.superseded.wait(20)
    newer.beat()  # its row was left alone
    with database.reading() as session:
        assert [row.id for row in session.exec(select(heartbeat.JobWorker))] == ["w0"]


def test_a_worker_is_dead_when_its_row_stands_still_whatever_its_clock_says(database: Database) -> None:
    watcher, other = heartbeat.Heartbeat(database, "w0"), heartbeat.Heartbeat(database, "w1")
    other.take()
    assert watcher.dead(at=100.0) == []
    other.beat()
    assert watcher.dead(at=100.0 + heartbeat.DEAD_AFTER) == []
    assert watcher.dead(at=100.0 + heartbeat.DEAD_AFTER * 2) == ["w1"]
    watcher.bury(["w1"])
    other.beat()  # it was only stopped: it enters itself again
    assert watcher.dead(at=200.0) == []


def test_a_job_row_holds_json_and_nothing_that_runs(database: Database) -> None:
    with database.writing() as session:
        queue.enqueue(session, jobs(1))
    schema = None if database.sqlite else "dbos"
    table = sa.Table("workflow_status", sa.MetaData(), autoload_with=database.write_engine, schema=schema)
    with database.reading() as session:
        kept = session.execute(sa.select(table.c.serialization)).scalars().all()
    assert kept == ["portable_json"]
