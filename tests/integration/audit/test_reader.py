"""What pages, minutes, proofs and exports read from the log."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from backend import clock
from backend.audit import canonical, merkle, reader, sequencer
from backend.audit.checkpoint import open_checkpoint
from backend.audit.events import (
    SYSTEM,
    CeremonyClosed,
    DocumentArchived,
    Event,
    LoginFailed,
    MailAccepted,
    MinutesSealed,
    Result,
    SignatureFailed,
    Subject,
)
from backend.audit.faults import EventDamaged
from backend.audit.reader import LogNotDrained, NotYetSigned
from backend.errors import NotFound
from tests.integration.audit.deployment import CEREMONY, DOCUMENT, HEAD, OTHER_CEREMONY, Deployment, returned, signed


def _read(deployment: Deployment, function: Any, *arguments: Any) -> Any:
    with deployment.database.reading() as session:
        found = function(session, *arguments)
        return found if isinstance(found, list | tuple | int | reader.InclusionProof) else list(found)


def _mail() -> MailAccepted:
    return MailAccepted(at=clock.now(), actor=SYSTEM, ceremony=CEREMONY, person="p_1", message="receipt")


def _closed() -> CeremonyClosed:
    return CeremonyClosed(
        at=clock.now(), actor=SYSTEM, ceremony=CEREMONY, completed=1, expired=0, declined=0, returned=0
    )


def _sealed(deployment: Deployment, count: int | None = None, root: str | None = None) -> MinutesSealed:
    true_count, true_root = _read(deployment, reader.ceremony_commitment, CEREMONY)
    return MinutesSealed(
        at=clock.now(),
        actor=SYSTEM,
        ceremony=CEREMONY,
        subject=Subject("pdf", "be" * 32),
        count=true_count if count is None else count,
        root=root or true_root,
    )


def test_a_page_shows_events_in_log_order_with_what_waits_last(deployment: Deployment) -> None:
    deployment.record(signed(), signed(ceremony=OTHER_CEREMONY))
    refused = SignatureFailed(
        at=clock.now(), actor=HEAD, ceremony=CEREMONY, document=DOCUMENT, outcome=Result.DENIED, reason="r", slot="s"
    )
    deployment.record(refused)
    deployment.drain_and_sign()
    deployment.record(_closed())
    rows = _read(deployment, reader.events_of, CEREMONY)
    assert [(r.seq, r.told, r.role, r.outcome, r.reason) for r in rows] == [
        (0, "Naskah ditandatangani", "signer", "success", None),
        (2, "Upaya menandatangani ditolak", "signer", "denied", "r"),
        (None, "Seremoni ditutup", "system", "success", None),
    ]
    first = rows[0]
    assert (first.object_kind, first.object_sha256, first.document) == ("pdf", "ab" * 32, DOCUMENT)
    assert (first.actor, first.on_behalf, first.ceremony) == (HEAD.pseudonym, "region/33.13", CEREMONY)
    assert first.at.utcoffset() is not None
    assert first.extra["slot"] == "kepala_daerah"


def test_a_page_can_be_narrowed_turned_and_counted(deployment: Deployment) -> None:
    deployment.record(*(signed(slot=f"s{n}") for n in range(5)), _closed(), signed(ceremony=OTHER_CEREMONY))
    deployment.drain_and_sign()
    assert [r.seq for r in _read(deployment, reader.events_of, CEREMONY, DOCUMENT, 2, 3)] == [3, 4]
    counts = [_read(deployment, reader.count_events, *a) for a in ((), (CEREMONY,), (CEREMONY, DOCUMENT), (uuid4(),))]
    assert counts == [7, 6, 5, 0]
    assert len(_read(deployment, reader.events_of)) == 7


def test_an_altered_event_is_not_shown_as_if_it_were_true(deployment: Deployment) -> None:
    [event_id] = deployment.record(signed())
    deployment.tamper("UPDATE audit_event SET body = :junk", junk=b"{}")
    with pytest.raises(EventDamaged) as refusal:
        _read(deployment, reader.events_of)
    assert refusal.value.facts == {"event": str(event_id)}


def test_an_event_of_a_later_version_is_shown_as_unknown(deployment: Deployment) -> None:
    class Later(LoginFailed):
        TYPE = "prasasti.later.happened.v1"

    deployment.record(Later(at=clock.now(), actor=SYSTEM))
    assert [r.told for r in _read(deployment, reader.events_of)] == [reader.UNKNOWN]


def test_the_minutes_commit_to_exactly_the_ceremonys_leaves_in_order(deployment: Deployment) -> None:
    deployment.record(signed(), signed(ceremony=OTHER_CEREMONY), _closed())
    with pytest.raises(LogNotDrained) as refusal:
        _read(deployment, reader.ceremony_commitment, CEREMONY)
    assert refusal.value.facts == {"waiting": 2}
    deployment.drain_and_sign()
    leaves = _read(deployment, reader.ceremony_events, CEREMONY)
    assert [canonical.parse(leaf)["type"] for leaf in leaves] == [
        "prasasti.signature.signed.v1",
        "prasasti.ceremony.closed.v1",
    ]
    root = merkle.root_of(merkle.leaf_hash(leaf) for leaf in leaves).hex()
    assert _read(deployment, reader.ceremony_commitment, CEREMONY) == (2, root)
    assert _read(deployment, reader.ceremony_commitment, uuid4()) == (0, merkle.EMPTY.hex())


def test_a_sealed_ceremony_is_sound_even_when_mail_and_archive_follow(deployment: Deployment) -> None:
    deployment.record(signed(), _closed())
    deployment.drain_and_sign()
    sealed = _sealed(deployment)
    archived = DocumentArchived(
        at=clock.now(), actor=SYSTEM, ceremony=CEREMONY, document=DOCUMENT, base_sha256="ab" * 32, level="B-LTA"
    )
    deployment.record(_mail())
    deployment.record(sealed, archived, _mail())
    deployment.drain_and_sign()
    assert deployment.codes() == set()


@pytest.mark.parametrize(
    ("count", "root"), [(1, None), (3, None), (None, "00" * 32), (0, None), (-1, None), (99, None)]
)
def test_minutes_that_count_otherwise_are_found(deployment: Deployment, count: int | None, root: str | None) -> None:
    deployment.record(signed(), _closed())
    deployment.drain_and_sign()
    deployment.record(_sealed(deployment, count, root))
    deployment.drain_and_sign()
    assert "seal-wrong" in deployment.codes()


@pytest.mark.parametrize("late", [signed(), _closed(), returned("terlambat")], ids=lambda e: type(e).__name__)
def test_what_the_minutes_tell_cannot_happen_after_they_were_sealed(deployment: Deployment, late: Event) -> None:
    deployment.record(signed(), _closed())
    deployment.drain_and_sign()
    sealed = _sealed(deployment)
    deployment.record(sealed)
    deployment.record(late)
    deployment.drain_and_sign()
    assert deployment.codes() == {"seal-incomplete"}


def test_what_comes_between_counting_and_sealing_is_found_too(deployment: Deployment) -> None:
    deployment.record(signed(), _closed())
    deployment.drain_and_sign()
    sealed = _sealed(deployment)
    deployment.record(signed(), sealed)
    deployment.drain_and_sign()
    assert deployment.codes() == {"seal-incomplete"}


def test_minutes_sealed_twice_are_found(deployment: Deployment) -> None:
    deployment.record(signed(), _closed())
    deployment.drain_and_sign()
    deployment.record(_sealed(deployment), _sealed(deployment))
    deployment.drain_and_sign()
    assert deployment.codes() == {"seal-incomplete"}


def test_an_export_is_the_leaves_and_rebuilds_the_signed_root(deployment: Deployment) -> None:
    deployment.record(*(signed() for _ in range(5)), signed(ceremony=OTHER_CEREMONY))
    deployment.drain_and_sign()
    deployment.record(signed())
    lines = b"".join(_read(deployment, reader.export_jsonl)).splitlines()
    assert len(lines) == 6
    signed_note = open_checkpoint(deployment.path.read_text(encoding="utf-8"), deployment.key.public)
    assert merkle.root_of(merkle.leaf_hash(line) for line in lines) == signed_note.root
    assert len(_read(deployment, reader.export_jsonl, OTHER_CEREMONY)) == 1


def test_an_event_is_proved_under_the_signed_checkpoint_alone(deployment: Deployment) -> None:
    ids = deployment.record(*(signed() for _ in range(6)))
    with pytest.raises(NotYetSigned):
        _read(deployment, reader.inclusion_proof, ids[0])
    deployment.drain_and_sign()
    [late] = deployment.record(signed())
    sequencer.drain(deployment.database)
    with pytest.raises(NotYetSigned):
        _read(deployment, reader.inclusion_proof, late)
    for index, event_id in enumerate(ids):
        proof = _read(deployment, reader.inclusion_proof, event_id)
        note = open_checkpoint(proof.note, deployment.key.public)
        assert (proof.index, proof.size, note.size) == (index, 6, 6)
        assert merkle.verify_inclusion(index, note.size, merkle.leaf_hash(proof.body), proof.path, note.root)
        assert UUID(canonical.parse(proof.body)["id"]) == event_id
        assert proof.to_text().endswith(f"\n\n{proof.note}")
    with pytest.raises(NotFound):
        _read(deployment, reader.inclusion_proof, uuid4())


def test_only_what_we_stored_ourselves_is_a_recorded_revision(deployment: Deployment) -> None:
    offered = SignatureFailed(
        at=clock.now(), actor=HEAD, ceremony=CEREMONY, subject=Subject("pdf", "fa" * 32), reason="r", slot="s"
    )
    deployment.record(signed("1a" * 32), offered)
    found = [_read(deployment, reader.recorded, sha * 32) for sha in ("1a", "1A", "fa", "cd", "00")]
    assert found == [True, True, False, False, False]
