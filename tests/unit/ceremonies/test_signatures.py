"""The rules of a signature: it extends one exact revision, the last one completes, none is made twice."""

import hashlib
from dataclasses import replace

import pytest

from backend.audit import events
from backend.ceremonies import signatures
from backend.ceremonies.ceremony import WitnessStatus
from backend.ceremonies.document import Document, DocumentStatus, RevisionKind, SlotStatus
from backend.ceremonies.lifecycle import MoveRefused
from backend.ceremonies.outcome import Progress
from backend.ceremonies.permissions import NothingToAttest
from backend.ceremonies.signatures import StaleRevision
from backend.errors import NotFound
from backend.jobs.catalogue import JobName
from backend.people.person import Part
from tests import factories
from tests.factories import LATER, hex_of, new_signature

CEREMONY = factories.ceremony()
HEAD = factories.person(CEREMONY.id)
OFFICIAL = factories.person(CEREMONY.id, Part.OFFICIAL)
SEALED, BY_HEAD, BY_BOTH = hex_of(1), hex_of(2), hex_of(3)


def fresh() -> Document:
    return factories.in_signing(CEREMONY.id, HEAD, OFFICIAL)


def signed_by_head(document: Document) -> Document:
    outcome = signatures.record_signature(
        document, document.slots[0].id, HEAD, new_signature(SEALED, BY_HEAD), at=LATER
    )
    (after,) = outcome.facts
    assert isinstance(after, Document)
    return after


def test_a_signature_joins_the_document_and_is_told() -> None:
    document = fresh()
    outcome = signatures.record_signature(
        document, document.slots[0].id, HEAD, new_signature(SEALED, BY_HEAD), at=LATER
    )
    (after,) = outcome.facts
    assert isinstance(after, Document)
    assert after.status is DocumentStatus.IN_SIGNING
    assert [r.sha256 for r in after.revisions] == [SEALED, BY_HEAD]
    assert after.revisions[-1].kind is RevisionKind.SIGNED
    assert after.slots[0].signed_sha256 == BY_HEAD
    assert after.slots[1] == document.slots[1]
    (told,) = outcome.events
    assert isinstance(told, events.SignatureSigned)
    assert (told.base_sha256, told.subject) == (SEALED, events.Subject("pdf", BY_HEAD))
    assert outcome.jobs == ()
    assert [(letter.message, letter.person_id) for letter in outcome.letters] == [("tanda-terima", HEAD.id)]


def test_the_last_signature_completes_and_asks_for_the_archive_once() -> None:
    document = signed_by_head(fresh())
    outcome = signatures.record_signature(
        document, document.slots[1].id, OFFICIAL, new_signature(BY_HEAD, BY_BOTH), at=LATER
    )
    (after,) = outcome.facts
    assert isinstance(after, Document)
    assert (after.status, after.complete, after.turn) == (DocumentStatus.COMPLETED, True, None)
    assert [type(event) for event in outcome.events] == [events.SignatureSigned, events.DocumentCompleted]
    assert [(job.name, job.key) for job in outcome.jobs] == [(JobName.ARCHIVE, str(document.id))]


@pytest.mark.parametrize("base", [SEALED, BY_BOTH], ids=["older", "unknown"])
def test_a_signature_over_another_revision_is_stale(base: str) -> None:
    document = signed_by_head(fresh())
    before = replace(document)
    with pytest.raises(StaleRevision) as refused:
        signatures.record_signature(document, document.slots[1].id, OFFICIAL, new_signature(base, BY_BOTH), at=LATER)
    assert document.number in refused.value.facts.values()
    assert document == before


def test_a_signed_slot_refuses_another_signature() -> None:
    document = signed_by_head(fresh())
    with pytest.raises(MoveRefused):
        signatures.record_signature(document, document.slots[0].id, HEAD, new_signature(BY_HEAD, BY_BOTH), at=LATER)


@pytest.mark.parametrize("status", [s for s in SlotStatus if s is not SlotStatus.IDENTIFIED])
def test_only_an_identified_signatory_signs(status: SlotStatus) -> None:
    document = fresh()
    document = replace(document, slots=(replace(document.slots[0], status=status), document.slots[1]))
    with pytest.raises(MoveRefused):
        signatures.record_signature(document, document.slots[0].id, HEAD, new_signature(SEALED, BY_HEAD), at=LATER)


