"""Who may do what, and whose turn it is: each pair of facts has the first reason that a person would understand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.ceremonies import permissions
from backend.ceremonies.ceremony import Ceremony, CeremonyStatus, Nature, WitnessStatus
from backend.ceremonies.document import Document, DocumentStatus, SlotStatus
from backend.ceremonies.permissions import (
    AlreadyAttested,
    AlreadySigned,
    BaseUrlMissing,
    CeremonyOver,
    DocumentChanged,
    MinutesTooEarly,
    NotIdentified,
    NotInSigning,
    NotOpenYet,
    NotYourTurn,
    ServerKeyRefused,
    can,
)
from backend.errors import Forbidden, NotFound, Refusal
from backend.people.person import AccountRole, Part, Person
from tests import factories
from tests.factories import hex_of

OPEN = factories.ceremony(status=CeremonyStatus.OPEN)
HEAD = factories.person(OPEN.id)
OFFICIAL = factories.person(OPEN.id, Part.OFFICIAL)
OVER = {CeremonyStatus.CLOSED, CeremonyStatus.SEALED, CeremonyStatus.CANCELLED}


def document(status: DocumentStatus = DocumentStatus.IN_SIGNING, head: SlotStatus = SlotStatus.IDENTIFIED) -> Document:
    plain = factories.in_signing(OPEN.id, HEAD, OFFICIAL, status=status)
    return replace(plain, slots=(replace(plain.slots[0], status=head), plain.slots[1]))


def signing(ceremony: Ceremony, of: Document, who: Person, *, identified: bool = True) -> type[Refusal] | None:
    try:
        slot = permissions.check_can_sign(ceremony, of, who, identified=identified)
    except Refusal as refusal:
        return type(refusal)
    assert slot == of.slot_of(who.id)
    return None


@pytest.mark.parametrize("status", CeremonyStatus)
def test_signing_is_for_open_ceremonies(status: CeremonyStatus) -> None:
    expected = None if status is CeremonyStatus.OPEN else CeremonyOver if status in OVER else NotOpenYet
    assert signing(replace(OPEN, status=status), document(), HEAD) is expected


@pytest.mark.parametrize("status", [s for s in DocumentStatus if s is not DocumentStatus.IN_SIGNING])
def test_signing_is_for_documents_in_signing(status: DocumentStatus) -> None:
    assert signing(OPEN, document(status), HEAD) is NotInSigning


def test_each_signs_in_his_turn_once_and_only_his_own() -> None:
    assert signing(OPEN, document(), HEAD) is None
    assert signing(OPEN, document(), OFFICIAL) is NotYourTurn
    assert signing(OPEN, document(head=SlotStatus.SIGNED), HEAD) is AlreadySigned
    assert signing(OPEN, document(head=SlotStatus.SIGNED), OFFICIAL) is None
    assert signing(OPEN, document(), factories.person(OPEN.id)) is NotFound
    assert signing(OPEN, document(), HEAD, identified=False) is NotIdentified


def test_who_has_signed_learns_it_even_after_the_end() -> None:
    assert signing(replace(OPEN, status=CeremonyStatus.CLOSED), document(head=SlotStatus.SIGNED), HEAD) is AlreadySigned


def test_a_document_without_bytes_is_nobodys_to_read() -> None:
    unfrozen = factories.document(OPEN.id, slots=document().slots)
    with pytest.raises(NotFound):
        permissions.check_can_read(unfrozen, HEAD)
    readable = document()
    assert permissions.check_can_read(readable, HEAD) == readable.slots[0]


def test_only_the_revision_that_was_read_is_signed() -> None:
    permissions.check_unchanged(document(), hex_of(1))
    for read in (hex_of(2), "", hex_of(1).upper() + "0"):
        with pytest.raises(DocumentChanged):
            permissions.check_unchanged(document(), read)
    with pytest.raises(DocumentChanged):
        permissions.check_unchanged(factories.document(OPEN.id), "")


@pytest.mark.parametrize("nature", Nature)
def test_a_key_on_the_server_signs_only_what_does_not_count(nature: Nature) -> None:
    ceremony = replace(OPEN, nature=nature)
    assert can(permissions.check_key_place, ceremony, "pkcs12") is (nature is not Nature.REAL)
    assert can(permissions.check_key_place, ceremony, "pkcs11")
    if nature is Nature.REAL:
        with pytest.raises(ServerKeyRefused):
            permissions.check_key_place(ceremony, "pkcs12")


@pytest.mark.parametrize("status", CeremonyStatus)
def test_declining_is_possible_until_it_is_over(status: CeremonyStatus) -> None:
    ceremony = replace(OPEN, status=status)
    assert can(permissions.check_can_refuse, ceremony, document(), HEAD) is (status not in OVER)


def test_who_has_signed_cannot_take_it_back() -> None:
    with pytest.raises(AlreadySigned):
        permissions.check_can_refuse(OPEN, document(head=SlotStatus.SIGNED), HEAD)
    with pytest.raises(NotFound):
        permissions.check_can_refuse(OPEN, document(), factories.person(OPEN.id))


@pytest.mark.parametrize("status", WitnessStatus)
def test_a_witness_speaks_once_in_an_open_ceremony_after_his_code(status: WitnessStatus) -> None:
    witness = factories.witness(OPEN.id, status=status)
    spoken = status in {WitnessStatus.ATTESTED, WitnessStatus.DECLINED}
    assert can(permissions.check_can_attest, OPEN, witness, identified=True) is not spoken
    with pytest.raises(NotIdentified):
        permissions.check_can_attest(OPEN, witness, identified=False)
    if spoken:
        with pytest.raises(AlreadyAttested):
            permissions.check_can_attest(OPEN, witness, identified=True)
    with pytest.raises(NotOpenYet):
        permissions.check_can_attest(replace(OPEN, status=CeremonyStatus.PAUSED), witness, identified=True)


def test_an_auditor_changes_nothing() -> None:
    permissions.check_can_organise(factories.account(AccountRole.ORGANISER))
    with pytest.raises(Forbidden):
        permissions.check_can_organise(factories.account(AccountRole.AUDITOR))


def test_nothing_is_frozen_without_the_address_that_is_printed_for_ever() -> None:
    permissions.check_can_freeze(factories.ceremony(), "https://prasasti.contoh.invalid")
    with pytest.raises(BaseUrlMissing):
        permissions.check_can_freeze(factories.ceremony(), "")
    with pytest.raises(CeremonyOver):
        permissions.check_can_freeze(replace(OPEN, status=CeremonyStatus.CANCELLED), "https://prasasti.contoh.invalid")


def test_minutes_wait_for_every_archive() -> None:
    archived = document(DocumentStatus.ARCHIVED)
    permissions.check_can_seal_minutes((archived, document(DocumentStatus.EXPIRED)))
    with pytest.raises(MinutesTooEarly) as refused:
        permissions.check_can_seal_minutes((archived, *[document(DocumentStatus.COMPLETED)] * 3))
    assert refused.value.facts == {"count": 3}


def test_links_outlive_the_day_by_thirty_days() -> None:
    assert permissions.link_until(OPEN) - OPEN.starts_at == timedelta(days=30)
