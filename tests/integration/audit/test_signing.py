"""No two signed checkpoints of this log ever contradict each other: not after a crash, nor after an old backup."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from backend.audit import merkle, sequencer, tree
from backend.audit.checkpoint import Checkpoint, InvalidNote, SigningKey, open_checkpoint
from backend.audit.faults import TreeDamaged
from backend.audit.outside import OutsideUnreadable
from backend.audit.sequencer import CheckpointMissing, LogBehind, LogForked, load_or_create_key
from tests.integration.audit.deployment import Deployment, signed

KEEP_FOUR = (
    "DELETE FROM audit_leaf WHERE seq >= 4",
    "DELETE FROM audit_node WHERE ((idx + 1) << level) > 4",
    "DELETE FROM audit_checkpoint WHERE size > 4",
    "DELETE FROM audit_event WHERE id NOT IN (SELECT event_id FROM audit_leaf)",
)


def _restore_backup_of_four(deployment: Deployment) -> None:
    """Bring the database back to what it was after four events, as a restored backup does."""
    with deployment.database.reading() as session:
        nodes = tree.nodes(session)
        edge = b"".join(nodes(*place) for place in merkle.subtrees(0, 4))
    for sql in KEEP_FOUR:
        deployment.tamper(sql)
    deployment.tamper("UPDATE audit_head SET size = 4, frontier = :edge", edge=edge)


def test_an_empty_log_signs_nothing(deployment: Deployment) -> None:
    assert deployment.drain_and_sign() == 0
    assert not deployment.path.exists()
    sequencer.check_start(deployment.database, deployment.vkey, deployment.path)
    assert deployment.verify().sound


def test_each_checkpoint_extends_all_before_it(deployment: Deployment) -> None:
    for _ in range(9):
        deployment.record(signed())
        deployment.drain_and_sign()
    notes = [
        open_checkpoint(note, deployment.key.public) for (note,) in deployment.rows("SELECT note FROM audit_checkpoint")
    ]
    assert [c.size for c in notes] == list(range(1, 10))
    with deployment.database.reading() as session:
        nodes = tree.nodes(session)
        for i, old in enumerate(notes):
            for new in notes[i:]:
                proof = merkle.consistency(nodes, old.size, new.size)
                assert merkle.verify_consistency(old.size, new.size, proof, old.root, new.root)
    assert open_checkpoint(deployment.path.read_text(encoding="utf-8"), deployment.key.public) == notes[-1]


def test_signing_again_without_news_signs_nothing_new(deployment: Deployment) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    before = deployment.path.stat()
    assert deployment.sign() == deployment.sign()
    assert deployment.path.stat() == before
    assert deployment.rows("SELECT count(*) FROM audit_checkpoint") == [(1,)]


def test_a_restored_backup_is_refused_and_so_is_growing_on_from_it(deployment: Deployment) -> None:
    deployment.record(*(signed() for _ in range(4)))
    deployment.drain_and_sign()
    deployment.record(*(signed() for _ in range(3)))
    deployment.drain_and_sign()
    _restore_backup_of_four(deployment)
    assert deployment.codes() == {"outside-ahead", "checkpoint-lost"}
    with pytest.raises(LogBehind) as refusal:
        sequencer.check_start(deployment.database, deployment.vkey, deployment.path)
    assert refusal.value.facts == {"stored": 4, "signed": 7}
    with pytest.raises(LogBehind):
        deployment.sign()
    deployment.record(*(signed() for _ in range(3)))
    with pytest.raises(LogBehind):
        deployment.drain_and_sign()
    assert deployment.rows("SELECT max(seq) FROM audit_leaf") == [(3,)], "a restored backup does not grow on"
    assert sequencer.drain(deployment.database) == 3, "a hand that numbers all the same"
    for act in (deployment.drain_and_sign, deployment.sign):
        with pytest.raises(LogForked) as forked:
            act()
        assert forked.value.code == "log-forked"
    with pytest.raises(LogForked):
        sequencer.check_start(deployment.database, deployment.vkey, deployment.path)
    assert "outside-wrong" in deployment.codes()
    assert deployment.rows("SELECT max(size) FROM audit_checkpoint") == [(4,)]


def test_a_lost_checkpoint_file_is_refused(deployment: Deployment) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    deployment.path.unlink()
    deployment.record(signed())
    with pytest.raises(CheckpointMissing):
        deployment.drain_and_sign()
    with pytest.raises(CheckpointMissing):
        sequencer.check_start(deployment.database, deployment.vkey, deployment.path)
    assert deployment.codes() == {"outside-missing"}


@pytest.mark.parametrize("text", ["", "bukan titik periksa", "\u00e9\n\n— x AAAA\n"])
def test_a_checkpoint_file_that_is_not_ours_is_refused(deployment: Deployment, text: str) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    deployment.path.write_text(text, encoding="utf-8")
    with pytest.raises(OutsideUnreadable):
        deployment.sign()
    with pytest.raises(OutsideUnreadable):
        sequencer.check_start(deployment.database, deployment.vkey, deployment.path)
    assert "outside-invalid" in deployment.codes()


def test_a_checkpoint_file_of_another_key_is_refused(deployment: Deployment) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    other = SigningKey.generate(deployment.key.name)
    deployment.path.write_text(other.sign(Checkpoint(other.name, 1, bytes(32)).to_text()), encoding="utf-8")
    with pytest.raises(OutsideUnreadable):
        deployment.sign()


def test_a_database_made_anew_cannot_take_the_place_of_the_old(deployment: Deployment) -> None:
    deployment.record(signed(), signed())
    root = deployment.key.sign(Checkpoint(deployment.key.name, 2, bytes(32)).to_text())
    deployment.path.parent.mkdir()
    deployment.path.write_text(root, encoding="utf-8")
    with pytest.raises(LogForked):
        deployment.drain_and_sign()
    assert deployment.rows("SELECT count(*) FROM audit_checkpoint") == [(0,)]


def test_a_kill_between_file_and_database_is_made_good_by_signing_again(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.record(signed())
    with monkeypatch.context() as patch:
        patch.setattr(sequencer, "_store", _die)
        with pytest.raises(KeyboardInterrupt):
            deployment.drain_and_sign()
    assert deployment.codes() == {"checkpoint-lost"}
    sequencer.check_start(deployment.database, deployment.vkey, deployment.path)
    deployment.record(signed())
    deployment.drain_and_sign()
    assert deployment.codes() == set()


def test_a_kill_while_the_file_is_written_leaves_the_old_one(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    before = deployment.path.read_text(encoding="utf-8")
    deployment.record(signed())
    for step in ("fsync", "close"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, _die)
            with pytest.raises(KeyboardInterrupt):
                deployment.drain_and_sign()
        if step == "fsync":
            assert deployment.path.read_text(encoding="utf-8") == before
    deployment.drain_and_sign()
    assert deployment.codes() == set()


def test_the_start_is_refused_on_a_head_or_leaves_that_the_tree_does_not_bear_out(deployment: Deployment) -> None:
    deployment.record(*(signed() for _ in range(3)))
    deployment.drain_and_sign()
    [(edge,)] = deployment.rows("SELECT frontier FROM audit_head")
    deployment.tamper("UPDATE audit_head SET frontier = :junk", junk=bytes(64))
    with pytest.raises(TreeDamaged):
        sequencer.check_start(deployment.database, deployment.vkey, deployment.path)
    deployment.tamper("UPDATE audit_head SET frontier = :edge", edge=edge)
    sequencer.check_start(deployment.database, deployment.vkey, deployment.path)
    deployment.tamper("DELETE FROM audit_leaf WHERE seq = 2")
    with pytest.raises(TreeDamaged):
        sequencer.check_start(deployment.database, deployment.vkey, deployment.path)


def test_the_key_is_secret_stays_the_same_and_shows_its_public_half(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "log.key"
    key = load_or_create_key(path, "log.contoh.invalid/2026")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (tmp_path / "keys" / "log.vkey").read_text(encoding="utf-8").strip() == key.public.to_text()
    assert load_or_create_key(path, "nama.lain.invalid").to_text() == key.to_text()
    seed = key.to_text().split("+", 4)[4]  # base64 holds plus signs of its own
    others = [p for p in path.parent.iterdir() if p != path]
    assert [p for p in others if seed in p.read_text(encoding="utf-8")] == []


def test_a_damaged_key_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    path.write_text("bukan kunci", encoding="utf-8")
    with pytest.raises(InvalidNote):
        load_or_create_key(path, "log.invalid")
    assert path.read_text(encoding="utf-8") == "bukan kunci"


def test_a_copy_of_the_folder_outside_is_enough_to_go_on(deployment: Deployment, tmp_path: Path) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    shutil.copytree(deployment.path.parent, tmp_path / "copy")
    shutil.rmtree(deployment.path.parent)
    shutil.copytree(tmp_path / "copy", deployment.path.parent)
    deployment.record(signed())
    deployment.drain_and_sign()
    assert deployment.codes() == set()


def _die(*_arguments: object) -> None:
    raise KeyboardInterrupt
