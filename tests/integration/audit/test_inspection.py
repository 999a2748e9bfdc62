"""Whatever row is changed behind the log's back, `verify_log` says so: attack by attack, on every database."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.audit import merkle, sequencer
from backend.audit.checkpoint import Checkpoint
from backend.audit.tables import AuditNode
from tests.integration.audit.deployment import HEAD, Deployment, returned, signed

SECOND = "(SELECT event_id FROM audit_leaf WHERE seq = 2)"
QUEUED = "(SELECT min(event_id) FROM audit_queue)"

ATTACKS = [
    # events
    (f"UPDATE audit_event SET body = :body WHERE id = {SECOND}", "event-hash"),
    (f"UPDATE audit_event SET body = :body WHERE id = {QUEUED}", "event-hash"),
    (f"UPDATE audit_event SET body = :body, leaf_hash = :leaf WHERE id = {SECOND}", "node-wrong"),
    (f"UPDATE audit_event SET body = :spaced, leaf_hash = :spaced_leaf WHERE id = {QUEUED}", "event-altered"),
    (f"UPDATE audit_event SET body = :foreign, leaf_hash = :foreign_leaf WHERE id = {SECOND}", "event-foreign"),
    (f"UPDATE audit_event SET leaf_hash = :junk WHERE id = {SECOND}", "event-hash"),
    (f"UPDATE audit_event SET type = 'prasasti.log.opened.v1' WHERE id = {SECOND}", "event-columns"),
    (f"UPDATE audit_event SET ceremony_id = NULL WHERE id = {SECOND}", "event-columns"),
    (f"UPDATE audit_event SET document_id = 'x' WHERE id = {SECOND}", "event-columns"),
    (f"UPDATE audit_event SET object_sha256 = 'x' WHERE id = {SECOND}", "event-columns"),
    (f"UPDATE audit_event SET occurred_at = 'x' WHERE id = {QUEUED}", "event-columns"),
    (f"UPDATE audit_event SET id = 'x' WHERE id = {SECOND}", "event-missing"),
    (f"DELETE FROM audit_event WHERE id = {SECOND}", "event-missing"),
    (f"DELETE FROM audit_event WHERE id = {QUEUED}", "queue-missing"),
    (
        f"INSERT INTO audit_event SELECT 'x', body, body, 'a', 'c', 'd', 'e', 'f' FROM audit_event WHERE id = {SECOND}",
        "event-nowhere",
    ),
    # places
    (f"DELETE FROM audit_queue WHERE event_id = {QUEUED}", "event-nowhere"),
    ("INSERT INTO audit_queue SELECT 900, event_id FROM audit_leaf WHERE seq = 2", "event-twice"),
    ("INSERT INTO audit_queue SELECT 900, 'x'", "queue-missing"),
    ("DELETE FROM audit_leaf WHERE seq = 2", "sequence-gap"),
    ("DELETE FROM audit_leaf WHERE seq = 5", "event-nowhere"),
    ("UPDATE audit_leaf SET seq = 77 WHERE seq = 2", "sequence-gap"),
    (f"INSERT INTO audit_leaf SELECT 6, {QUEUED}", "event-twice"),
    ("UPDATE audit_leaf SET event_id = 'x' WHERE seq = 2", "event-missing"),
    # the tree
    ("UPDATE audit_node SET hash = :junk WHERE level = 0 AND idx = 2", "node-wrong"),
    ("UPDATE audit_node SET hash = :junk WHERE level = 2 AND idx = 0", "node-wrong"),
    ("DELETE FROM audit_node WHERE level = 1 AND idx = 1", "node-wrong"),
    ("INSERT INTO audit_node VALUES (7, 7, :junk)", "node-wrong"),
    ("UPDATE audit_head SET size = 5", "head-wrong"),
    ("UPDATE audit_head SET frontier = :junk", "head-wrong"),
    ("DELETE FROM audit_head", "head-wrong"),
    # checkpoints
    ("UPDATE audit_checkpoint SET root = :junk WHERE size = 3", "checkpoint-wrong"),
    ("UPDATE audit_checkpoint SET note = 'x' WHERE size = 3", "checkpoint-invalid"),
    ("UPDATE audit_checkpoint SET note = :forged WHERE size = 3", "checkpoint-wrong"),
    ("UPDATE audit_checkpoint SET size = 2 WHERE size = 3", "checkpoint-wrong"),
    ("UPDATE audit_checkpoint SET previous = 1 WHERE size = 3", "checkpoint-gap"),
    ("DELETE FROM audit_checkpoint WHERE size = 3", "checkpoint-gap"),
    ("DELETE FROM audit_checkpoint WHERE size = 6", "checkpoint-lost"),
    ("INSERT INTO audit_checkpoint VALUES (7, 6, :junk, :forged)", "checkpoint-wrong"),
    # personal values
    ("UPDATE audit_disclosure SET digest = 'x'", "disclosure-stray"),
    ("UPDATE audit_disclosure SET event_id = 'x'", "disclosure-stray"),
    (
        "INSERT INTO audit_disclosure SELECT event_id, 'x', field, 'x', ciphertext FROM audit_disclosure",
        "disclosure-stray",
    ),
]


@pytest.fixture
def filled(deployment: Deployment) -> Deployment:
    """Return six numbered events under two checkpoints, and two that wait."""
    deployment.record(signed(), returned("Nama keliru"), signed())
    deployment.drain_and_sign()
    deployment.record(signed(), signed(), signed())
    deployment.drain_and_sign()
    deployment.record(signed(), signed())
    return deployment


def _values(deployment: Deployment) -> dict[str, object]:
    [(body,)] = deployment.rows(f"SELECT body FROM audit_event WHERE id = {SECOND}")
    body = bytes(body)
    other = {
        "body": body.replace(b"kepala_daerah", b"kepala_negara"),
        "spaced": body.replace(b'"data":', b'"data": '),
        "foreign": body.replace(b"urn:uuid:0b6c", b"urn:uuid:ffff"),
    }
    hashes = {"leaf": other["body"], "spaced_leaf": other["spaced"], "foreign_leaf": other["foreign"]}
    forged = deployment.key.sign(Checkpoint(deployment.key.name, 3, bytes(32)).to_text())
    return {**other, **{k: merkle.leaf_hash(v) for k, v in hashes.items()}, "junk": bytes(32), "forged": forged}


def test_an_honest_log_is_sound(filled: Deployment) -> None:
    report = filled.verify()
    assert (report.events, report.size, report.queued, report.checkpoints, report.outside) == (8, 6, 2, 2, 6)
    assert (report.faults, report.sound, report.erased) == ((), True, 0)


@pytest.mark.parametrize(("attack", "code"), ATTACKS)
def test_a_row_changed_behind_the_logs_back_is_found(filled: Deployment, attack: str, code: str) -> None:
    named = set(re.findall(r":(\w+)", attack))
    filled.tamper(attack, **{name: value for name, value in _values(filled).items() if name in named})
    report = filled.verify()
    assert not report.sound
    assert code in {fault.code for fault in report.faults}, report.faults
    assert all(str(fault) for fault in report.faults)


def test_what_an_update_turned_into_text_is_found_and_not_fallen_over(filled: Deployment) -> None:
    if not filled.database.sqlite:
        pytest.skip("PostgreSQL keeps the types of its columns")
    for table, column in (
        ("audit_event", "body"),
        ("audit_event", "leaf_hash"),
        ("audit_node", "hash"),
        ("audit_head", "frontier"),
        ("audit_head", "size"),
        ("audit_checkpoint", "root"),
        ("audit_checkpoint", "previous"),
        ("audit_disclosure", "digest"),
    ):
        with filled.tampering() as connection:
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = 'x' || rowid")
        assert not filled.verify().sound, f"{table}.{column}"


def test_two_events_that_changed_places_are_found(filled: Deployment) -> None:
    for before, after in ((1, 91), (2, 1), (91, 2)):
        filled.tamper("UPDATE audit_leaf SET seq = :after WHERE seq = :before", before=before, after=after)
    assert "node-wrong" in filled.codes()


def test_a_whole_log_written_anew_without_the_file_outside_is_found(filled: Deployment) -> None:
    """The owner of the database, with the log's own key: everything inside agrees, the note outside does not."""
    _rewrite(filled)
    assert filled.codes() == {"outside-wrong"}


