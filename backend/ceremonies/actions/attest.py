"""Attest: a witness says what he saw, bound to a SHA-256 and to the exact words shown to him."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from backend.ceremonies import permissions, signatures, store
from backend.ceremonies.ceremony import Witness
from backend.ceremonies.document import Document
from backend.ceremonies.tools import Tools
from backend.errors import NotFound, Refusal
from backend.languages import translate
from backend.people import store as people
from backend.people.person import Person
from backend.people.store import Visit

LONGEST_NOTE = 2000

STATEMENTS = (
    "Saya hadir dan menyaksikan sendiri penandatanganan ini.",
    "Saya tidak melihat paksaan atau kekeliruan dalam penandatanganan ini.",
)


class StatementMissing(Refusal):
    """Not every statement was ticked."""

    code = "statement-missing"
    message = "Kedua pernyataan belum dicentang semuanya."
    remedy = "Centang kedua pernyataan, atau nyatakan tidak dapat memberi kesaksian."


class AttestedChanged(Refusal):
    """What there is to attest to is not what the page showed."""

    code = "attested-changed"
    status = 409
    message = "Sidik yang disaksikan berubah sejak halaman ini dibuka."
    remedy = "Muat ulang halaman, periksa kembali, lalu berikan kesaksian."


def statement_texts(language: str) -> tuple[str, ...]:
    """Return the exact statements shown to a witness."""
    return tuple(translate(text, language) for text in STATEMENTS)


@dataclass(frozen=True)
class Testimony:
    """What a witness sent: the SHA-256 his page showed, how many statements he ticked in which language, his note."""

    shown_sha256: str
    ticked: int
    language: str
    note: str = ""


def attest(tools: Tools, visit: Visit, testimony: Testimony) -> None:
    """Record the attestation of the visit's witness to exactly what his page showed.

    Raises StatementMissing, AttestedChanged, NothingToAttest, AlreadyAttested, NotIdentified, NotOpenYet or
    CeremonyOver, and then changes nothing.
    """
    if testimony.ticked != len(STATEMENTS):
        raise StatementMissing
    with tools.database.writing() as session:
        person, witness = _who(session, visit)
        ceremony = store.ceremony(session, person.ceremony_id, store.SHARE)
        permissions.check_can_attest(ceremony, witness, identified=visit.identified)
        sha256 = signatures.attestable(witness, _seen(session, witness))
        if sha256 != testimony.shown_sha256:
            raise AttestedChanged
        words = "\n".join(statement_texts(testimony.language)).encode()
        shown = signatures.Shown(hashlib.sha256(words).hexdigest(), testimony.language)
        note = testimony.note.strip()[:LONGEST_NOTE]
        store.commit(session, tools.log, signatures.attest(witness, person, sha256, shown, note, at=tools.now()))


def cannot_attest(tools: Tools, visit: Visit, reason: str) -> None:
    """Record that the visit's witness cannot attest; raises NotIdentified, CeremonyOver or MoveRefused."""
    if not visit.identified:
        raise permissions.NotIdentified
    with tools.database.writing() as session:
        person, witness = _who(session, visit)
        ceremony = store.ceremony(session, person.ceremony_id, store.SHARE)
        permissions.check_is_not_over(ceremony)
        outcome = signatures.cannot_attest(witness, person, reason.strip()[:LONGEST_NOTE], at=tools.now())
        store.commit(session, tools.log, outcome)


def _who(session: Session, visit: Visit) -> tuple[Person, Witness]:
    person = people.person(session, visit.link.person_id)
    witness = store.witness_of(session, visit.link.person_id, lock=True)
    if person is None or witness is None:
        raise NotFound
    return person, witness


def _seen(session: Session, witness: Witness) -> tuple[Document, ...]:
    document_id: UUID | None = witness.document_id
    if document_id is not None:
        return (store.document(session, document_id),)
    return store.documents_of(session, witness.ceremony_id)
