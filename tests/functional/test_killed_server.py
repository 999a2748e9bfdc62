"""A server that is killed in the middle of its work: the next start carries on, and everything happens exactly once."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from demo import processes
from demo.browser import Staff
from demo.ceremony import Ceremony
from demo.server import Deployment, free_ports
from tests.functional.stage import PASSWORD, STAFF, Stage, deploy, quiet

pytestmark = pytest.mark.needs("thorough")  # kills and starts processes, half a minute

REGIONS = 8


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Yield a running server of these tests' own; the last of them leaves it dead."""
    folder = tmp_path_factory.mktemp("mortal")
    deployment = deploy(folder / "data", free_ports((0, 0, 0)))
    try:
        deployment.start()
        with closing(Staff(deployment.base_url, STAFF, PASSWORD)) as staff:
            yield Stage(deployment, staff, folder / "input")
    finally:
        deployment.stop()


def test_what_a_kill_interrupts_is_done_once_and_completely(mortal: Stage) -> None:
    ceremony = mortal.create(REGIONS)
    ceremony.press("bekukan")
    _wait_for_the_first(ceremony)
    _kill(mortal.deployment, "worker", "web")
    _until(mortal.deployment.answers)
    ceremony.wait_until_frozen(quiet(REGIONS))
    ceremony.press("undang")
    _kill(mortal.deployment, "serve", "worker", "web", "authority", "mail")
    mortal.deployment.end_leftover()
    mortal.deployment.start()
    ceremony.letters_are_out(quiet(1))
    people = len(ceremony.cast.everybody)
    assert mortal.logged(ceremony, "mail.accepted", people)
    counted = mortal.counted(ceremony)
    assert counted["document.freeze_requested"] == counted["document.frozen"] == REGIONS
    assert counted["invitation.requested"] == people
    assert [address for address in ceremony.cast.everybody if not ceremony.mailboxes.letters(address)] == []
    done = mortal.deployment.command("log", "verify")
    assert done.returncode == 0, done.stdout


def test_a_server_whose_parent_is_killed_leaves_no_process_behind(mortal: Stage) -> None:
    run = mortal.deployment.run_id
    assert {"serve", "worker", "web", "authority", "mail"} <= set(processes.parts(run).values())
    _kill(mortal.deployment, "serve")
    _until(lambda: processes.marked(run) == [])


def _wait_for_the_first(ceremony: Ceremony) -> None:
    _until(lambda: bool(ceremony.standing()["documents"].get("frozen")))
    assert ceremony.standing()["documents"].get("freezing"), "all were frozen before anything could be killed"


def _kill(deployment: Deployment, *parts: str) -> None:
    for pid, part in processes.parts(deployment.run_id).items():
        if part in parts:
            os.kill(pid, signal.SIGKILL)


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 90
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)
