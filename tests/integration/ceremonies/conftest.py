"""A stage on every database there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.settings import Settings
from tests.deployments import Mould, mould
from tests.integration.ceremonies.stage import Stage, stage


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mould]:
    """Yield what deployments are copied from."""
    with mould(tmp_path_factory.mktemp("mould") / "data") as made:
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def settings(request: pytest.FixtureRequest, installed: Mould, tmp_path: Path) -> Iterator[Settings]:
    """Yield the settings of a fresh deployment."""
    with installed.copy(tmp_path / "data", request.param) as fresh:
        yield fresh


@pytest.fixture
def on(settings: Settings) -> Iterator[Stage]:
    """Yield a stage."""
    with stage(settings) as made:
        yield made
