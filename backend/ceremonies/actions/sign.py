"""Sign a document: rules, the key (slow, no lock held), acceptance, one commit under the document's lock."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from backend.audit import events
from backend.ceremonies import permissions, signatures, store
from backend.ceremonies.ceremony import Ceremony
from backend.ceremonies.document import Document, Slot
from backend.ceremonies.signatures import NewSignature
from backend.ceremonies.tools import Tools
from backend.errors import NotFound, Refusal
from backend.languages import translate
from backend.people import store as people
from backend.people.person import Person
from backend.people.store import Visit
from backend.signing import acceptance
from backend.signing.signer import Answer, Assignment, Challenge, Signed

CONSENTS = (
    "Saya telah membaca naskah ini dan menyetujui isinya.",
    "Saya berwenang menandatangani atas nama %(institution)s.",
    "Saya setuju naskah ditandatangani secara elektronik dan jejaknya disimpan sebagai bukti.",
)


class ConsentMissing(Refusal):
    """Not every statement was ticked."""

    code = "consent-missing"
    message = "Ketiga pernyataan belum dicentang semuanya."
    remedy = "Centang ketiga pernyataan untuk melanjutkan."


@dataclass(frozen=True)
class Intent:
    """What a signatory sent: which bytes he read, statements ticked in which language, his secret (never stored)."""

    document_id: UUID
    read_sha256: str
    consents: int
    language: str
    answer: Answer


@dataclass(frozen=True)
class _Case:
    ceremony: Ceremony
    document: Document
    person: Person
    slot: Slot


def consent_texts(language: str, institution: str) -> tuple[str, ...]:
    """Return the exact statements shown to a signatory who signs for `institution`."""
    return tuple(translate(text, language) % {"institution": institution} for text in CONSENTS)


def sign(tools: Tools, visit: Visit, intent: Intent) -> None:
    """Sign one document for the visit's person.

    Raises the refusals of `permissions.check_can_sign`, DocumentChanged, ServerKeyRefused, ConsentMissing, those of the
    signer and of acceptance, StaleRevision, and LogForked while the log cannot take the signature. A refused
    attempt is recorded and changes nothing else.
    """
    if intent.consents != len(CONSENTS):
        raise ConsentMissing
    tools.log.check()
    case = _load(tools, visit, intent.document_id)
    try:
        permissions.check_unchanged(case.document, intent.read_sha256)
        permissions.check_key_place(case.ceremony, tools.signer.name)
        signed = _with_key(tools, case, intent.answer)
        new = _accept(tools, case, signed)
        tools.vault.put(signed.pdf)
        _record(tools, case, new, intent.language)
    except Refusal as refusal:
        _record_refusal(tools, case, refusal.code)
        raise


def _load(tools: Tools, visit: Visit, document_id: UUID) -> _Case:
    with tools.database.reading() as session:
        person = people.person(session, visit.link.person_id)
        if person is None:
            raise NotFound
        ceremony = store.ceremony(session, person.ceremony_id)
        document = store.document(session, document_id)
    slot = permissions.check_can_sign(ceremony, document, person, identified=visit.identified)
    return _Case(ceremony, document, person, slot)


def _with_key(tools: Tools, case: _Case, answer: Answer) -> Signed:
    revision = case.document.current
    if revision is None:
        raise NotFound
    face = tools.vault.get(case.slot.face_sha256) if case.slot.face_sha256 else None
    assignment = Assignment(
        pdf=tools.vault.get(revision.sha256),
        field=case.slot.field,
        face=face,
        certificate_sha256=case.person.certificate_sha256,
        key=str(case.person.id),
    )
    result = tools.signer.begin(assignment)
    return tools.signer.finish(result, answer) if isinstance(result, Challenge) else result


def _accept(tools: Tools, case: _Case, signed: Signed) -> NewSignature:
    accepted = acceptance.check_signed(
        tools.vault.get(signed.base_sha256),
        signed.pdf,
        field=case.slot.field,
        certificate_sha256=case.person.certificate_sha256,
        at=tools.now(),
        trust=tools.trust,
    )
    return NewSignature(
        base_sha256=signed.base_sha256,
        sha256=signed.sha256,
        size=len(signed.pdf),
        certificate_sha256=accepted.certificate_sha256,
        level=accepted.level,
        backend=tools.signer.name,
        signed_at=tools.now(),
        timestamp_at=accepted.timestamp_at,
    )


def _record(tools: Tools, case: _Case, new: NewSignature, language: str) -> None:
    texts = "\n".join(consent_texts(language, case.person.institution))
    shown = signatures.Shown(hashlib.sha256(texts.encode()).hexdigest(), language)
    with tools.database.writing() as session:
        permissions.check_is_open(store.ceremony(session, case.ceremony.id, store.SHARE))
        document = store.document(session, case.document.id, lock=True)
        slot = document.slot(case.slot.id)
        consent = signatures.give_consent(document, case.person, shown, at=tools.now())
        outcome = signatures.record_signature(document, slot.id, case.person, new, at=tools.now())
        store.record(session, tools.log, consent)
        store.commit(session, tools.log, outcome)


def _record_refusal(tools: Tools, case: _Case, reason: str) -> None:
    event = events.SignatureFailed(
        at=tools.now(),
        actor=case.person.actor,
        ceremony=case.ceremony.id,
        document=case.document.id,
        outcome=events.Result.DENIED,
        reason=reason,
        slot=str(case.slot.role),
    )
    with tools.database.writing() as session:
        store.record(session, tools.log, event)
