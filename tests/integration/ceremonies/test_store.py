"""Rows and facts are the same thing twice, and what a rule decided is stored together or not at all."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from backend.audit import events
from backend.ceremonies import store
from backend.ceremonies.ceremony import Nature, WitnessStatus
from backend.ceremonies.document import DocumentStatus, Revision, RevisionKind, SlotStatus
from backend.ceremonies.outcome import Fact, Letter, Outcome, Progress
from backend.errors import NotFound
from backend.jobs.catalogue import Job, JobName
from backend.people import store as people
from backend.people.person import Part
from tests import factories
from tests.factories import AT, LATER, hex_of
from tests.integration.ceremonies.stage import Stage

CEREMONY = factories.ceremony(
    nature=Nature.REHEARSAL,
    opened_at=AT,
    closed_at=LATER,
    minutes_requested_at=LATER,
    sealed_at=LATER,
    minutes_sha256=hex_of(3),
)
HEAD = factories.person(CEREMONY.id, salutation="Ibu", language="en", certificate_sha256=hex_of(4))
OFFICIAL = factories.person(CEREMONY.id, Part.OFFICIAL)
WITNESS = factories.person(CEREMONY.id, Part.WITNESS)
FULL = replace(
    factories.in_signing(CEREMONY.id, HEAD, OFFICIAL),
    attempt=3,
    failure="glyph-missing",
    template_sha256=hex_of(5),
    recipe_sha256=hex_of(10),
    unsigned_sha256=hex_of(6),
    blocks_sha256=hex_of(7),
)
SIGNED = replace(
    FULL,
    slots=(
        replace(
            FULL.slots[0],
            status=SlotStatus.SIGNED,
            face_sha256=hex_of(8),
            signed_sha256=hex_of(9),
            certificate_sha256=hex_of(4),
            level="B-T",
            signed_at=LATER,
            timestamp_at=AT,
        ),
        FULL.slots[1],
    ),
    revisions=(
        *FULL.revisions,
        Revision(hex_of(9), RevisionKind.SIGNED, 9, LATER, "B-T", FULL.slots[0].id, hex_of(4)),
    ),
)
TESTIMONY = factories.witness(
    CEREMONY.id,
    WITNESS.id,
    FULL.id,
    status=WitnessStatus.ATTESTED,
    attested_sha256=hex_of(9),
    statement_sha256=hex_of(2),
    at=LATER,
)
LINK = factories.link(HEAD, void=True)
EVENT = events.CeremonyPaused(at=AT, actor=events.SYSTEM, ceremony=CEREMONY.id)
EVERYTHING: tuple[Fact, ...] = (CEREMONY, HEAD, OFFICIAL, WITNESS, FULL, SIGNED, TESTIMONY, LINK)


def keep(on: Stage, *facts: Fact) -> None:
    with on.tools.database.writing() as session:
        store.commit(session, on.tools.log, Outcome(facts, (EVENT,)))


def read(session: Session) -> tuple[object, ...]:
    return (
        store.ceremony(session, CEREMONY.id),
        people.person(session, HEAD.id),
        people.person(session, OFFICIAL.id),
        people.person(session, WITNESS.id),
        store.document(session, FULL.id),
        store.witness_of(session, WITNESS.id),
        people.link_of(session, HEAD.id),
    )


def test_every_fact_comes_back_as_it_was_stored(on: Stage) -> None:
    for _ in range(2):
        keep(on, *EVERYTHING)
        with on.tools.database.reading() as session:
            assert read(session) == (CEREMONY, HEAD, OFFICIAL, WITNESS, SIGNED, TESTIMONY, LINK)


def test_documents_are_found_by_every_name_they_have(on: Stage) -> None:
    keep(on, *EVERYTHING)
    with on.tools.database.reading() as session:
        assert store.document_by_code(session, SIGNED.code) == SIGNED
        assert store.document_by_sha256(session, hex_of(9)) == SIGNED
        assert store.document_by_sha256(session, hex_of(1)) == SIGNED
        assert store.documents_of(session, CEREMONY.id) == (SIGNED,)
        assert store.documents_for(session, OFFICIAL.id) == (SIGNED,)
        assert store.ceremony_by_code(session, CEREMONY.code) == CEREMONY
        assert store.document_by_code(session, "tidakada") is None
        with pytest.raises(NotFound):
            store.document(session, CEREMONY.id)
        with pytest.raises(NotFound):
            store.document_to_change(session, CEREMONY.id)


def test_revisions_are_only_added(on: Stage) -> None:
    keep(on, *EVERYTHING)
    shortened = replace(SIGNED, revisions=SIGNED.revisions[:1])
    keep(on, shortened)
    with on.tools.database.reading() as session:
        assert store.document(session, FULL.id).revisions == SIGNED.revisions


def test_progress_moves_only_what_stands_before_it(on: Stage) -> None:
    keep(on, *EVERYTHING)
    keep(on, Progress(HEAD.id, (SlotStatus.INVITED,), SlotStatus.OPENED))
    keep(on, Progress(OFFICIAL.id, (SlotStatus.INVITED, SlotStatus.IDENTIFIED), SlotStatus.OPENED))
    with on.tools.database.reading() as session:
        slots = store.document(session, FULL.id).slots
    assert [slot.status for slot in slots] == [SlotStatus.SIGNED, SlotStatus.OPENED]


def outcomes() -> dict[str, Outcome]:
    """Return outcomes of which one part cannot be stored."""
    good_job = Job(JobName.ARCHIVE, str(FULL.id), (("document", str(FULL.id)),))
    nobody = factories.person(CEREMONY.id)
    orphan = factories.document(factories.ceremony().id)
    letter = Letter("tanda-terima", HEAD.id)
    facts = (replace(CEREMONY, title="Lain"), replace(SIGNED, status=DocumentStatus.COMPLETED))
    untellable = replace(EVENT, actor=events.Actor("bukan pseudonim\ud800", events.Role.SYSTEM))
    return {
        "row": Outcome((*facts, orphan), (EVENT,), (good_job,), (letter,)),
        "letter": Outcome(facts, (EVENT,), (good_job,), (letter, Letter("tanda-terima", nobody.id))),
        "message": Outcome(facts, (EVENT,), (good_job,), (letter, Letter("tidak-ada", HEAD.id))),
        "event": Outcome(facts, (EVENT, untellable), (good_job,), (letter,)),
    }


@pytest.mark.parametrize("part", ["row", "letter", "message", "event"])
def test_what_cannot_be_stored_whole_is_not_stored_at_all(on: Stage, part: str) -> None:
    keep(on, *EVERYTHING)
    before, jobs = on.dump(), on.queued()
    with pytest.raises(Exception), on.tools.database.writing() as session:  # noqa: B017, PT011 because any failure must leave nothing
        store.commit(session, on.tools.log, outcomes()[part])
    assert on.dump() == before
    assert on.queued() == jobs


def test_a_job_that_was_queued_before_is_left_as_it_is(on: Stage) -> None:
    job = Job(JobName.ARCHIVE, str(FULL.id), (("document", str(FULL.id)),))
    keep(on, *EVERYTHING)
    for _ in range(2):
        with on.tools.database.writing() as session:
            store.commit(session, on.tools.log, Outcome((CEREMONY,), (EVENT,), (job,)))
    assert on.queued() == [job.id]
