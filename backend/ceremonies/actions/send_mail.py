"""Send one message of the outbox (jobs `mail` and `code`): its words, its link's token and its code are made now."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from uuid import UUID

from sqlmodel import Session

from backend import regions
from backend.audit import events
from backend.ceremonies import store
from backend.ceremonies.actions import enclose
from backend.ceremonies.ceremony import Ceremony
from backend.ceremonies.document import Document
from backend.ceremonies.tools import Tools
from backend.errors import NotFound
from backend.mail import outbox
from backend.mail.delivery import MailRefused
from backend.mail.message import AddressUnusable, Attachment, Envelope
from backend.mail.outbox import MailState, Message, OutboxRow
from backend.people import identity, links
from backend.people import store as people
from backend.people.identity import CODE_LIFE, Code
from backend.people.links import Link
from backend.people.person import Part, Person


@dataclass(frozen=True)
class _Mailing:
    """What one message is about, read in one go."""

    row: OutboxRow
    person: Person
    ceremony: Ceremony
    link: Link | None
    documents: tuple[Document, ...]


def send_mail(tools: Tools, outbox: str) -> None:
    """Compose and hand over one message; safe to repeat, a message that was accepted is not sent again.

    Raises MailTryLater while the mail server is away (the engine tries again); a refusal for good is recorded.
    """
    tools.log.check()  # a letter that could not be recorded would be sent again
    mailing = _load(tools, UUID(outbox))
    if mailing is None:
        return
    try:
        letter = _compose(tools, mailing)
        tools.bench.postman.send(letter)
    except (MailRefused, AddressUnusable) as refused:
        _note(tools, mailing, refused.code)
    else:
        _note(tools, mailing, None)


def _compose(tools: Tools, mailing: _Mailing) -> EmailMessage:
    row, facts = mailing.row, _facts(tools, mailing)
    attached: tuple[Attachment, ...] = ()
    if row.message in enclose.LETTERS:
        named = row.ids.get("document")
        receipt = enclose.receipt(tools, mailing.person, UUID(named) if named else None, row.created_at)
        facts |= enclose.facts(tools, receipt)
        attached = enclose.attachments(receipt)
    envelope = _envelope(tools, mailing)
    return tools.bench.stationery.compose(row.message, mailing.person.language, facts, envelope, attached)


def give_up(tools: Tools, session: Session, outbox_id: UUID, code: str) -> None:
    """Mark a message as failed, in the caller's transaction."""
    row = outbox.get(session, outbox_id)
    if row is not None:
        _fail(tools, session, row, code)


def _load(tools: Tools, outbox_id: UUID) -> _Mailing | None:
    with tools.database.reading() as session:
        row = outbox.get(session, outbox_id)
        if row is None or row.state != MailState.QUEUED:
            return None
        person = people.person(session, row.person_id)
        if person is None:
            raise NotFound
        ceremony = store.ceremony(session, row.ceremony_id)
        link = people.link(session, row.link_id) if row.link_id else None
        named = row.ids.get("document")
        documents = (store.document(session, UUID(named)),) if named else _concerned(session, person)
        session.expunge(row)
    return _Mailing(row, person, ceremony, link, documents)


def _concerned(session: Session, person: Person) -> tuple[Document, ...]:
    if person.part is not Part.WITNESS:
        return store.documents_for(session, person.id)
    witness = store.witness_of(session, person.id)
    if witness is None or witness.document_id is None:
        return ()
    return (store.document(session, witness.document_id),)


def _envelope(tools: Tools, mailing: _Mailing) -> Envelope:
    name, address = parseaddr(tools.bench.sender)
    return Envelope(
        sender_name=name,
        sender=address,
        recipient_name=mailing.person.name,
        recipient=mailing.row.recipient,
        message_id=mailing.row.message_id,
        mark=tools.mark(mailing.ceremony) or None,
    )


def _facts(tools: Tools, mailing: _Mailing) -> dict[str, object]:
    person, ceremony = mailing.person, mailing.ceremony
    facts: dict[str, object] = {
        "name": person.name,
        "office": person.office,
        "salutation": person.salutation,
        "ministry": ceremony.ministry["instansi"],
        "contact": ceremony.ministry["surel"],
        "ceremony": ceremony.title,
        "starts_at": ceremony.starts_at,
        "zone": ceremony.zone,
        "place": ceremony.place,
        "count": len(mailing.documents),
    }
    if mailing.link is not None:
        facts |= {"link": _address(tools, mailing.link, person), "expires_at": mailing.link.expires_at}
    if mailing.documents:
        facts |= _about(tools, mailing, mailing.documents[0])
    if mailing.row.message == Message.CODE:
        facts |= {"code": _fresh_code(tools, mailing.row), "minutes": int(CODE_LIFE.total_seconds() // 60)}
    return facts


def _about(tools: Tools, mailing: _Mailing, document: Document) -> dict[str, object]:
    region = regions.by_code(document.region)
    slot = document.slot_of(mailing.person.id)
    current = document.current
    signed: datetime | None = slot.signed_at if slot else None
    return {
        "title": mailing.ceremony.title,
        "number": document.number,
        "area": region.full_name,
        "signatory": f"{region.head_title} {region.name}",
        "zone": region.zone if mailing.person.region else mailing.ceremony.zone,
        "signed_at": signed,
        "completed_at": current.at if current else None,
        "sha256": (slot.signed_sha256 if slot else None) or (current.sha256 if current else ""),
        "check_link": f"{tools.base_url}/v/{document.code}",
    }


def _address(tools: Tools, link: Link, person: Person) -> str:
    place = "s" if person.part is Part.WITNESS else "t"
    return f"{tools.base_url}/{place}/{links.derive_token(tools.link_key, link.id, link.generation)}"


def _fresh_code(tools: Tools, row: OutboxRow) -> str:
    """Make a code and keep its HMAC; a repeat after a crash makes another, and only the newest works."""
    if row.link_id is None:
        raise NotFound
    code = identity.new_code()
    kept = Code(row.link_id, identity.code_digest(tools.code_key, row.link_id, code), tools.now())
    with tools.database.writing() as session:
        people.save_code(session, kept)
    return code


def _note(tools: Tools, mailing: _Mailing, failure: str | None) -> None:
    with tools.database.writing() as session:
        if failure is not None:
            _fail(tools, session, mailing.row, failure)
        elif outbox.mark_accepted(session, mailing.row.id, tools.now()):
            accepted = events.MailAccepted(
                at=tools.now(),
                actor=events.SYSTEM,
                ceremony=mailing.ceremony.id,
                person=mailing.person.pseudonym,
                message=mailing.row.message,
            )
            store.record(session, tools.log, accepted)


def _fail(tools: Tools, session: Session, row: OutboxRow, code: str) -> None:
    person = people.person(session, row.person_id)
    if person is None or not outbox.mark_failed(session, row.id, code):
        return
    failed = events.MailFailed(
        at=tools.now(),
        actor=events.SYSTEM,
        ceremony=row.ceremony_id,
        outcome=events.Result.FAILURE,
        reason=code,
        person=person.pseudonym,
        message=row.message,
    )
    store.record(session, tools.log, failed)
