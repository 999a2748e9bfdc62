"""A test authority for the contracts, made once."""

from collections.abc import Iterator

import pytest

from tests.authority import Authority, People, people, running


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """Yield a running test authority."""
    with running(tmp_path_factory.mktemp("authority") / "testpki") as served:
        yield served


@pytest.fixture(scope="session")
def parties(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> People:
    """Return two people and a seal of the authority."""
    return people(authority, tmp_path_factory.mktemp("people") / "keys")
