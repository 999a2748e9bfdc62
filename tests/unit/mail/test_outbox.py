"""The outbox: rows that hold no secret and tell each end of a message once."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints
from uuid import UUID

import pytest
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from backend import clock
from backend.database import Database
from backend.jobs.catalogue import Job, JobName
from backend.mail import outbox
from backend.mail.outbox import Mail, MailState, Message

CEREMONY, PERSON, LINK, DOCUMENT = uuid7(), uuid7(), uuid7(), uuid7()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'prasasti.db'}")
    SQLModel.metadata.create_all(database.write_engine, tables=[SQLModel.metadata.tables["mail_outbox"]])
    yield database
    database.close()


def post(database: Database, message: Message = Message.INVITE_HEAD) -> Job:
    mail = Mail(message, CEREMONY, PERSON, "bupati@rekaan.invalid", LINK, {"document": DOCUMENT, "generation": 2})
    with database.writing() as session:
        return outbox.add(session, mail, "rekaan.invalid")


def row(database: Database, job: Job) -> outbox.OutboxRow:
    with database.reading() as session:
        found = outbox.get(session, UUID(job.key))
        assert found is not None
        session.expunge(found)
        return found


def test_a_row_knows_what_to_send_to_whom_and_its_message_id_for_ever(database: Database) -> None:
    job = post(database)
    kept = row(database, job)
    assert (kept.message, kept.recipient, kept.state) == ("undangan-penanda-tangan", "bupati@rekaan.invalid", "queued")
    assert (kept.ceremony_id, kept.person_id, kept.link_id) == (CEREMONY, PERSON, LINK)
    assert kept.ids == {"document": str(DOCUMENT), "generation": 2}
    assert kept.message_id == f"<outbox-{kept.id}@rekaan.invalid>"


@pytest.mark.parametrize("message", Message)
def test_a_code_is_sent_by_a_job_of_its_own_kind(database: Database, message: Message) -> None:
    job = post(database, message)
    assert job.name is (JobName.CODE if message is Message.CODE else JobName.MAIL)
    assert dict(job.arguments) == {"outbox": job.key}


def test_by_its_type_a_row_has_no_place_for_a_token_or_a_body() -> None:
    assert str(get_type_hints(Mail)["ids"]) == "collections.abc.Mapping[str, uuid.UUID | int]"
    assert set(outbox.OutboxRow.model_fields) == {
        *("id", "message", "ceremony_id", "person_id", "recipient", "link_id", "ids", "state", "attempts"),
        *("message_id", "created_at", "accepted_at", "last_error"),
    }


def test_being_accepted_is_told_once_and_final(database: Database) -> None:
    job, at = post(database), clock.now()
    with database.writing() as session:
        outbox.mark_delayed(session, UUID(job.key), "server-away")
    assert (row(database, job).state, row(database, job).last_error) == (MailState.QUEUED, "server-away")
    with database.writing() as session:
        told = [outbox.mark_accepted(session, UUID(job.key), at) for _ in range(2)]
    with database.writing() as session:
        assert outbox.mark_failed(session, UUID(job.key), "smtp-550") is False
        outbox.mark_delayed(session, UUID(job.key), "server-away")
    kept = row(database, job)
    assert told == [True, False]
    assert (kept.state, kept.attempts, kept.accepted_at, kept.last_error) == (MailState.ACCEPTED, 2, at, None)


def test_failing_for_good_is_told_once_and_listed(database: Database) -> None:
    lost, fine = post(database), post(database)
    with database.writing() as session:
        told = [outbox.mark_failed(session, UUID(lost.key), "smtp-550") for _ in range(2)]
        outbox.mark_accepted(session, UUID(fine.key), clock.now())
    with database.reading() as session:
        assert [(str(r.id), r.last_error) for r in outbox.failed(session, CEREMONY)] == [(lost.key, "smtp-550")]
        assert [str(r.id) for r in outbox.sent_to(session, PERSON)] == [lost.key, fine.key]
        assert outbox.failed(session, uuid7()) == []
    assert told == [True, False]


def test_a_message_that_does_not_exist_changes_nothing(database: Database) -> None:
    with database.writing() as session:
        assert outbox.mark_accepted(session, uuid7(), clock.now()) is False
        assert outbox.mark_failed(session, uuid7(), "smtp-550") is False
        outbox.mark_delayed(session, uuid7(), "smtp-451")
    with database.reading() as session:
        assert outbox.get(session, uuid7()) is None
