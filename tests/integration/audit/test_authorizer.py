"""On SQLite the program's own connections refuse what the roles refuse on PostgreSQL, before any trigger is asked."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from backend.audit import protection, sequencer
from backend.audit.log import Log
from backend.audit.rights import RIGHTS, authorizer
from backend.audit.sequencer import load_or_create_key
from backend.database import Database
from tests.integration.audit.deployment import DEPLOYMENT, Deployment, create_tables, returned, signed

NOT_FOR_WEB = [
    "INSERT INTO audit_leaf SELECT 3, event_id FROM audit_queue",
    "INSERT INTO audit_node VALUES (9, 9, x'00')",
    "INSERT INTO audit_checkpoint SELECT size + 1, size, root, note FROM audit_checkpoint",
    "UPDATE audit_head SET size = size + 1",
    "DELETE FROM audit_queue",
]
NOT_FOR_ANYBODY = [
    "UPDATE audit_event SET type = 'x'",
    "DELETE FROM audit_event",
    "DELETE FROM audit_leaf",
    "DELETE FROM audit_node",
    "DELETE FROM audit_head",
    "DELETE FROM audit_checkpoint",
    "UPDATE audit_queue SET position = position + 100",
    "UPDATE audit_disclosure SET field = 'x'",
    "UPDATE audit_subject_key SET key_id = 'x'",
    *(f"DROP TABLE {table}" for table in RIGHTS),
    *(f"ALTER TABLE {table} ADD COLUMN more" for table in RIGHTS),
    "DROP TRIGGER audit_event_no_update",
    "CREATE TRIGGER mine BEFORE INSERT ON audit_event BEGIN SELECT 1; END",
    "CREATE TEMP TRIGGER mine BEFORE INSERT ON audit_event BEGIN SELECT 1; END",
    "PRAGMA writable_schema = 1",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "prasasti.db"


@pytest.fixture
def filled(path: Path, tmp_path: Path) -> Deployment:
    """Return a deployment with three signed events and one that waits, opened as an owner does."""
    database = Database(f"sqlite:///{path}")
    create_tables(database)
    key = load_or_create_key(tmp_path / "keys" / "log.key", "log.contoh.invalid/2026")
    made = Deployment(database, Log(DEPLOYMENT, b"k" * 32), key, tmp_path / "log" / "checkpoint.txt")
    made.record(signed(), returned("Nama keliru"), signed())
    made.drain_and_sign()
    made.record(signed())
    return made


def _denied(database: Database, sql: str) -> bool:
    try:
        with database.writing() as session:
            session.connection().exec_driver_sql(sql)
            session.rollback()
    except sa.exc.DatabaseError as error:
        return "not authorized" in str(error)
    return False


def _without_triggers(deployment: Deployment) -> None:
    """Take the triggers away, so that nothing but the authorizer refuses."""
    with deployment.database.writing() as session:
        rows = session.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()
        for (name,) in rows:
            session.connection().exec_driver_sql(f"DROP TRIGGER {name}")
        session.connection().exec_driver_sql(
            "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT 1; END"
        )


@pytest.mark.parametrize("sequencing", [False, True])
def test_what_the_program_must_not_do_is_not_even_prepared(filled: Deployment, path: Path, *, sequencing: bool) -> None:
    _without_triggers(filled)
    database = Database(f"sqlite:///{path}", authorizer(sequencer=sequencing))
    attempts = NOT_FOR_ANYBODY + ([] if sequencing else NOT_FOR_WEB)
    assert [sql for sql in attempts if not _denied(database, sql)] == []
    allowed = NOT_FOR_WEB if sequencing else []
    assert [sql for sql in allowed if _denied(database, sql)] == []
    database.close()


def test_web_appends_and_erases_and_the_worker_numbers_and_signs(filled: Deployment, path: Path) -> None:
    web = Database(f"sqlite:///{path}", authorizer(sequencer=False))
    worker = Database(f"sqlite:///{path}", authorizer(sequencer=True))
    with web.writing() as session:
        filled.log.append(session, [returned("Tanggal keliru", "p_lain")])
        assert filled.log.erase(session, "p_lain") == 1
    with pytest.raises(sa.exc.DatabaseError, match="not authorized"):
        sequencer.drain(web)
    assert sequencer.drain_and_sign(worker, filled.key, filled.path) == 2
    assert filled.verify().sound
    web.close()
    worker.close()


def test_every_protected_table_has_its_rights() -> None:
    assert set(RIGHTS) == set(protection.TABLES)


def test_other_tables_are_left_alone(filled: Deployment, path: Path) -> None:
    database: Any = Database(f"sqlite:///{path}", authorizer(sequencer=False))
    with database.writing() as session:
        for sql in ("CREATE TABLE deed (id INTEGER)", "INSERT INTO deed VALUES (1)", "UPDATE deed SET id = 2"):
            session.connection().exec_driver_sql(sql)
        session.connection().exec_driver_sql("DELETE FROM deed")
        session.connection().exec_driver_sql("DROP TABLE deed")
    database.close()
    assert filled.verify().queued == 1