def test_a_slot_of_another_document_is_not_found() -> None:
    with pytest.raises(NotFound):
        signatures.record_signature(fresh(), fresh().slots[0].id, HEAD, new_signature(SEALED, BY_HEAD), at=LATER)


@pytest.mark.parametrize("verb", [signatures.decline, signatures.return_])
def test_the_reason_of_a_refusal_is_personal(verb: object) -> None:
    document = fresh()
    assert callable(verb)
    outcome = verb(document, document.slots[0].id, HEAD, "Alasan rekaan yang rahasia", at=LATER)
    (event,) = outcome.events
    assert [(p.subject, p.value) for p in event.personal] == [(HEAD.pseudonym, "Alasan rekaan yang rahasia")]
    assert outcome.facts[0].slots[1] == document.slots[1]


def test_an_invitation_moves_waiting_slots_only_and_mails_the_link() -> None:
    frozen = factories.document(CEREMONY.id, DocumentStatus.FROZEN)
    facts = signatures.invite_to_sign(HEAD, (frozen,))
    assert facts[-1] == Progress(HEAD.id, (SlotStatus.WAITING,), SlotStatus.INVITED)
    link = factories.link(HEAD)
    outcome = signatures.invite(HEAD, link, facts, "undangan-penanda-tangan", by=HEAD.actor, at=LATER)
    assert [letter.person_id for letter in outcome.letters] == [HEAD.id]
    assert outcome.facts[0] == link


def test_a_disowned_link_is_void() -> None:
    outcome = signatures.disown(HEAD, factories.link(HEAD), at=LATER)
    assert [getattr(fact, "void", None) for fact in outcome.facts] == [True]
    assert [type(event) for event in outcome.events] == [events.LinkDisowned]


def test_the_list_of_signed_documents_is_sorted_and_leaves_out_the_unsigned() -> None:
    later = replace(signed_by_head(fresh()), number="B-002/CONTOH")
    sooner = replace(signed_by_head(fresh()), number="B-001/CONTOH")
    expected = f"B-001/CONTOH\t{BY_HEAD}\nB-002/CONTOH\t{BY_HEAD}\n"
    assert signatures.signed_list((later, fresh(), sooner)) == expected
    assert signatures.signed_list((sooner, later)) == expected


def test_a_local_witness_attests_to_what_his_head_signed_and_never_before() -> None:
    document, other = fresh(), signed_by_head(fresh())
    witness = factories.witness(CEREMONY.id, document_id=document.id)
    with pytest.raises(NothingToAttest):
        signatures.attestable(witness, (document, other))
    assert signatures.attestable(witness, (signed_by_head(document), other)) == BY_HEAD
    with pytest.raises(NotFound):
        signatures.attestable(witness, (other,))


def test_a_witness_of_the_whole_attests_to_the_list_and_never_to_an_empty_one() -> None:
    witness = factories.witness(CEREMONY.id)
    with pytest.raises(NothingToAttest):
        signatures.attestable(witness, (fresh(),))
    documents = (signed_by_head(fresh()), signed_by_head(fresh()))
    listed = signatures.signed_list(documents)
    assert signatures.attestable(witness, documents) == hashlib.sha256(listed.encode()).hexdigest()


def test_a_testimony_is_bound_to_the_words_and_the_bytes() -> None:
    witness = factories.witness(CEREMONY.id, document_id=fresh().id, status=WitnessStatus.IDENTIFIED)
    shown = signatures.Shown(hex_of(5), "en")
    outcome = signatures.attest(witness, HEAD, BY_HEAD, shown, "catatan rekaan", at=LATER)
    (event,) = outcome.events
    assert isinstance(event, events.WitnessAttested)
    assert (event.subject, event.statement_sha256, event.language) == (events.Subject("pdf", BY_HEAD), hex_of(5), "en")
    assert [p.value for p in event.personal] == ["catatan rekaan"]
    assert outcome.facts == (
        replace(witness, status=WitnessStatus.ATTESTED, attested_sha256=BY_HEAD, statement_sha256=hex_of(5), at=LATER),
    )


@pytest.mark.parametrize("status", WitnessStatus)
def test_an_invitation_never_takes_a_witness_back(status: WitnessStatus) -> None:
    witness = factories.witness(CEREMONY.id, status=status)
    expected = WitnessStatus.INVITED if status is WitnessStatus.WAITING else status
    assert signatures.invite_witness(witness).status is expected
