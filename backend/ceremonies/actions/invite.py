"""Invite everybody whose documents are frozen, or send one person a new link."""

from uuid import UUID

from sqlmodel import Session
from uuid_utils.compat import uuid7

from backend.ceremonies import permissions, signatures, store
from backend.ceremonies.ceremony import Ceremony, WitnessStatus
from backend.ceremonies.document import Document, DocumentStatus, SlotStatus
from backend.ceremonies.outcome import Fact
from backend.ceremonies.tools import Tools
from backend.errors import NotFound
from backend.people import links
from backend.people import store as people
from backend.people.links import Link
from backend.people.person import Account, Part, Person

_INVITABLE = {DocumentStatus.FROZEN, DocumentStatus.IN_SIGNING}


def invite(tools: Tools, account: Account, ceremony_id: UUID) -> int:
    """Mail a link to each person of a frozen document who has none yet; return how many were invited now.

    Raises Forbidden or CeremonyOver. Doing it again invites only who was added since: nobody gets two first mails.
    """
    permissions.check_can_organise(account)
    with tools.database.reading() as session:
        permissions.check_is_not_over(store.ceremony(session, ceremony_id))
        everybody = people.people_of(session, ceremony_id)
        waiting = [p for p in everybody.values() if people.link_of(session, p.id) is None]
    return sum(_invite_one(tools, account, person) for person in waiting)


def _invite_one(tools: Tools, account: Account, person: Person) -> bool:
    at = tools.now()
    with tools.database.writing() as session:
        ceremony = store.ceremony(session, person.ceremony_id, store.SHARE)
        permissions.check_is_not_over(ceremony)
        if people.link_of(session, person.id) is not None:
            return False
        facts = _opened_by(session, ceremony, person)
        if not facts:
            return False
        until = permissions.link_until(ceremony)
        link = links.new_link(tools.link_key, uuid7(), person.id, ceremony.id, until)
        outcome = signatures.invite(person, link, facts, _message(session, person), by=account.actor, at=at)
        store.commit(session, tools.log, outcome)
    return True


def _opened_by(session: Session, ceremony: Ceremony, person: Person) -> tuple[Fact, ...]:
    """Return what the person's link will open, moved on to invited; empty while nothing of his is frozen."""
    if person.part is Part.WITNESS:
        witness = store.witness_of(session, person.id, lock=True)
        if witness is None or not _frozen_for(session, ceremony, witness.document_id):
            return ()
        return (signatures.invite_witness(witness),)
    mine = store.documents_for(session, person.id, lock=True)
    ready = tuple(d for d in mine if d.status in _INVITABLE)
    return signatures.invite_to_sign(person, ready) if ready else ()


def _frozen_for(session: Session, ceremony: Ceremony, document_id: UUID | None) -> bool:
    documents = (store.document(session, document_id),) if document_id else store.documents_of(session, ceremony.id)
    return any(d.current is not None for d in documents)


def _message(session: Session, person: Person) -> str:
    if person.part is Part.HEAD:
        return "undangan-penanda-tangan"
    if person.part is Part.OFFICIAL:
        return "undangan-pejabat"
    witness = store.witness_of(session, person.id)
    whole = witness is not None and witness.document_id is None
    return "undangan-saksi-seremoni" if whole else "undangan-saksi"


def resend(tools: Tools, account: Account, person_id: UUID) -> None:
    """Send one person a new link; every older one of his stops working. Raises Forbidden, NotFound or CeremonyOver."""
    permissions.check_can_organise(account)
    at = tools.now()
    with tools.database.writing() as session:
        person = people.person(session, person_id)
        link = people.link_of(session, person_id)
        if person is None or link is None:
            raise NotFound
        ceremony = store.ceremony(session, person.ceremony_id, store.SHARE)
        permissions.check_is_not_over(ceremony)
        renewed: Link = link.renewed(tools.link_key, permissions.link_until(ceremony))
        outcome = signatures.invite(person, renewed, (), "kirim-ulang", by=account.actor, at=at)
        store.commit(session, tools.log, outcome)


def remind(tools: Tools, account: Account, ceremony_id: UUID) -> int:
    """Send a new link to every signatory and witness who was invited and has done nothing yet; return how many."""
    with tools.database.reading() as session:
        late = _late(store.documents_of(session, ceremony_id))
        late |= {w.person_id for w in store.witnesses_of(session, ceremony_id) if w.status is WitnessStatus.INVITED}
    for person_id in late:
        resend(tools, account, person_id)
    return len(late)


def _late(documents: tuple[Document, ...]) -> set[UUID]:
    return {
        slot.person_id
        for document in documents
        if document.status is DocumentStatus.IN_SIGNING
        for slot in document.slots
        if slot.status is SlotStatus.INVITED
    }
