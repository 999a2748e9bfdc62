"""The outbox: one row for each message to each recipient, with its own state. Never a token, a code or a body.

(DESIGN 12.3.) What a row lacks is made again whenever the message is sent, so a copy of the database opens no document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select
from uuid_utils.compat import uuid7

from backend import clock
from backend.database import Moment
from backend.jobs.catalogue import Job, JobName


class Message(StrEnum):
    """Every kind of mail; the value is the name of its folder in `templates/mail/`."""

    INVITE_HEAD = "undangan-penanda-tangan"
    INVITE_OFFICIAL = "undangan-pejabat"
    INVITE_WITNESS = "undangan-saksi"
    INVITE_CEREMONY_WITNESS = "undangan-saksi-seremoni"
    NEW_LINK = "kirim-ulang"
    CODE = "kode"
    OPENED = "seremoni-dibuka"
    RECEIPT = "tanda-terima"
    RECEIPT_WITNESS = "tanda-terima-saksi"
    RECEIPT_REFUSAL = "tanda-terima-penolakan"
    COMPLETED = "naskah-lengkap"


class MailState(StrEnum):
    """What became of a message: a mail server accepted it, or refused it for good, or neither yet."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    FAILED = "failed"


class OutboxRow(SQLModel, table=True):
    """One message to one recipient."""

    __tablename__ = "mail_outbox"

    id: UUID = Field(primary_key=True)
    message: str
    ceremony_id: UUID = Field(index=True)
    person_id: UUID = Field(index=True)
    recipient: str
    link_id: UUID | None = None
    ids: dict[str, Any] = Field(sa_type=sa.JSON)
    state: str = Field(index=True)
    attempts: int = 0
    message_id: str
    created_at: datetime = Field(sa_type=Moment)
    accepted_at: datetime | None = Field(default=None, sa_type=Moment)
    last_error: str | None = None


@dataclass(frozen=True)
class Mail:
    """A message to be sent. `ids` name the things it is about: ids and counts, by type no place for a secret."""

    message: Message
    ceremony_id: UUID
    person_id: UUID
    recipient: str
    link_id: UUID | None = None
    ids: Mapping[str, UUID | int] = field(default_factory=dict)


def add(session: Session, mail: Mail, host: str) -> Job:
    """Write a message into the outbox and return the job that sends it, for the same transaction to queue.

    `host` is the right side of the Message-ID, which never changes: a repeat after a crash can be recognised.
    """
    outbox_id = uuid7()
    ids = {name: value if isinstance(value, int) else str(value) for name, value in mail.ids.items()}
    session.add(
        OutboxRow(
            id=outbox_id,
            message=mail.message.value,
            ceremony_id=mail.ceremony_id,
            person_id=mail.person_id,
            recipient=mail.recipient,
            link_id=mail.link_id,
            ids=ids,
            state=MailState.QUEUED.value,
            message_id=f"<outbox-{outbox_id}@{host}>",
            created_at=clock.now(),
        )
    )
    name = JobName.CODE if mail.message is Message.CODE else JobName.MAIL
    return Job(name, str(outbox_id), (("outbox", str(outbox_id)),))


def get(session: Session, outbox_id: UUID) -> OutboxRow | None:
    """Return one row of the outbox, or None."""
    return session.get(OutboxRow, outbox_id)


def mark_accepted(session: Session, outbox_id: UUID, at: datetime) -> bool:
    """Note that a mail server took the message; False if that was known before, so that it is told only once."""
    row = _lock(session, outbox_id)
    if row is None or row.state == MailState.ACCEPTED:
        return False
    row.state, row.accepted_at, row.last_error = MailState.ACCEPTED.value, at, None
    row.attempts += 1
    session.add(row)
    return True


def mark_delayed(session: Session, outbox_id: UUID, code: str) -> None:
    """Note a failure that may pass; the message stays queued."""
    row = _lock(session, outbox_id)
    if row is not None and row.state == MailState.QUEUED:
        row.attempts, row.last_error = row.attempts + 1, code
        session.add(row)


def mark_failed(session: Session, outbox_id: UUID, code: str) -> bool:
    """Note that the message is given up; False if it had been accepted or given up before."""
    row = _lock(session, outbox_id)
    if row is None or row.state != MailState.QUEUED:
        return False
    row.state, row.last_error = MailState.FAILED.value, code
    row.attempts += 1
    session.add(row)
    return True


def failed(session: Session, ceremony_id: UUID) -> list[OutboxRow]:
    """Return a ceremony's messages that were given up, the newest first: staff must look at their addresses."""
    state = MailState.FAILED.value
    query = select(OutboxRow).where(col(OutboxRow.ceremony_id) == ceremony_id, col(OutboxRow.state) == state)
    return list(session.exec(query.order_by(col(OutboxRow.created_at).desc())))


def states(session: Session, ceremony_id: UUID) -> dict[str, int]:
    """Return how many of a ceremony's messages are in which state."""
    query = select(OutboxRow.state, sa.func.count()).where(col(OutboxRow.ceremony_id) == ceremony_id)
    return dict(session.exec(query.group_by(col(OutboxRow.state))).all())


def sent_to(session: Session, person_id: UUID) -> list[OutboxRow]:
    """Return all messages to one person, the oldest first."""
    query = select(OutboxRow).where(col(OutboxRow.person_id) == person_id)
    return list(session.exec(query.order_by(col(OutboxRow.created_at), col(OutboxRow.id))))


def forget(session: Session, person_id: UUID) -> int:
    """Take a person's address out of all messages to him, giving up those not sent yet; return how many there are."""
    rows = sent_to(session, person_id)
    for row in rows:
        row.recipient = ""
        if row.state == MailState.QUEUED:
            row.state, row.last_error = MailState.FAILED.value, "erased"
        session.add(row)
    return len(rows)


def _lock(session: Session, outbox_id: UUID) -> OutboxRow | None:
    return session.get(OutboxRow, outbox_id, with_for_update=True)
