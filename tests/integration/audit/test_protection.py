"""The database itself refuses to change the log, whichever way it is asked, and a missing guard is seen at start."""

import pytest
import sqlalchemy as sa

from backend.audit import protection, sequencer
from backend.audit.protection import LogUnprotected
from backend.database import Database
from tests.integration.audit.deployment import Deployment, returned, signed

FORBIDDEN = [
    "UPDATE audit_event SET type = 'x'",
    "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_queue)",
    "INSERT INTO audit_event SELECT * FROM audit_event WHERE true ON CONFLICT (id) DO UPDATE SET type = 'x'",
    "UPDATE audit_queue SET position = position + 100",
    "UPDATE audit_leaf SET seq = seq + 100",
    "DELETE FROM audit_leaf",
    "DELETE FROM audit_leaf WHERE seq = 2",
    "INSERT INTO audit_leaf SELECT 9, event_id FROM audit_queue",
    "INSERT INTO audit_leaf SELECT 1, event_id FROM audit_queue",
    "UPDATE audit_node SET idx = idx + 100",
    "DELETE FROM audit_node",
    "UPDATE audit_head SET size = size - 1",
    "UPDATE audit_head SET frontier = frontier",
    "UPDATE audit_head SET id = 2, size = size + 1",
    "DELETE FROM audit_head",
    "INSERT INTO audit_head SELECT 2, size, frontier FROM audit_head",
    "UPDATE audit_checkpoint SET note = 'x'",
    "DELETE FROM audit_checkpoint",
    "INSERT INTO audit_checkpoint SELECT size - 1, 0, root, note FROM audit_checkpoint",
    "INSERT INTO audit_checkpoint SELECT size + 1, 0, root, note FROM audit_checkpoint",
    "UPDATE audit_disclosure SET field = 'x'",
    "UPDATE audit_subject_key SET key_id = 'x'",
]
SQLITE = [
    "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event",
    "INSERT OR REPLACE INTO audit_event (rowid, id, body, leaf_hash, type, occurred_at) VALUES (1, 2, 3, 4, 5, 6)",
    "INSERT OR REPLACE INTO audit_leaf SELECT * FROM audit_leaf",
    "INSERT OR REPLACE INTO audit_leaf SELECT 3, event_id FROM audit_leaf WHERE seq = 0",
    "INSERT OR REPLACE INTO audit_node SELECT * FROM audit_node",
    "INSERT OR REPLACE INTO audit_node (rowid, level, idx, hash) VALUES (1, 9, 9, x'00')",
    "INSERT OR REPLACE INTO audit_head SELECT 1, 0, x'00'",
    "INSERT OR REPLACE INTO audit_checkpoint SELECT * FROM audit_checkpoint",
    "INSERT OR REPLACE INTO audit_disclosure SELECT * FROM audit_disclosure",
    "INSERT OR REPLACE INTO audit_subject_key SELECT * FROM audit_subject_key",
    "REPLACE INTO audit_queue SELECT * FROM audit_queue",
]
POSTGRES = [
    *(f"TRUNCATE {table} CASCADE" for table in protection.TABLES),
    "SET LOCAL session_replication_role = replica; UPDATE audit_event SET type = 'x'",
]


@pytest.fixture
def filled(deployment: Deployment) -> Deployment:
    deployment.record(signed(), returned("Nama keliru"), signed())
    deployment.drain_and_sign()
    deployment.record(signed())
    return deployment


def _refused(database: Database, sql: str) -> bool:
    try:
        with database.writing() as session:
            for statement in sql.split("; "):
                session.connection().exec_driver_sql(statement)
    except sa.exc.DBAPIError as error:
        return "append-only" in str(error)
    return False


def test_nothing_in_the_log_can_be_changed_or_taken_away(filled: Deployment) -> None:
    attempts = FORBIDDEN + (SQLITE if filled.database.sqlite else POSTGRES)
    assert [sql for sql in attempts if not _refused(filled.database, sql)] == []
    assert filled.codes() == set()


def test_protecting_again_changes_nothing(filled: Deployment) -> None:
    with filled.database.writing() as session:
        protection.protect(session.connection())
    with filled.database.reading() as session:
        protection.assert_protected(session.connection())
    filled.drain_and_sign()
    assert filled.codes() == set()


HARM_SQLITE = (
    "DROP TRIGGER audit_leaf_no_delete",
    "DROP TRIGGER audit_node_no_update",
    "CREATE TRIGGER audit_node_no_update BEFORE UPDATE ON audit_node BEGIN SELECT 1; END",
    "CREATE TRIGGER extra BEFORE INSERT ON audit_queue BEGIN SELECT 1; END",
)
HARM_POSTGRES = (
    "ALTER TABLE audit_leaf DISABLE TRIGGER audit_leaf_no_delete",
    "CREATE OR REPLACE FUNCTION audit_node_no_update() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER extra BEFORE INSERT ON audit_queue FOR EACH ROW EXECUTE FUNCTION audit_leaf_no_delete()",
)


def test_a_missing_a_changed_and_a_foreign_guard_are_named(filled: Deployment) -> None:
    with filled.database.writing() as session:
        for statement in HARM_SQLITE if filled.database.sqlite else HARM_POSTGRES:
            session.connection().exec_driver_sql(statement)
    with filled.database.reading() as session, pytest.raises(LogUnprotected) as refusal:
        protection.assert_protected(session.connection())
    assert refusal.value.facts == {"triggers": "audit_leaf_no_delete, audit_node_no_update, extra"}
    assert filled.codes() == {"log-unprotected"}
    with pytest.raises(LogUnprotected):
        sequencer.check_start(filled.database, filled.vkey, filled.path)
