"""The rules of people in a ceremony: inviting, opening, identifying, signing, declining, attesting. Pure.

One outcome about a signature holds one document: the boundary of a signature is its document (DESIGN section 3).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from backend.audit import events
from backend.audit.events import Personal, Subject
from backend.ceremonies.ceremony import Witness, WitnessStatus
from backend.ceremonies.document import Document, DocumentStatus, Revision, RevisionKind, Slot, SlotRole, SlotStatus
from backend.ceremonies.lifecycle import DOCUMENT_MOVES, SLOT_MOVES, WITNESS_MOVES, move
from backend.ceremonies.outcome import Fact, Letter, Outcome, Progress
from backend.ceremonies.permissions import NothingToAttest, what_to_attest
from backend.errors import NotFound, Refusal
from backend.jobs.catalogue import Job, JobName
from backend.people.links import Link
from backend.people.person import Person

S = SlotStatus


class StaleRevision(Refusal):
    """Somebody else's signature came first: this one extends a revision that is no longer the newest."""

    code = "stale-revision"
    status = 409
    message = "Naskah baru saja bertambah satu tanda tangan lain, sehingga tanda tangan ini belum tercatat."
    remedy = "Muat ulang halaman, lalu tandatangani sekali lagi."


@dataclass(frozen=True)
class Shown:
    """The exact words somebody agreed to: the SHA-256 (hex) of the statements joined by LF, and their language."""

    sha256: str
    language: str


@dataclass(frozen=True)
class NewSignature:
    """A signature that passed acceptance: the bytes are in the vault, nothing is recorded yet."""

    base_sha256: str
    sha256: str
    size: int
    certificate_sha256: str
    level: str
    backend: str
    signed_at: datetime
    timestamp_at: datetime | None


def _with_slot(document: Document, slot: Slot) -> Document:
    return replace(document, slots=tuple(slot if s.id == slot.id else s for s in document.slots))


def invite_to_sign(person: Person, documents: tuple[Document, ...]) -> tuple[Fact, ...]:
    """Return what an invitation moves on: the person's waiting slots, and those of `documents` that are only frozen."""
    begun = tuple(
        replace(d, status=move(DOCUMENT_MOVES, d.status, "invite"))
        for d in documents
        if d.status is DocumentStatus.FROZEN
    )
    return (*begun, Progress(person.id, (S.WAITING,), S.INVITED))


def invite(
    person: Person, link: Link, facts: tuple[Fact, ...], message: str, *, by: events.Actor, at: datetime
) -> Outcome:
    """One person gets his link by mail; `facts` are the documents or attestations that it opens, already moved on."""
    event = events.InvitationRequested(
        at=at, actor=by, ceremony=person.ceremony_id, person=person.pseudonym, generation=link.generation
    )
    return Outcome((link, *facts), (event,), letters=(Letter(message, person.id),))


def open_link(person: Person, *, at: datetime) -> Outcome:
    """The person asked to begin: what was invited is opened now."""
    event = events.LinkOpened(at=at, actor=person.actor, ceremony=person.ceremony_id)
    return Outcome((Progress(person.id, (S.INVITED,), S.OPENED),), (event,))


def identify(person: Person, *, at: datetime) -> Outcome:
    """The one-time code matched: what was opened is identified now."""
    event = events.IdentityChecked(at=at, actor=person.actor, ceremony=person.ceremony_id, method="mail-code")
    return Outcome((Progress(person.id, (S.INVITED, S.OPENED), S.IDENTIFIED),), (event,))


def disown(person: Person, link: Link, *, at: datetime) -> Outcome:
    """The person reached says that it was not meant for him: the link is void."""
    event = events.LinkDisowned(at=at, actor=person.actor, ceremony=person.ceremony_id)
    return Outcome((replace(link, void=True),), (event,))


def record_signature(document: Document, slot_id: UUID, person: Person, new: NewSignature, *, at: datetime) -> Outcome:
    """A signature joins the document; the last one completes it.

    Raises StaleRevision when `new` does not extend the newest revision (invariant 1), MoveRefused when it is signed.
    """
    slot = document.slot(slot_id)
    if document.current is None or document.current.sha256 != new.base_sha256:
        raise StaleRevision(number=document.number)
    revision = Revision(new.sha256, RevisionKind.SIGNED, new.size, at, new.level, slot.id, new.certificate_sha256)
    after = replace(_with_slot(document, _signed(slot, new)), revisions=(*document.revisions, revision))
    told = _signature_told(document, slot, person, new, at)
    receipt = Letter("tanda-terima", person.id, document.id)
    if not after.complete:
        return Outcome((after,), (told,), letters=(receipt,))
    done = replace(after, status=move(DOCUMENT_MOVES, document.status, "complete"))
    completed = events.DocumentCompleted(
        at=at,
        actor=events.SYSTEM,
        ceremony=document.ceremony_id,
        document=document.id,
        subject=Subject("pdf", new.sha256),
    )
    job = Job(JobName.ARCHIVE, str(document.id), (("document", str(document.id)),))
    return Outcome((done,), (told, completed), (job,), (receipt,))


def _signed(slot: Slot, new: NewSignature) -> Slot:
    return replace(
        slot,
        status=move(SLOT_MOVES, slot.status, "sign"),
        signed_sha256=new.sha256,
        certificate_sha256=new.certificate_sha256,
        level=new.level,
        signed_at=new.signed_at,
        timestamp_at=new.timestamp_at,
    )


