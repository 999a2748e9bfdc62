"""A log that no backup continues begins anew: another name, the old checkpoint first, and every event behind it."""

from pathlib import Path

import pytest

from backend import clock
from backend.audit import anchors, canonical, outside, reader, renewal, sequencer
from backend.audit.checkpoint import Checkpoint, SigningKey, open_checkpoint
from backend.audit.events import LogReset
from backend.audit.renewal import NothingToReset, OldCheckpointMissing, Places, Renewed
from tests.integration.audit.deployment import CEREMONY, Deployment, signed

ORIGIN = "log.contoh.invalid/2026"


@pytest.fixture
def places(deployment: Deployment, tmp_path: Path) -> Places:
    return Places(tmp_path / "keys" / "log.key", deployment.path)


@pytest.fixture
def behind(deployment: Deployment) -> Deployment:
    """Return a deployment of five events, of which nine were signed."""
    deployment.record(*(signed() for _ in range(4)))
    deployment.drain_and_sign()
    with deployment.database.writing() as session:
        anchors.store(session, 4, "http://stempel.invalid/", b"TSR")
    deployment.record(signed())
    note = deployment.key.sign(Checkpoint(deployment.key.name, 9, b"9" * 32).to_text())
    deployment.path.write_text(note, "utf-8")
    return deployment


def _renew(deployment: Deployment, places: Places) -> Renewed:
    return renewal.renew(deployment.database, deployment.log, places, ORIGIN, clock.now())


def _go_on(deployment: Deployment, places: Places) -> None:
    """Start again as the worker does, with the key that lies there now."""
    deployment.key = sequencer.load_or_create_key(places.key, "unused.invalid")
    deployment.drain_and_sign()


def _bodies(deployment: Deployment) -> list[bytes]:
    with deployment.database.reading() as session:
        return [line.rstrip(b"\n") for line in reader.export_jsonl(session)]


def test_the_new_log_begins_with_the_old_checkpoint_and_keeps_every_event(behind: Deployment, places: Places) -> None:
    old_note, old_key = behind.path.read_text("utf-8"), behind.key
    before = [row[0] for row in behind.rows("SELECT e.id FROM audit_event e ORDER BY e.id")]
    done = _renew(behind, places)
    _go_on(behind, places)
    first, *others = [canonical.parse(body) for body in _bodies(behind)]
    assert first["type"] == LogReset.TYPE
    assert first["data"]["reason"] == "log-behind"
    assert first["data"]["x"] == {
        "origin": f"{ORIGIN}/1",
        "old_origin": ORIGIN,
        "signed": 9,
        "root": (b"9" * 32).hex(),
        "note": old_note,
        "kept": 4,
    }
    assert open_checkpoint(first["data"]["x"]["note"], old_key.public).size == 9
    assert [event["id"] for event in others] == before
    assert behind.key.name == f"{ORIGIN}/1"
    assert (done.vkey, done.kept) == (behind.key.public.to_text(), 4)
    assert behind.verify().sound
    behind.record(signed())
    behind.drain_and_sign()
    assert behind.verify().sound


def test_what_a_ceremony_commits_to_stays_the_same(behind: Deployment, places: Places) -> None:
    sequencer.drain(behind.database)
    with behind.database.reading() as session:
        before = reader.ceremony_commitment(session, CEREMONY)
    _renew(behind, places)
    _go_on(behind, places)
    with behind.database.reading() as session:
        assert reader.ceremony_commitment(session, CEREMONY) == before


def test_the_evidence_is_laid_down(behind: Deployment, places: Places) -> None:
    old_note, old_key = behind.path.read_text("utf-8"), places.key.read_text("utf-8")
    _renew(behind, places)
    folder = behind.path.with_name("before-reset-1")
    assert (folder / behind.path.name).read_text("utf-8") == old_note
    assert (folder / "log.key").read_text("utf-8") == old_key
    assert (folder / "4.1.tsr").read_bytes() == b"TSR"
    kept = open_checkpoint((folder / "4.checkpoint").read_text("utf-8"), behind.key.public)
    assert kept.size == 4
    assert (folder / "log.key").stat().st_mode & 0o077 == 0


def test_the_old_key_signs_nothing_any_more(behind: Deployment, places: Places) -> None:
    _renew(behind, places)
    _go_on(behind, places)
    text = (places.key.with_name("log.vkey")).read_text("utf-8").strip()
    assert text == behind.key.public.to_text()
    assert not places.next_key.exists()
    assert places.key.stat().st_mode & 0o077 == 0


def test_a_log_that_continues_is_left_alone(deployment: Deployment, places: Places) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    before = deployment.all_of("audit_leaf")
    with pytest.raises(NothingToReset):
        _renew(deployment, places)
    assert deployment.all_of("audit_leaf") == before
    assert deployment.verify().sound


def test_without_any_signed_checkpoint_there_is_nothing_to_begin_from(deployment: Deployment, places: Places) -> None:
    deployment.record(signed())
    sequencer.drain(deployment.database)
    deployment.path.parent.mkdir(exist_ok=True)
    deployment.path.write_text("bukan titik periksa", "utf-8")
    with pytest.raises(OldCheckpointMissing):
        _renew(deployment, places)


def test_a_lost_checkpoint_file_is_replaced_by_the_newest_in_the_database(
    deployment: Deployment, places: Places
) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    deployment.path.unlink()
    _renew(deployment, places)
    _go_on(deployment, places)
    first = canonical.parse(_bodies(deployment)[0])
    assert (first["data"]["reason"], first["data"]["x"]["signed"]) == ("log-checkpoint-missing", 1)
    assert deployment.verify().sound


@pytest.mark.parametrize("step", ["_begin", "generate", "unlink", "replace", "vkey"])
def test_a_renewal_killed_anywhere_is_finished_by_the_next(
    behind: Deployment, places: Places, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Killed(Exception):
        pass

    def die(*_arguments: object, **_options: object) -> None:
        raise Killed

    real = outside.write

    def write(path: Path, text: str, mode: int = 0o644) -> None:
        if path.name == "log.vkey":
            raise Killed
        real(path, text, mode)

    with monkeypatch.context() as patch:
        match step:
            case "_begin":
                patch.setattr(renewal, "_begin", die)
            case "generate":
                patch.setattr(SigningKey, "generate", die)
            case "vkey":
                patch.setattr(outside, "write", write)
            case name:
                patch.setattr(Path, name, die)
        with pytest.raises(Killed):
            _renew(behind, places)
    if step != "vkey":  # there everything is done but the public half, which whoever opens the key mends
        _renew(behind, places)
    _go_on(behind, places)
    assert behind.verify().sound
    kinds = [canonical.parse(body)["type"] for body in _bodies(behind)]
    assert kinds.count(LogReset.TYPE) == 1
    assert kinds[0] == LogReset.TYPE
    assert len(kinds) == 6