def test_without_the_file_outside_nothing_inside_gives_that_forger_away(filled: Deployment) -> None:
    """What the file is for: this test fails the day the database alone could tell, and then the docs must change."""
    _rewrite(filled)
    kept = Deployment(filled.database, filled.log, filled.key, filled.path.with_name("none.txt"))
    assert kept.codes() == {"outside-missing"}


def test_a_log_under_another_key_is_not_believed(filled: Deployment, tmp_path: Path) -> None:
    other = sequencer.load_or_create_key(tmp_path / "other" / "log.key", filled.key.name)
    kept = Deployment(filled.database, filled.log, other, filled.path)
    assert {"checkpoint-invalid", "outside-invalid"} <= kept.codes()


def _rewrite(deployment: Deployment) -> None:
    """Change one numbered event and make every hash, node, head and note fit, as an owner with the key can."""
    body = _values(deployment)["body"]
    assert isinstance(body, bytes)
    deployment.tamper(
        f"UPDATE audit_event SET body = :body, leaf_hash = :leaf WHERE id = {SECOND}",
        body=body,
        leaf=merkle.leaf_hash(body),
    )
    leaves = deployment.rows(
        "SELECT leaf_hash FROM audit_event JOIN audit_leaf ON event_id = audit_event.id ORDER BY seq"
    )
    frontier, nodes = merkle.Frontier(), []
    for (leaf,) in leaves:
        nodes += frontier.push(bytes(leaf))
    note = deployment.key.sign(Checkpoint(deployment.key.name, 6, frontier.root()).to_text())
    with deployment.tampering() as connection:
        connection.execute(sa.delete(AuditNode))
        connection.execute(sa.insert(AuditNode), [dict(zip(("level", "idx", "hash"), n, strict=True)) for n in nodes])
        connection.execute(sa.text("UPDATE audit_head SET frontier = :edge"), {"edge": frontier.to_bytes()})
        connection.execute(sa.text("DELETE FROM audit_checkpoint"))
        connection.execute(
            sa.text("INSERT INTO audit_checkpoint VALUES (6, 0, :root, :note)"), {"root": frontier.root(), "note": note}
        )


def test_the_pseudonym_alone_stands_in_the_leaf(filled: Deployment) -> None:
    assert all(HEAD.pseudonym.encode() in bytes(body) for (body,) in filled.rows("SELECT body FROM audit_event"))
