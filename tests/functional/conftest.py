"""One real server for all stories of a run: installed, started and stopped by the commands that operators use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.browser import Staff
from demo.server import free_ports
from tests.functional.stage import PASSWORD, STAFF, Stage, deploy


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Yield a running server with staff logged in."""
    folder: Path = tmp_path_factory.mktemp("stage")
    deployment = deploy(folder / "data", free_ports((0, 0, 0)))
    try:
        deployment.start()
        staff = Staff(deployment.base_url, STAFF, PASSWORD)
        yield Stage(deployment, staff, folder / "input")
        staff.close()
    finally:
        ended = deployment.stop()
    assert ended == 0, deployment.last_words()
