"""The log is protected after every single migration, on both databases, and after what migrations do to tables."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from backend import migrations
from backend.audit import protection
from backend.audit.log import Log
from backend.audit.protection import LogUnprotected, assert_protected, protect
from backend.audit.sequencer import load_or_create_key
from backend.database import Database
from backend.settings import bundled
from tests.integration.audit.deployment import DEPLOYMENT, Deployment, returned, signed
from tests.integration.audit.test_protection import FORBIDDEN, POSTGRES, SQLITE, _refused

SCRIPTS = bundled("alembic")
REVISIONS = [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()][::-1]


def _about(sql: str, tables: set[str]) -> bool:
    return not (set(protection.TABLES) - tables) & set(sql.split())


@pytest.mark.parametrize("revision", REVISIONS)
def test_nothing_in_the_log_can_be_changed_after_this_revision(
    database_url: str, tmp_path: Path, revision: str
) -> None:
    for step in REVISIONS[: REVISIONS.index(revision) + 1]:
        command.upgrade(migrations.configuration(SCRIPTS, database_url), step)
    database = Database(database_url)
    key = load_or_create_key(tmp_path / "keys" / "log.key", "log.contoh.invalid/2026")
    here = Deployment(database, Log(DEPLOYMENT, b"k" * 32), key, tmp_path / "log" / "checkpoint.txt")
    here.record(signed(), returned("Nama keliru"), signed())
    here.drain_and_sign()
    here.record(signed())
    with database.reading() as session:
        tables = set(sa.inspect(session.connection()).get_table_names())
        assert_protected(session.connection(), whole=revision == REVISIONS[-1])
    attempts = [sql for sql in FORBIDDEN + (SQLITE if database.sqlite else POSTGRES) if _about(sql, tables)]
    assert len(attempts) > 20
    assert [sql for sql in attempts if not _refused(database, sql)] == []
    here.drain_and_sign()
    if revision == REVISIONS[-1]:
        assert here.verify().sound
    database.close()


def test_a_batch_migration_drops_the_triggers_and_protecting_brings_them_back(deployment: Deployment) -> None:
    if not deployment.database.sqlite:
        pytest.skip("PostgreSQL alters tables in place")
    deployment.record(signed(), signed(), signed())
    deployment.drain_and_sign()
    engine = sa.create_engine(deployment.database.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        with Operations(MigrationContext.configure(connection)).batch_alter_table("audit_event") as batch:
            batch.alter_column("type", type_=sa.String(200))
        with pytest.raises(LogUnprotected) as refusal:
            assert_protected(connection)
        assert "audit_event_no_update" in str(refusal.value.facts["triggers"])
        protect(connection)
        assert_protected(connection)
    engine.dispose()
    attempts = FORBIDDEN + SQLITE
    deployment.record(returned("Nama keliru"), signed())
    assert [sql for sql in attempts if not _refused(deployment.database, sql)] == []
    assert deployment.codes() == set()


def test_a_table_of_the_log_that_is_gone_is_no_protected_log(deployment: Deployment) -> None:
    with deployment.tampering() as connection:
        connection.exec_driver_sql("DROP TABLE audit_tsr")
    with deployment.database.reading() as session, pytest.raises(LogUnprotected):
        assert_protected(session.connection())