def _signature_told(
    document: Document, slot: Slot, person: Person, new: NewSignature, at: datetime
) -> events.SignatureSigned:
    return events.SignatureSigned(
        at=at,
        actor=person.actor,
        ceremony=document.ceremony_id,
        document=document.id,
        subject=Subject("pdf", new.sha256),
        slot=str(slot.role),
        base_sha256=new.base_sha256,
        certificate_sha256=new.certificate_sha256,
        level=new.level,
        backend=new.backend,
    )


def give_consent(document: Document, person: Person, shown: Shown, *, at: datetime) -> events.ConsentGiven:
    """Return the event that keeps the consent: to which bytes, to which words, in which language."""
    return events.ConsentGiven(
        at=at,
        actor=person.actor,
        ceremony=document.ceremony_id,
        document=document.id,
        subject=Subject("pdf", document.current.sha256) if document.current else None,
        text_sha256=shown.sha256,
        language=shown.language,
    )


def decline(document: Document, slot_id: UUID, person: Person, reason: str, *, at: datetime) -> Outcome:
    """The signatory declines; his reason is personal and the document goes no further."""
    slot = document.slot(slot_id)
    after = _with_slot(document, replace(slot, status=move(SLOT_MOVES, slot.status, "decline")))
    after = replace(after, status=move(DOCUMENT_MOVES, document.status, "decline"))
    event = events.SignatureDeclined(
        at=at,
        actor=person.actor,
        ceremony=document.ceremony_id,
        document=document.id,
        slot=str(slot.role),
        personal=(Personal(person.pseudonym, "reason", reason),),
    )
    receipt = Letter("tanda-terima-penolakan", person.id, document.id)
    return Outcome((after,), (event,), letters=(receipt,))


def return_(document: Document, slot_id: UUID, person: Person, reason: str, *, at: datetime) -> Outcome:
    """The signatory asks for a correction; what to correct is personal and the document goes back to staff."""
    slot = document.slot(slot_id)
    after = _with_slot(document, replace(slot, status=move(SLOT_MOVES, slot.status, "return")))
    after = replace(after, status=move(DOCUMENT_MOVES, document.status, "return"))
    event = events.DocumentReturned(
        at=at,
        actor=person.actor,
        ceremony=document.ceremony_id,
        document=document.id,
        personal=(Personal(person.pseudonym, "reason", reason),),
    )
    receipt = Letter("tanda-terima-penolakan", person.id, document.id)
    return Outcome((after,), (event,), letters=(receipt,))


def signed_list(documents: tuple[Document, ...]) -> str:
    """Return the list that a witness of the whole attests to: number, tab, SHA-256 signed by the head; one a line."""
    lines = []
    for document in documents:
        slot = document.slot_for(SlotRole.HEAD)
        if slot is not None and slot.signed_sha256 is not None:
            lines.append(f"{document.number}\t{slot.signed_sha256}\n")
    return "".join(sorted(lines))


def attestable(witness: Witness, documents: tuple[Document, ...]) -> str:
    """Return the SHA-256 (hex) there is to attest to: of the head's signed PDF, or of the list of all of them.

    Raises NothingToAttest while no head has signed.
    """
    if witness.document_id is not None:
        mine = next((d for d in documents if d.id == witness.document_id), None)
        if mine is None:
            raise NotFound
        return what_to_attest(mine)
    listed = signed_list(documents)
    if not listed:
        raise NothingToAttest
    return hashlib.sha256(listed.encode()).hexdigest()


def attest(witness: Witness, person: Person, sha256: str, shown: Shown, note: str = "", *, at: datetime) -> Outcome:
    """A witness attests to the SHA-256 that was signed (or, for the whole ceremony, to the list of all of them)."""
    after = replace(
        witness,
        status=move(WITNESS_MOVES, witness.status, "attest"),
        attested_sha256=sha256,
        statement_sha256=shown.sha256,
        at=at,
    )
    event = events.WitnessAttested(
        at=at,
        actor=person.actor,
        ceremony=witness.ceremony_id,
        document=witness.document_id,
        subject=Subject("pdf" if witness.document_id else "list", sha256),
        witness=person.pseudonym,
        statement_sha256=shown.sha256,
        language=shown.language,
        personal=(Personal(person.pseudonym, "note", note),) if note else (),
    )
    return Outcome((after,), (event,), letters=(Letter("tanda-terima-saksi", person.id),))


def cannot_attest(witness: Witness, person: Person, reason: str, *, at: datetime) -> Outcome:
    """A witness says that he cannot attest; why is personal."""
    after = replace(witness, status=move(WITNESS_MOVES, witness.status, "decline"), at=at)
    personal = (Personal(person.pseudonym, "reason", reason),) if reason else ()
    event = events.WitnessDeclined(
        at=at,
        actor=person.actor,
        ceremony=witness.ceremony_id,
        document=witness.document_id,
        witness=person.pseudonym,
        personal=personal,
    )
    return Outcome((after,), (event,), letters=(Letter("tanda-terima-saksi", person.id),))


def invite_witness(witness: Witness) -> Witness:
    """Return the witness as invited; one who came further keeps his state."""
    if witness.status is not WitnessStatus.WAITING:
        return witness
    return replace(witness, status=move(WITNESS_MOVES, witness.status, "invite"))
