"""A process does not write on a log that no longer continues what was signed, and goes on when it does again."""

import fcntl
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend import clock
from backend.audit import standing
from backend.audit.checkpoint import Checkpoint
from backend.audit.events import SYSTEM, LoginSucceeded
from backend.audit.faults import TreeDamaged
from backend.audit.log import Log
from backend.audit.outside import OutsideUnreadable
from backend.audit.protection import LogUnprotected
from backend.audit.standing import CheckpointMissing, Guard, LogBehind, LogForked
from tests.integration.audit.deployment import DEPLOYMENT, Deployment, signed


@pytest.fixture
def guarded(deployment: Deployment) -> Deployment:
    """Return a deployment of three signed events whose deeds ask the guard each time."""
    deployment.record(*(signed() for _ in range(3)))
    deployment.drain_and_sign()
    guard = Guard(deployment.database, deployment.vkey, deployment.path, every=0.0)
    deployment.log = Log(DEPLOYMENT, b"k" * 32, guard)
    deployment.record(signed())
    return deployment


def _sign_outside(deployment: Deployment, size: int) -> None:
    """Keep a checkpoint outside that the database knows nothing of: what restoring a backup looks like."""
    note = deployment.key.sign(Checkpoint(deployment.key.name, size, bytes(32)).to_text())
    deployment.path.write_text(note, encoding="utf-8")


def test_deeds_stop_on_a_restored_backup_and_go_on_after_a_newer_one(guarded: Deployment) -> None:
    kept = guarded.path.read_text(encoding="utf-8")
    _sign_outside(guarded, 9)
    before = guarded.all_of("audit_event")
    with pytest.raises(LogBehind) as refusal:
        guarded.record(signed())
    assert refusal.value.facts == {"stored": 3, "signed": 9}
    with pytest.raises(LogBehind):
        guarded.log.check()
    assert guarded.all_of("audit_event") == before
    guarded.path.write_text(kept, encoding="utf-8")
    guarded.record(signed())
    assert guarded.log.refusal() is None


def test_deeds_stop_on_a_fork(guarded: Deployment) -> None:
    _sign_outside(guarded, 3)
    with pytest.raises(LogForked):
        guarded.record(signed())


def test_deeds_stop_when_the_checkpoint_outside_is_lost_or_not_ours(guarded: Deployment) -> None:
    guarded.path.write_text("bukan titik periksa", encoding="utf-8")
    with pytest.raises(OutsideUnreadable):
        guarded.record(signed())
    guarded.path.unlink()
    with pytest.raises(CheckpointMissing):
        guarded.record(signed())


@pytest.mark.parametrize(
    ("harm", "refusal"),
    [
        ("UPDATE audit_head SET frontier = :junk", TreeDamaged),
        ("DELETE FROM audit_leaf WHERE seq = 2", TreeDamaged),
    ],
)
def test_a_process_that_starts_looks_at_the_whole_edge(
    guarded: Deployment, harm: str, refusal: type[Exception]
) -> None:
    values = {"junk": bytes(64)} if ":junk" in harm else {}
    guarded.tamper(harm, **values)
    with pytest.raises(refusal):
        Guard(guarded.database, guarded.vkey, guarded.path).check()


def test_a_process_that_starts_sees_a_missing_trigger(guarded: Deployment) -> None:
    on = "" if guarded.database.sqlite else " ON audit_event"
    with guarded.database.writing() as session:
        session.connection().exec_driver_sql(f"DROP TRIGGER audit_event_no_update{on}")
    with pytest.raises(LogUnprotected):
        Guard(guarded.database, guarded.vkey, guarded.path).check()


def test_staff_can_log_in_and_read_why(guarded: Deployment) -> None:
    _sign_outside(guarded, 9)
    guarded.record(LoginSucceeded(at=clock.now(), actor=SYSTEM))
    with pytest.raises(LogBehind):
        guarded.record(LoginSucceeded(at=clock.now(), actor=SYSTEM), signed())
    assert isinstance(guarded.log.refusal(), LogBehind)


def test_looking_again_costs_nothing_within_a_second(guarded: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Path] = []
    guard = Guard(guarded.database, guarded.vkey, guarded.path, every=60.0)
    monkeypatch.setattr(standing, "check_start", lambda _database, _vkey, path: looks.append(path))
    for _ in range(5):
        guard.check()
    assert len(looks) == 1


def test_a_log_that_grows_under_a_reader_is_no_fork(guarded: Deployment) -> None:
    """On SQLite a transaction sees the past: the file is read first, so that it can never be ahead of what is seen."""
    guard = Guard(guarded.database, guarded.vkey, guarded.path, every=0.0)
    for _ in range(3):
        guarded.record(signed())
        guard.check()
        guarded.drain_and_sign()
        guard.check()


def test_a_first_deed_and_a_signer_do_not_wait_for_each_other(guarded: Deployment) -> None:
    """On SQLite the deed holds the write lock that the signer wants, and the signer the file that a look wants."""
    fresh = Guard(guarded.database, guarded.vkey, guarded.path)
    log = Log(DEPLOYMENT, b"k" * 32, fresh)
    guarded.record(signed())
    with ThreadPoolExecutor(1) as threads:
        with guarded.database.writing() as session:
            session.connection()
            signing = threads.submit(guarded.drain_and_sign)
            while not signing.done() and not _held(guarded.path):
                time.sleep(0.01)
            log.append(session, [signed()])
        assert signing.result() >= 1  # else the database gave up after half a minute


def _held(path: Path) -> bool:
    """Tell whether a signer holds the checkpoint file."""
    with path.with_name(path.name + ".lock").open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
