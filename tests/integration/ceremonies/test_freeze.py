"""Freezing: once for each request, whatever happens meanwhile; a failure is told and may be tried again."""

from dataclasses import replace

import pytest

from backend.ceremonies.actions import conduct, freeze, invite
from backend.ceremonies.document import DocumentStatus, SlotRole, SlotStatus
from backend.ceremonies.permissions import BaseUrlMissing
from backend.documents.refusals import GlyphMissing
from tests.integration.ceremonies.stage import Stage


def test_a_repeated_freeze_is_done_once(on: Stage) -> None:
    on.freeze()
    (document,) = on.documents()
    before = on.dump()
    freeze.freeze_document(on.tools, str(document.id))
    assert on.dump() == before
    assert on.events().count("document.frozen") == 1
    assert document.status is DocumentStatus.FROZEN


def test_two_workers_at_the_same_document_freeze_it_once(on: Stage) -> None:
    on.create()
    freeze.freeze(on.tools, on.account, on.ceremony)
    (document,) = on.documents()
    on.renderer.meanwhile = lambda: _once(on, str(document.id))
    on.work()
    (frozen,) = on.documents()
    assert frozen.status is DocumentStatus.FROZEN
    assert len(frozen.revisions) == 1
    assert on.events().count("document.frozen") == 1


def _once(on: Stage, document: str) -> None:
    on.renderer.meanwhile = lambda: None
    freeze.freeze_document(on.tools, document)


def test_who_identified_while_another_document_froze_stays_identified(on: Stage) -> None:
    on.create(2)
    freeze.freeze(on.tools, on.account, on.ceremony)
    second = [job for job in on.queued() if job.startswith("freeze")][-1]
    on.done.add(second)
    on.work()
    on.done.discard(second)

    def invited_meanwhile() -> None:
        on.renderer.meanwhile = lambda: None
        invite.invite(on.tools, on.account, on.ceremony)
        on.visit(on.person_of(on.documents()[0], SlotRole.MINISTRY))

    on.renderer.meanwhile = invited_meanwhile
    on.work()
    for document in on.documents():
        slot = document.slot_for(SlotRole.MINISTRY)
        assert slot is not None
        assert slot.status is SlotStatus.IDENTIFIED
        assert slot.face_sha256 is not None


def test_a_document_that_expired_meanwhile_is_not_frozen(on: Stage) -> None:
    on.create()
    freeze.freeze(on.tools, on.account, on.ceremony)
    conduct.open_(on.tools, on.account, on.ceremony)
    on.renderer.meanwhile = on.close
    on.work()
    (document,) = on.documents()
    assert (document.status, document.revisions) == (DocumentStatus.EXPIRED, ())
    assert "document.frozen" not in on.events()


def test_a_fault_of_the_facts_is_kept_with_its_code_and_tried_again(on: Stage) -> None:
    on.create()

    def fail() -> None:
        on.renderer.meanwhile = lambda: None
        raise GlyphMissing(field="kepala.nama", characters="?")

    on.renderer.meanwhile = fail
    freeze.freeze(on.tools, on.account, on.ceremony)
    on.work()
    (failed,) = on.documents()
    assert (failed.status, failed.failure) == (DocumentStatus.FREEZE_FAILED, GlyphMissing.code)
    freeze.freeze(on.tools, on.account, on.ceremony)
    on.work()
    (frozen,) = on.documents()
    assert (frozen.status, frozen.failure, frozen.attempt) == (DocumentStatus.FROZEN, None, 2)


def test_without_a_public_address_nothing_is_asked_for(on: Stage) -> None:
    on.create()
    before = on.dump()
    with pytest.raises(BaseUrlMissing):
        freeze.freeze(replace(on.tools, base_url=""), on.account, on.ceremony)
    assert on.dump() == before
