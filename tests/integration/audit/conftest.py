"""A deployment on every database there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.audit.log import Log
from backend.audit.sequencer import load_or_create_key
from backend.database import Database
from tests.integration.audit.deployment import DEPLOYMENT, Deployment, create_tables
from tests.integration.audit.institutions import Institutions


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Yield a database with the empty tables of the log, protected."""
    database = Database(database_url)
    create_tables(database)
    yield database
    database.close()


@pytest.fixture
def deployment(database: Database, tmp_path: Path) -> Deployment:
    """Return a deployment whose log is empty."""
    key = load_or_create_key(tmp_path / "keys" / "log.key", "log.contoh.invalid/2026")
    return Deployment(database, Log(DEPLOYMENT, b"k" * 32), key, tmp_path / "log" / "checkpoint.txt")


@pytest.fixture
def institutions(deployment: Deployment, tmp_path: Path) -> Institutions:
    """Return two cosigners of the deployment's log, both of whom are asked for."""
    institutions = Institutions(tmp_path / "lembaga", deployment, needed=2)
    institutions.add("bpk")
    institutions.add("anri")
    return institutions
