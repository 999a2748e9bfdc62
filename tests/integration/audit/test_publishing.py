"""Publishing to cosigners: what is due and when, and that nobody who lies or is away stops or fools us."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend import clock
from backend.audit import cosigning, reader
from backend.audit.checkpoint import SigningKey
from backend.audit.cosigning import PolicyForeign, load_policy
from backend.audit.events import SYSTEM, CeremonyClosed, MinutesSealed, Subject
from backend.audit.merkle import leaf_hash
from backend.audit.policy import Cosigner, InvalidPolicy, Policy
from backend.audit.posting import NoReply, Reply
from backend.audit.proof import TlogProof
from tests.integration.audit.deployment import CEREMONY, Deployment, signed
from tests.integration.audit.institutions import START, Institutions, grow, honest, kept, told

STEP = timedelta(seconds=1)


def test_every_cosigner_signs_and_the_first_time_is_told(deployment: Deployment, institutions: Institutions) -> None:
    grow(deployment)
    assert institutions.run(institutions.publisher(), START) == 2
    standing = institutions.standing()
    assert (standing.given, standing.total, standing.needed, standing.met) == (2, 2, 2, True)
    assert [one.size for one in standing.cosigners] == [3, 3]
    assert told(deployment) == [("bpk cosigned", None), ("anri cosigned", None)]
    assert deployment.verify().sound


def test_news_of_cosigning_asks_for_no_cosigning(deployment: Deployment, institutions: Institutions) -> None:
    grow(deployment)
    publisher = institutions.publisher()
    at = START
    for _ in range(10):
        institutions.run(publisher, at)
        deployment.drain_and_sign()
        at += timedelta(minutes=1)
    assert kept(deployment) == [(3, "anri"), (3, "bpk")]
    assert institutions.sent == ["bpk", "anri"]
    assert institutions.standing().met


def test_it_is_published_at_most_every_ten_seconds(deployment: Deployment, institutions: Institutions) -> None:
    publisher = institutions.publisher()
    for second in range(31):
        grow(deployment, 1)
        institutions.run(publisher, START + second * STEP)
    assert len(institutions.sent) == 2 * 4  # at 0, 10, 20, 30


def closed() -> CeremonyClosed:
    return CeremonyClosed(
        at=clock.now(), actor=SYSTEM, ceremony=CEREMONY, completed=3, expired=0, declined=0, returned=0
    )


def sealed() -> MinutesSealed:
    return MinutesSealed(
        at=clock.now(), actor=SYSTEM, ceremony=CEREMONY, subject=Subject("pdf", "ab" * 32), count=0, root="00" * 32
    )


@pytest.mark.parametrize("urgent", [closed, sealed])
def test_it_is_published_at_once_when_a_ceremony_closes_or_is_sealed(
    deployment: Deployment, institutions: Institutions, urgent: Callable[[], Any]
) -> None:
    publisher = institutions.publisher()
    grow(deployment)
    institutions.run(publisher, START)
    deployment.record(urgent())
    assert institutions.run(publisher, START + STEP) == 0  # it has no number yet
    deployment.drain_and_sign()
    assert institutions.run(publisher, START + 2 * STEP) == 2
    assert institutions.run(publisher, START + 3 * STEP) == 0


def test_a_ceremony_stands_as_it_did_when_its_minutes_were_sealed(
    deployment: Deployment, institutions: Institutions
) -> None:
    deployment.record(signed(), closed(), sealed())
    deployment.drain_and_sign()
    institutions.run(institutions.publisher(), START)
    grow(deployment)
    with deployment.database.reading() as session:
        now = cosigning.ceremony_standing(session, institutions.policy, CEREMONY)
        nothing = cosigning.ceremony_standing(session, institutions.policy, UUID(int=1))
    assert now is not None
    assert (now.seq, now.given, now.met, nothing) == (2, 2, True, None)
    assert not institutions.standing().met


def test_a_proof_is_handed_out_under_the_note_that_most_have_cosigned(
    deployment: Deployment, institutions: Institutions
) -> None:
    ids = deployment.record(signed(), signed())
    deployment.drain_and_sign()
    institutions.answering["anri"] = lambda _body: NoReply("away")
    publisher = institutions.publisher()
    institutions.run(publisher, START)
    grow(deployment)
    institutions.answering["anri"] = honest(institutions.services["anri"])
    institutions.run(publisher, START + timedelta(minutes=1))
    grow(deployment)
    policy = institutions.policy
    with deployment.database.reading() as session:
        note = cosigning.note_for(session, policy, 1)
        assert note is not None
        examined = policy.examine(note)
        newest = cosigning.note_for(session, policy, reader.count_events(session) - 1)
        assert cosigning.note_for(session, policy, 10_000) is None
    assert (examined.checkpoint.size, examined.given, examined.met) == (6, 2, True)
    assert newest is not None
    assert policy.examine(newest).given == 0
    assert ids


def test_after_a_lost_answer_it_goes_on_from_what_the_cosigner_knows(
    deployment: Deployment, institutions: Institutions
) -> None:
    publisher = institutions.publisher()
    well = honest(institutions.services["bpk"])
    grow(deployment)

    def lost(body: bytes) -> NoReply:
        well(body)
        return NoReply("too-slow")

    institutions.answering["bpk"] = lost
    assert institutions.run(publisher, START) == 1
    institutions.answering["bpk"] = well
    grow(deployment)
    assert institutions.run(publisher, START + timedelta(minutes=1)) == 2
    assert (8 - 1, "bpk") in kept(deployment)
    assert [kind for kind, _ in told(deployment)] == ["anri cosigned", "bpk cosigned"]


def test_a_cosigner_that_lost_its_memory_is_told_and_taught_again(
    deployment: Deployment, institutions: Institutions, tmp_path: Path
) -> None:
    publisher = institutions.publisher()
    grow(deployment)
    institutions.run(publisher, START)
    old = (tmp_path / "lembaga" / "bpk" / "memory.db").read_bytes()
    grow(deployment)
    institutions.run(publisher, START + timedelta(minutes=1))
    (tmp_path / "lembaga" / "bpk" / "memory.db").write_bytes(old)
    grow(deployment)
    assert institutions.run(publisher, START + timedelta(minutes=2)) == 2
    assert told(deployment)[2:] == [("bpk cosign_failed", "cosigner-went-back"), ("bpk cosigned", None)]
    assert institutions.trouble("bpk") is None


def test_a_restarted_worker_tells_nothing_twice(deployment: Deployment, institutions: Institutions) -> None:
    institutions.answering["bpk"] = lambda _body: Reply(403, "text/plain", b"")
    for _ in range(3):
        grow(deployment, 1)
        institutions.run(institutions.publisher(), START)
    assert told(deployment) == [("bpk cosign_failed", "key-refused"), ("anri cosigned", None)]


def test_two_workers_keep_and_tell_once(deployment: Deployment, institutions: Institutions) -> None:
    first, second = institutions.publisher(), institutions.publisher()
    grow(deployment)
    well = honest(institutions.services["bpk"])

    def overtaken(body: bytes) -> Reply | NoReply:
        institutions.answering["bpk"] = well
        institutions.run(second, START)
        return well(body)

    institutions.answering["bpk"] = overtaken
    institutions.run(first, START)
    assert kept(deployment) == [(3, "anri"), (3, "bpk")]
    assert sorted(told(deployment)) == [("anri cosigned", None), ("bpk cosigned", None)]


def test_an_empty_log_asks_nobody_and_a_policy_of_nobody_is_met(
    deployment: Deployment, institutions: Institutions
) -> None:
    assert institutions.run(institutions.publisher(), START) == 0
    assert institutions.standing().seq == -1
    assert not institutions.standing().met
    grow(deployment)
    with deployment.database.reading() as session:
        standing = cosigning.standing(session, Policy.of(deployment.key.public, [], 0))
    assert (standing.given, standing.total, standing.met) == (0, 0, True)


def test_a_cosigner_without_an_address_is_shown_and_not_asked(
    deployment: Deployment, institutions: Institutions
) -> None:
    named = [Cosigner("bpk", institutions.services["bpk"].key.public)]
    policy = Policy.of(deployment.key.public, named, 1)
    grow(deployment)
    publisher = type(institutions.publisher())(deployment.database, deployment.log, policy, institutions.post)
    assert institutions.run(publisher, START) == 0
    with deployment.database.reading() as session:
        assert [one.covers for one in cosigning.standing(session, policy).cosigners] == [False]


def test_a_stored_cosignature_that_was_changed_counts_no_more(
    deployment: Deployment, institutions: Institutions
) -> None:
    grow(deployment)
    institutions.run(institutions.publisher(), START)
    other = institutions.services["anri"].key.cosign("lain\n", START)
    with deployment.tampering() as connection:
        changed = sa.text("UPDATE audit_cosignature SET line = :line WHERE name = 'penjaga.anri.invalid'")
        assert connection.execute(changed, {"line": other}).rowcount == 1
    assert institutions.standing().given == 1
    with deployment.database.reading() as session:
        assert cosigning.unproven(session, institutions.policy) == [(3, "penjaga.anri.invalid")]


def test_a_cosignature_cannot_be_changed_or_dropped_by_the_application(
    deployment: Deployment, institutions: Institutions
) -> None:
    grow(deployment)
    institutions.run(institutions.publisher(), START)
    for sql in ("UPDATE audit_cosignature SET line = 'x'", "DELETE FROM audit_cosignature"):
        with pytest.raises(sa.exc.DBAPIError), deployment.database.writing() as session:
            session.connection().execute(sa.text(sql))


def test_a_cosigned_proof_holds_offline(deployment: Deployment, institutions: Institutions) -> None:
    ids = deployment.record(signed(), signed())
    deployment.drain_and_sign()
    institutions.run(institutions.publisher(), START)
    with deployment.database.reading() as session:
        found = reader.inclusion_proof(session, ids[1])
        note = cosigning.cosigned_note(session, found.size)
        assert cosigning.cosigned_note(session, 999) == ""
    proof = TlogProof(found.index, found.path, note)
    assert TlogProof.from_text(proof.to_text()).verify(leaf_hash(found.body), institutions.policy).met


def test_a_policy_must_speak_of_this_log(deployment: Deployment, institutions: Institutions, tmp_path: Path) -> None:
    file = tmp_path / "log.policy"
    assert load_policy(file, deployment.key.public) == Policy.of(deployment.key.public, (), 0)
    file.write_text(institutions.policy.to_text(), "utf-8")
    assert load_policy(file, deployment.key.public) == institutions.policy
    with pytest.raises(PolicyForeign):
        load_policy(file, SigningKey.generate("lain.invalid").public)
    file.write_bytes(b"\xff")
    with pytest.raises(InvalidPolicy):
        load_policy(file, deployment.key.public)
