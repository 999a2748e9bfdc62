"""Decline to sign, or return the document for a correction: the two ways out that a signatory has beside signing."""

from collections.abc import Callable
from uuid import UUID

from backend.ceremonies import permissions, signatures, store
from backend.ceremonies.outcome import Outcome
from backend.ceremonies.tools import Tools
from backend.errors import NotFound, Refusal
from backend.people import store as people
from backend.people.store import Visit

LONGEST_REASON = 2000


class ReasonMissing(Refusal):
    """Staff cannot act on an empty reason."""

    code = "reason-missing"
    message = "Alasan belum ditulis, atau lebih panjang dari 2.000 huruf."
    remedy = "Tuliskan alasannya dengan singkat supaya petugas dapat menindaklanjuti."


def _refuse(tools: Tools, visit: Visit, document_id: UUID, reason: str, verb: Callable[..., Outcome]) -> None:
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise ReasonMissing
    with tools.database.writing() as session:
        person = people.person(session, visit.link.person_id)
        if person is None:
            raise NotFound
        ceremony = store.ceremony(session, person.ceremony_id, store.SHARE)
        document = store.document(session, document_id, lock=True)
        slot = permissions.check_can_refuse(ceremony, document, person)
        store.commit(session, tools.log, verb(document, slot.id, person, words, at=tools.now()))


def decline(tools: Tools, visit: Visit, document_id: UUID, reason: str) -> None:
    """Decline for good; raises ReasonMissing, AlreadySigned, NotInSigning or CeremonyOver and then changes nothing."""
    _refuse(tools, visit, document_id, reason, signatures.decline)


def return_(tools: Tools, visit: Visit, document_id: UUID, reason: str) -> None:
    """Ask for a correction; refusals as for `decline`."""
    _refuse(tools, visit, document_id, reason, signatures.return_)
