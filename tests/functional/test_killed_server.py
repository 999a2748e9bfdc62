"""A server that is killed in the middle of its work: the next start carries on, and everything happens exactly once."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import processes
from demo.browser import Staff
from demo.ceremony import Ceremony
from demo.server import Deployment, free_ports
from tests.functional.stage import PASSWORD, STAFF, Stage, deploy, quiet

REGIONS = 8


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Stage]:
    """Yield a running server of this test's own."""
    deployment = deploy(tmp_path / "data", free_ports((0, 0, 0)))
    try:
        deployment.start()
        yield Stage(deployment, Staff(deployment.base_url, STAFF, PASSWORD), tmp_path / "input")
    finally:
        deployment.stop()


def test_a_freeze_survives_the_death_of_worker_and_web(mortal: Stage) -> None:
    ceremony = mortal.create(REGIONS)
    ceremony.press("bekukan")
    _wait_for(ceremony, "frozen")
    _kill(mortal.deployment, "worker", "web")
    _answers_again(mortal.deployment)
    ceremony.freeze(quiet(REGIONS))
    ceremony.invite(quiet(len(ceremony.cast.everybody)))
    ceremony.letters_are_out(quiet(1))
    _everything_once(mortal, ceremony)


def test_a_freeze_survives_the_death_of_everything(mortal: Stage) -> None:
    ceremony = mortal.create(REGIONS)
    ceremony.press("bekukan")
    _wait_for(ceremony, "frozen")
    _kill(mortal.deployment, "serve", "worker", "web", "authority", "mail")
    mortal.deployment.end_leftover()
    mortal.deployment.start()
    ceremony.freeze(quiet(REGIONS))
    ceremony.invite(quiet(len(ceremony.cast.everybody)))
    ceremony.letters_are_out(quiet(1))
    _everything_once(mortal, ceremony)


def _wait_for(ceremony: Ceremony, status: str) -> None:
    until = time.monotonic() + 60
    while not ceremony.standing()["documents"].get(status):
        assert time.monotonic() < until
        time.sleep(0.02)


def _kill(deployment: Deployment, *parts: str) -> None:
    for pid, part in processes.parts(deployment.run_id).items():
        if part in parts:
            os.kill(pid, signal.SIGKILL)


def _answers_again(deployment: Deployment) -> None:
    until = time.monotonic() + 60
    while not deployment.answers():
        assert time.monotonic() < until, deployment.last_words()
        time.sleep(0.1)


def _everything_once(stage: Stage, ceremony: Ceremony) -> None:
    counted = stage.counted(ceremony.id)
    assert counted["document.freeze_requested"] == counted["document.frozen"] == REGIONS
    assert counted["invitation.requested"] == len(ceremony.cast.everybody)
    for address in ceremony.cast.everybody:
        assert len(ceremony.mailboxes.letters(address)) == 1
    done = stage.deployment.command("log", "verify")
    assert done.returncode == 0, done.stdout
