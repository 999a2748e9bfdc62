"""One real server for all stories of a run: installed, started and stopped by the commands that operators use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.browser import Staff
from demo.server import free_ports
from tests.functional.stage import PASSWORD, STAFF, Stage, deploy

HERE = Path(__file__).parent
GUARD = 300  # seconds after which a story is given up; a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give stories more time than the tests of one part."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(GUARD))


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
