"""Tables of transitions: every verb from every status moves as its table says, or is refused and changes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit import events
from backend.audit.events import SYSTEM
from backend.ceremonies import lifecycle, signatures
from backend.ceremonies.ceremony import Ceremony, CeremonyStatus, Witness, WitnessStatus
from backend.ceremonies.document import Document, DocumentStatus, Revision, RevisionKind, SlotStatus
from backend.ceremonies.lifecycle import (
    CEREMONY_MOVES,
    DOCUMENT_MOVES,
    SLOT_MOVES,
    WITNESS_MOVES,
    MoveRefused,
)
from backend.ceremonies.outcome import Outcome
from tests import factories
from tests.factories import AT, LATER, hex_of

ACTOR = factories.account().actor
PERSON = factories.person(factories.ceremony().id)
ARCHIVED = Revision(hex_of(9), RevisionKind.ARCHIVED, 3000, LATER, "B-LTA")
SHOWN = signatures.Shown(hex_of(5), "id")
Table = Mapping[Any, Mapping[str, Any]]

CEREMONY_VERBS: dict[str, Callable[[Ceremony], Outcome]] = {
    "schedule": lambda c: lifecycle.schedule(c, actor=ACTOR, at=AT),
    "open": lambda c: lifecycle.open_(c, actor=ACTOR, at=AT),
    "pause": lambda c: lifecycle.pause(c, actor=ACTOR, at=AT),
    "resume": lambda c: lifecycle.resume(c, actor=ACTOR, at=AT),
    "cancel": lambda c: lifecycle.cancel(c, actor=ACTOR, at=AT),
    "close": lambda c: lifecycle.close(c, (), actor=ACTOR, at=AT),
    "seal": lambda c: lifecycle.record_minutes(c, hex_of(1), 7, hex_of(2), at=AT),
}


def _last_signature(document: Document) -> Outcome:
    first, last = document.slots
    signed = replace(first, status=SlotStatus.SIGNED, signed_sha256=hex_of(1))
    ready = replace(last, status=SlotStatus.IDENTIFIED)
    known = document.revisions or (factories.sealed(),)
    document = replace(document, slots=(signed, ready), revisions=known)
    new = factories.new_signature(known[-1].sha256, hex_of(8))
    return signatures.record_signature(document, last.id, PERSON, new, at=LATER)


def _way_out(document: Document, verb: Callable[..., Outcome]) -> Outcome:
    slot = replace(document.slots[0], status=SlotStatus.OPENED)
    document = replace(document, slots=(slot, *document.slots[1:]))
    return verb(document, slot.id, PERSON, "alasan rekaan", at=LATER)


def _sealed(document: Document) -> Document:
    return replace(document, revisions=(factories.sealed(),))


DOCUMENT_VERBS: dict[str, Callable[[Document], Outcome]] = {
    "freeze": lambda d: lifecycle.request_freeze(d, actor=ACTOR, at=AT),
    "frozen": lambda d: lifecycle.record_freeze(d, _sealed(d), hex_of(3), at=AT),
    "fail": lambda d: lifecycle.record_freeze_failure(d, "template-error", at=AT),
    "complete": _last_signature,
    "return": lambda d: _way_out(d, signatures.return_),
    "decline": lambda d: _way_out(d, signatures.decline),
    "archive": lambda d: lifecycle.record_archive(d, ARCHIVED, hex_of(1), at=LATER),
}


def _status_after(outcome: Outcome) -> StrEnum:
    first = outcome.facts[0]
    assert isinstance(first, Ceremony | Document)
    return first.status


@given(st.sampled_from(CeremonyStatus), st.lists(st.sampled_from(sorted(CEREMONY_VERBS)), max_size=8))
def test_a_ceremony_moves_as_its_table_says_or_not_at_all(status: CeremonyStatus, verbs: list[str]) -> None:
    ceremony = factories.ceremony(status=status)
    for verb in verbs:
        expected = CEREMONY_MOVES[ceremony.status].get(verb)
        before = replace(ceremony)
        if expected is None:
            with pytest.raises(MoveRefused):
                CEREMONY_VERBS[verb](ceremony)
            assert ceremony == before
            continue
        outcome = CEREMONY_VERBS[verb](ceremony)
        assert outcome.events
        assert _status_after(outcome) is expected
        assert ceremony == before, "facts are frozen: a rule returns new ones"
        (ceremony,) = outcome.facts  # type: ignore[assignment] # because a verb of a ceremony returns one


@pytest.mark.parametrize("status", DocumentStatus)
@pytest.mark.parametrize("verb", DOCUMENT_VERBS)
def test_a_document_moves_as_its_table_says_or_not_at_all(status: DocumentStatus, verb: str) -> None:
    document = factories.document(factories.ceremony().id, status)
    expected = DOCUMENT_MOVES[status].get(verb)
    if expected is None:
        with pytest.raises(MoveRefused):
            DOCUMENT_VERBS[verb](document)
        return
    outcome = DOCUMENT_VERBS[verb](document)
    assert outcome.events
    assert _status_after(outcome) is expected


@pytest.mark.parametrize("status", DocumentStatus)
def test_an_invitation_begins_signing_for_frozen_documents_only(status: DocumentStatus) -> None:
    document = factories.document(factories.ceremony().id, status)
    begun = [fact for fact in signatures.invite_to_sign(PERSON, (document,)) if isinstance(fact, Document)]
    expected = DOCUMENT_MOVES[status].get("invite")
    assert [fact.status for fact in begun] == ([expected] if expected else [])


@pytest.mark.parametrize("status", WitnessStatus)
def test_a_witness_moves_as_the_table_says_or_not_at_all(status: WitnessStatus) -> None:
    witness = factories.witness(factories.ceremony().id, status=status)
    verbs: dict[str, Callable[[], Outcome]] = {
        "attest": lambda: signatures.attest(witness, PERSON, hex_of(4), SHOWN, at=LATER),
        "decline": lambda: signatures.cannot_attest(witness, PERSON, "", at=LATER),
    }
    for verb, act in verbs.items():
        expected = WITNESS_MOVES[status].get(verb)
        if expected is None:
            with pytest.raises(MoveRefused):
                act()
        else:
            (after,) = act().facts
            assert isinstance(after, Witness)
            assert after.status is expected


@pytest.mark.parametrize(
    ("table", "first", "later"),
    [
        (CEREMONY_MOVES, CeremonyStatus.DRAFT, set()),
        # Voiding a document and replacing a signatory have no verb yet; the log and the API know the words already.
        (DOCUMENT_MOVES, DocumentStatus.DRAFT, {DocumentStatus.VOIDED}),
        (SLOT_MOVES, SlotStatus.WAITING, {SlotStatus.REPLACED}),
        (WITNESS_MOVES, WitnessStatus.WAITING, set()),
    ],
    ids=["ceremony", "document", "slot", "witness"],
)
def test_every_status_can_be_reached(table: Table, first: StrEnum, later: set[StrEnum]) -> None:
    reached, ahead = {first}, [first]
    while ahead:
        for status in table[ahead.pop()].values():
            if status not in reached:
                reached.add(status)
                ahead.append(status)
    assert set(type(first)) - reached == later
    assert set(table) == set(type(first))


def test_what_has_ended_stays_as_it_is() -> None:
    assert {str(status) for status, moves in CEREMONY_MOVES.items() if not moves} == {"sealed", "cancelled"}
    documents = {"archived", "returned", "declined", "voided", "expired"}
    assert {str(status) for status, moves in DOCUMENT_MOVES.items() if not moves} == documents
    assert {str(s) for s, moves in SLOT_MOVES.items() if not moves} == {"signed", "returned", "declined", "replaced"}
    assert {str(s) for s, moves in WITNESS_MOVES.items() if not moves} == {"attested", "declined"}


def test_nothing_changes_without_an_event() -> None:
    with pytest.raises(ValueError, match="without an event"):
        Outcome((factories.ceremony(),), ())


def test_closing_expires_what_can_and_leaves_declined_and_returned_their_truth() -> None:
    ceremony = factories.ceremony(status=CeremonyStatus.PAUSED)
    documents = tuple(factories.document(ceremony.id, status) for status in DocumentStatus)
    outcome = lifecycle.close(ceremony, documents, actor=ACTOR, at=LATER)
    after, *expired = outcome.facts
    assert isinstance(after, Ceremony)
    assert (after.status, after.closed_at) == (CeremonyStatus.CLOSED, LATER)
    unfinished = {"draft", "freezing", "freeze_failed", "frozen", "in_signing"}
    assert {d.id for d in documents if d.status in unfinished} == {d.id for d in expired if isinstance(d, Document)}
    assert {d.status for d in expired if isinstance(d, Document)} == {DocumentStatus.EXPIRED}
    closing, *told = outcome.events
    assert isinstance(closing, events.CeremonyClosed)
    counted = (closing.completed, closing.expired, closing.declined, closing.returned)
    assert counted == (2, 5, 1, 1), "completed and archived count as completed; 9 of 11 are told, voided is none"
    assert {event.document for event in told} == {d.id for d in expired if isinstance(d, Document)}


def test_an_expired_document_tells_how_many_had_signed() -> None:
    ceremony = factories.ceremony(status=CeremonyStatus.OPEN)
    head, official = (factories.person(ceremony.id) for _ in range(2))
    document = factories.in_signing(ceremony.id, head, official)
    signed = signatures.record_signature(
        document, document.slots[0].id, head, factories.new_signature(hex_of(1), hex_of(2)), at=LATER
    ).facts[0]
    assert isinstance(signed, Document)
    _, told = lifecycle.close(ceremony, (signed,), actor=ACTOR, at=LATER).events
    assert isinstance(told, events.DocumentExpired)
    assert (told.signed, told.expected) == (1, 2)


def test_a_failed_freeze_is_asked_for_again_as_another_job() -> None:
    document = factories.document(factories.ceremony().id)
    first = lifecycle.request_freeze(document, actor=ACTOR, at=AT)
    failed = lifecycle.record_freeze_failure(first.facts[0], "glyph-missing", at=AT).facts[0]  # type: ignore[arg-type] # because it is the document
    assert isinstance(failed, Document)
    again = lifecycle.request_freeze(failed, actor=ACTOR, at=LATER)
    assert {job.id for job in first.jobs} & {job.id for job in again.jobs} == set()
    assert isinstance(again.facts[0], Document)
    assert again.facts[0].failure is None


def test_an_archive_adds_an_archive_revision_and_nothing_else() -> None:
    document = factories.document(factories.ceremony().id, DocumentStatus.COMPLETED)
    with pytest.raises(ValueError, match="archive"):
        lifecycle.record_archive(document, factories.sealed(), hex_of(1), at=LATER)
    (after,) = lifecycle.record_archive(document, ARCHIVED, hex_of(1), at=LATER).facts
    assert after == replace(document, status=DocumentStatus.ARCHIVED, revisions=(*document.revisions, ARCHIVED))


def test_minutes_are_sealed_by_the_system_with_count_and_root() -> None:
    ceremony = factories.ceremony(status=CeremonyStatus.CLOSED)
    outcome = lifecycle.record_minutes(ceremony, hex_of(1), 7, hex_of(2), at=LATER)
    (event,) = outcome.events
    assert isinstance(event, events.MinutesSealed)
    assert (event.actor, event.count, event.root) == (SYSTEM, 7, hex_of(2))
