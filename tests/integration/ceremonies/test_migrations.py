"""The database that migrations make is the one that the tables describe, and the log in it is protected."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from backend import migrations
from backend.audit.log import assert_protected
from backend.database import Database
from backend.settings import Settings, bundled
from tests.integration.ceremonies.stage import Stage

SCRIPTS = bundled("alembic")


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    """Yield a database brought from nothing to the newest revision."""
    migrations.upgrade(SCRIPTS, database_url)
    database = Database(database_url)
    yield database
    database.close()


def configuration(database: Database) -> Config:
    return migrations.configuration(SCRIPTS, database.url)


def test_migrations_make_what_the_tables_describe(empty: Database) -> None:
    command.check(configuration(empty))
    stored, newest = migrations.revisions(SCRIPTS, empty.read_engine, empty.url)
    assert stored == newest is not None


def test_a_repeated_migration_changes_nothing(empty: Database) -> None:
    before = sa.inspect(empty.read_engine).get_table_names()
    migrations.upgrade(SCRIPTS, empty.url)
    assert sa.inspect(empty.read_engine).get_table_names() == before


def test_the_log_is_protected_after_every_migration(empty: Database) -> None:
    for _ in range(2):
        with empty.write_engine.begin() as connection:
            assert_protected(connection)
        migrations.upgrade(SCRIPTS, empty.url)


def test_migrations_are_numbered_in_one_line() -> None:
    scripts = ScriptDirectory(str(SCRIPTS))
    found = [script.revision for script in scripts.walk_revisions()][::-1]
    assert found == [f"{number:04d}" for number in range(1, len(found) + 1)]
    assert len(scripts.get_heads()) == 1
    names = sorted(path.name for path in Path(scripts.versions).glob("[0-9]*.py"))
    assert [name[:4] for name in names] == found


def test_a_row_of_the_log_cannot_be_changed_in_a_deployment(on: Stage) -> None:
    for change in ("UPDATE audit_event SET type = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(sa.exc.DBAPIError), on.tools.database.writing() as session:
            session.connection().exec_driver_sql(change)


def test_a_copy_of_a_deployment_is_at_the_newest_revision(settings: Settings) -> None:
    database = Database(settings.database_url)
    stored, newest = migrations.revisions(SCRIPTS, database.read_engine, settings.database_url)
    database.close()
    assert stored == newest
