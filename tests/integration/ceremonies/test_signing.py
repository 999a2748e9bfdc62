"""Signing under contention: no signature is lost, none is made twice, none is made after the end."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from backend.ceremonies import permissions, store
from backend.ceremonies.actions import sign
from backend.ceremonies.document import Document, DocumentStatus, SlotRole, SlotStatus
from backend.ceremonies.permissions import AlreadySigned, CeremonyOver, DocumentChanged, NotIdentified
from backend.ceremonies.signatures import StaleRevision
from backend.errors import Refusal
from backend.people.store import Visit
from backend.signing.signer import Answer, Assignment, Challenge, Signed, Signer, WrongPassphrase
from tests.fakes import anything
from tests.integration.ceremonies.stage import Stage

BETWEEN = 30.0  # seconds after which a test that hangs fails


class Halting:
    """A signer that does something between the signature and its recording."""

    def __init__(self, real: Signer, then: Callable[[], object]) -> None:
        self._real = real
        self._then = then
        self.name = real.name

    def begin(self, assignment: Assignment) -> Challenge | Signed:
        return self._real.begin(assignment)

    def finish(self, challenge: Challenge, answer: Answer) -> Signed:
        signed = self._real.finish(challenge, answer)
        self._then()
        return signed


def signing(on: Stage, visit: Visit, document: Document, then: Callable[[], object] = lambda: None) -> str:
    """Sign, with `then` between signature and commit; return the code of the refusal, or `signed`."""
    tools = replace(on.tools, signer=anything(Halting(on.tools.signer, then)))
    try:
        sign.sign(tools, visit, on.intent(document))
    except Refusal as refusal:
        return refusal.code
    return "signed"


def one_chain(on: Stage, document: Document) -> None:
    """Hold that every revision of a document extends the one before it, byte for byte."""
    files = [on.tools.vault.get(revision.sha256) for revision in document.revisions]
    for before, after in itertools.pairwise(files):
        assert after.startswith(before)
        assert len(after) > len(before)


def test_of_two_signatures_at_the_same_time_one_is_recorded(on: Stage) -> None:
    on.open()
    (document,) = on.documents()
    visits = [on.visit(on.person_of(document)) for _ in range(2)]
    both = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda v: signing(on, v, document, lambda: both.wait(BETWEEN)), visits))
    assert sorted(ends) == sorted(["signed", StaleRevision.code])
    after = on.again(document)
    assert [str(revision.kind) for revision in after.revisions] == ["sealed", "signed"]
    assert on.events().count("signature.signed") == 1
    assert on.events().count("signature.failed") == 1
    one_chain(on, after)


def test_a_second_press_finds_it_signed_and_changes_nothing(on: Stage) -> None:
    on.open()
    (document,) = on.documents()
    visit = on.visit(on.person_of(document))
    assert signing(on, visit, document) == "signed"
    before = on.dump()
    assert signing(on, visit, on.again(document)) == AlreadySigned.code
    assert on.dump() == before


def test_both_parties_in_turn_complete_the_document(on: Stage) -> None:
    on.open()
    (document,) = on.documents()
    on.complete(document)
    after = on.again(document)
    assert after.status is DocumentStatus.COMPLETED
    assert [slot.status for slot in after.slots] == [SlotStatus.SIGNED] * 2
    one_chain(on, after)


def test_a_signature_that_is_on_its_way_when_it_closes_is_refused(on: Stage) -> None:
    on.open()
    (document,) = on.documents()
    visit = on.visit(on.person_of(document))
    assert signing(on, visit, document, on.close) == CeremonyOver.code
    after = on.again(document)
    assert (after.status, len(after.revisions)) == (DocumentStatus.EXPIRED, 1)
    assert after.slots[0].status is not SlotStatus.SIGNED
    assert on.events()[-1] == "signature.failed"


def test_whatever_the_race_with_closing_a_signature_is_before_it_or_refused(on: Stage) -> None:
    on.open(6)
    documents = on.documents()
    visits = [on.visit(on.person_of(document)) for document in documents]
    started = threading.Barrier(len(documents) + 1)

    def close() -> str:
        started.wait(BETWEEN)
        on.close()
        return "closed"

    def press(visit: Visit, document: Document) -> str:
        started.wait(BETWEEN)
        return signing(on, visit, document)

    with ThreadPoolExecutor(len(documents) + 1) as pool:
        closing = pool.submit(close)
        ends = list(pool.map(press, visits, documents))
    assert closing.result() == "closed"
    assert set(ends) <= {"signed", CeremonyOver.code}
    for document, end in zip(on.documents(), ends, strict=True):
        signed = document.slots[0].status is SlotStatus.SIGNED
        assert signed is (end == "signed")
        assert document.status is DocumentStatus.EXPIRED
    on.tools.bench.sequence()
    order = on.rows("SELECT e.type FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id ORDER BY l.seq")
    kinds = [str(row[0]) for row in order]
    closed = kinds.index("prasasti.ceremony.closed.v1")
    assert kinds[closed:].count("prasasti.signature.signed.v1") == 0
    assert kinds[:closed].count("prasasti.signature.signed.v1") == ends.count("signed")


def test_twenty_sign_at_the_same_time_without_waiting_for_each_other(on: Stage) -> None:
    on.open(20)
    documents = on.documents()
    visits = [on.visit(on.person_of(document)) for document in documents]
    together = threading.Barrier(len(documents))
    with ThreadPoolExecutor(len(documents)) as pool:
        ends = list(
            pool.map(lambda v, d: signing(on, v, d, lambda: together.wait(BETWEEN)), visits, documents, timeout=100)
        )
    assert ends == ["signed"] * len(documents)
    assert on.events().count("signature.signed") == len(documents)


def test_a_document_being_signed_holds_up_no_other_document(on: Stage) -> None:
    on.open(2)
    first, second = on.documents()
    visits = [on.visit(on.person_of(document)) for document in (first, second)]
    if on.tools.database.sqlite:
        # One writer at a time: what counts there is that the key is used with no lock held.
        ends: list[Any] = []
        signing(on, visits[0], first, lambda: ends.append(signing(on, visits[1], second)))
        assert ends == ["signed"]
        return
    with on.tools.database.writing() as session:
        permissions.check_is_open(store.ceremony(session, on.ceremony, store.SHARE))
        store.document(session, first.id, lock=True)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(signing, on, visits[1], second).result(BETWEEN) == "signed"


@pytest.mark.parametrize("role", SlotRole)
def test_a_wrong_passphrase_is_recorded_and_changes_nothing_else(on: Stage, role: SlotRole) -> None:
    on.open()
    (document,) = on.documents()
    if role is SlotRole.MINISTRY:
        on.sign(document)
    visit = on.visit(on.person_of(document, role))
    before = on.again(document)
    with pytest.raises(WrongPassphrase):
        sign.sign(on.tools, visit, on.intent(before, "frasa yang salah"))
    assert on.again(document) == before
    assert on.events()[-1] == "signature.failed"


def test_what_was_read_is_what_is_signed(on: Stage) -> None:
    on.open()
    (document,) = on.documents()
    visit = on.visit(on.person_of(document))
    document = on.again(document)
    with pytest.raises(DocumentChanged):
        sign.sign(on.tools, visit, replace(on.intent(document), read_sha256="0" * 64))
    with pytest.raises(sign.ConsentMissing):
        sign.sign(on.tools, visit, replace(on.intent(document), consents=2))
    with pytest.raises(NotIdentified):
        sign.sign(on.tools, on.visit(on.person_of(document), identified=False), on.intent(document))
    assert on.again(document) == document
