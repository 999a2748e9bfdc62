"""Numbers without gaps, whoever writes, rolls back, drains at once or dies in the middle."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import sqlalchemy as sa

from backend.audit import sequencer
from backend.audit.faults import EventDamaged, TreeDamaged
from backend.database import Database
from tests.integration.audit.deployment import Deployment, returned, signed


class Killed(Exception):
    pass


@contextmanager
def _killed_at(database: Database, number: int) -> Iterator[list[str]]:
    """Raise before or after a statement, as a killed process would stop there: no COMMIT follows."""
    seen: list[str] = []

    def step(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)
            if len(seen) == number:
                raise Killed

    for moment in ("before_cursor_execute", "after_cursor_execute"):
        sa.event.listen(database.write_engine, moment, step)
    try:
        yield seen
    finally:
        for moment in ("before_cursor_execute", "after_cursor_execute"):
            sa.event.remove(database.write_engine, moment, step)


def test_draining_takes_what_is_queued_in_steps(deployment: Deployment) -> None:
    deployment.record(*(signed() for _ in range(7)))
    assert [sequencer.drain(deployment.database, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert deployment.rows("SELECT seq FROM audit_leaf ORDER BY seq") == [(n,) for n in range(7)]
    assert deployment.rows("SELECT count(*) FROM audit_queue") == [(0,)]


def test_a_drain_killed_at_any_statement_can_be_repeated(deployment: Deployment) -> None:
    deployment.record(*(signed() for _ in range(3)))
    deployment.drain_and_sign()
    deployment.record(*(signed() for _ in range(4)))
    at = 0
    while True:
        at += 1
        with _killed_at(deployment.database, at) as seen, suppress(Killed):
            assert sequencer.drain(deployment.database) == 4
            break
        report = deployment.verify()
        assert (report.faults, report.size, report.queued) == ((), 3, 4), seen
        deployment.sign()
    assert at > 12, "six statements at least: queue, head, leaves, nodes, queue, head"
    deployment.sign()
    report = deployment.verify()
    assert (report.faults, report.size, report.queued, report.checkpoints) == ((), 7, 0, 2)


def test_eight_writers_and_two_drainers_lose_and_double_nothing(deployment: Deployment) -> None:
    url, writing = deployment.database.url, threading.Event()

    def write(seed: int) -> list[str]:
        chance, database, committed = random.Random(seed), Database(url), []
        for n in range(25):
            with suppress(Killed), database.writing() as session:
                ids = deployment.log.append(session, [signed(), returned(f"kata {n}", f"p_{n % 3}")])
                time.sleep(chance.random() * 0.004)
                if chance.random() < 0.2:
                    raise Killed
                committed += [str(i) for i in ids]
        database.close()
        return committed

    def drain() -> int:
        database, total = Database(url), 0
        while (done := sequencer.drain_and_sign(database, deployment.key, deployment.path, limit=5)) or (
            not writing.is_set()
        ):
            total += done
            time.sleep(0.005)
        database.close()
        return total

    with ThreadPoolExecutor(10) as pool:
        drainers = [pool.submit(drain) for _ in range(2)]
        committed = [event for ids in pool.map(write, range(8)) for event in ids]
        writing.set()
        drained = sum(drainer.result() for drainer in drainers)
    drained += deployment.drain_and_sign()
    report = deployment.verify()
    assert (report.faults, report.size, report.queued) == ((), len(committed), 0)
    assert drained == len(committed)
    assert {event for (event,) in deployment.rows("SELECT event_id FROM audit_leaf")} == set(committed)


def test_what_commits_late_is_not_passed_over(deployment: Deployment) -> None:
    if deployment.database.sqlite:
        pytest.skip("SQLite has one writer")
    with deployment.database.writing() as slow:
        deployment.log.append(slow, [signed()])
        deployment.record(signed())
        assert sequencer.drain(deployment.database) == 1
    assert sequencer.drain(deployment.database) == 1
    assert deployment.codes() == set()


def test_two_deeds_about_one_new_person_share_his_key(deployment: Deployment) -> None:
    if deployment.database.sqlite:
        pytest.skip("SQLite has one writer")
    entered = threading.Barrier(2, timeout=20)

    def write(words: str) -> None:
        with deployment.database.writing() as session:
            session.connection()
            entered.wait()
            deployment.log.append(session, [returned(words, "p_baru")])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ("satu", "dua")))
    assert deployment.rows("SELECT count(*) FROM audit_subject_key") == [(1,)]
    assert deployment.rows("SELECT count(*) FROM audit_disclosure") == [(2,)]


@pytest.mark.parametrize(
    ("harm", "refusal"),
    [
        ("UPDATE audit_event SET type = type, leaf_hash = :junk", EventDamaged),
        ("UPDATE audit_head SET frontier = :junk", TreeDamaged),
    ],
)
def test_what_contradicts_itself_gets_no_number(deployment: Deployment, harm: str, refusal: type[Exception]) -> None:
    deployment.record(signed(), signed(), signed())
    deployment.drain_and_sign()
    deployment.record(signed())
    deployment.tamper(harm, junk=b"\x00" * 31)
    with pytest.raises(refusal):
        sequencer.drain(deployment.database)
    assert deployment.rows("SELECT count(*) FROM audit_leaf") == [(3,)]


def test_the_worker_and_a_writer_do_not_wait_for_each_other_for_long(deployment: Deployment) -> None:
    """The log's own lock is never taken by a deed: only SQLite's single writer stands between them."""
    if deployment.database.sqlite:
        pytest.skip("SQLite has one writer")
    with deployment.database.writing() as session:
        deployment.log.append(session, [signed()])
        deployment.record(signed())
        assert deployment.drain_and_sign() == 1
    assert deployment.drain_and_sign() == 1
