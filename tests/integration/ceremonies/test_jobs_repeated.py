"""Jobs may be repeated at any moment: an archive, minutes and letters are made once, and nothing in them is stale."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from backend.audit import reader
from backend.ceremonies import store
from backend.ceremonies.actions import archive, freeze, give_up, invite, seal_minutes, send_mail
from backend.ceremonies.ceremony import Ceremony, CeremonyStatus
from backend.ceremonies.document import DocumentStatus, RevisionKind
from backend.ceremonies.lifecycle import MoveRefused
from backend.ceremonies.permissions import MinutesTooEarly
from backend.jobs.catalogue import Job, JobName, TryAgain
from backend.mail import outbox
from backend.mail.delivery import MailTryLater
from backend.mail.outbox import MailState
from backend.people import store as people
from tests.contracts.mail_server import REFUSED
from tests.integration.ceremonies.stage import Stage


def closed_after_one(on: Stage) -> None:
    """Play a ceremony until it is closed, one document signed by both and archived."""
    on.open()
    on.complete(*on.documents())
    on.work(JobName.ARCHIVE)
    on.close()


def test_a_repeated_archive_is_done_once(on: Stage) -> None:
    closed_after_one(on)
    (document,) = on.documents()
    before = on.dump()
    archive.archive(on.tools, str(document.id))
    assert on.dump() == before
    assert document.status is DocumentStatus.ARCHIVED
    assert [r.kind for r in document.revisions].count(RevisionKind.ARCHIVED) == 1
    assert on.events().count("document.archived") == 1


def test_an_archive_that_was_overtaken_records_nothing(on: Stage) -> None:
    on.open()
    (document,) = on.documents()
    on.complete(document)
    real = on.tools.bench.archivist.archive

    class Overtaken:
        def archive(self, pdf: bytes) -> object:
            made = real(pdf)
            on.work(JobName.ARCHIVE)
            return made

    slow = on.with_bench(archivist=Overtaken())
    archive.archive(slow, str(document.id))
    assert on.events().count("document.archived") == 1
    assert len(on.again(document).revisions) == 4


def test_minutes_are_refused_before_the_end_and_while_archives_are_missing(on: Stage) -> None:
    on.open()
    with pytest.raises(MoveRefused):
        seal_minutes.request_minutes(on.tools, on.account, on.ceremony)
    on.complete(*on.documents())
    on.close()
    with pytest.raises(MinutesTooEarly):
        seal_minutes.request_minutes(on.tools, on.account, on.ceremony)


def sealed(on: Stage) -> Ceremony:
    with on.tools.database.reading() as session:
        return store.ceremony(session, on.ceremony)


def test_minutes_commit_to_every_event_before_them_and_are_made_once(on: Stage) -> None:
    closed_after_one(on)
    seal_minutes.request_minutes(on.tools, on.account, on.ceremony)
    on.work(JobName.MINUTES)
    with on.tools.database.reading() as session:
        leaves = reader.ceremony_events(session, on.ceremony)
        last = reader.events_of(session, on.ceremony, limit=1000)[-1]
    facts = on.renderer.rendered[-1]["rekam"]
    assert last.type == "prasasti.minutes.sealed.v1"
    assert (last.extra["count"], last.extra["root"]) == (int(facts["jumlah"]), facts["akar"])
    assert int(facts["jumlah"]) == len(leaves) - 1
    assert sealed(on).status is CeremonyStatus.SEALED
    before = on.dump()
    seal_minutes.seal_minutes(on.tools, str(on.ceremony))
    assert on.dump() == before


@pytest.mark.parametrize("numbered", [False, True], ids=["waiting", "numbered"])
def test_an_event_between_counting_and_sealing_leads_to_another_try(on: Stage, *, numbered: bool) -> None:
    closed_after_one(on)
    seal_minutes.request_minutes(on.tools, on.account, on.ceremony)
    late = on.person_of(on.documents()[0])

    def somebody_opens_his_link() -> None:
        on.renderer.meanwhile = lambda: None
        on.visit(late, identified=False)
        if numbered:
            on.tools.bench.sequence()

    on.renderer.meanwhile = somebody_opens_his_link
    with pytest.raises(TryAgain):
        seal_minutes.seal_minutes(on.tools, str(on.ceremony))
    assert sealed(on).status is CeremonyStatus.CLOSED
    seal_minutes.seal_minutes(on.tools, str(on.ceremony))
    with on.tools.database.reading() as session:
        told = reader.events_of(session, on.ceremony, limit=1000)
    assert [event.type for event in told][-2:] == ["prasasti.link.opened.v1", "prasasti.minutes.sealed.v1"]
    assert told[-1].extra["count"] == len(told) - 1


def test_a_letter_is_sent_once(on: Stage) -> None:
    on.freeze()
    invite.invite(on.tools, on.account, on.ceremony)
    assert invite.invite(on.tools, on.account, on.ceremony) == 0
    on.work(JobName.MAIL)
    recipients = [str(letter["To"]) for letter in on.postman.taken]
    assert len(recipients) == len(set(recipients)) == 4
    before = on.dump()
    for job in on.queued():
        if job.startswith("mail:"):
            send_mail.send_mail(on.tools, job.removeprefix("mail:"))
    assert len(on.postman.taken) == len(recipients)
    assert on.dump() == before


def test_a_server_that_is_away_leaves_the_letter_queued(on: Stage) -> None:
    on.freeze()
    invite.invite(on.tools, on.account, on.ceremony)
    on.postman.away = True
    job = next(job for job in on.queued() if job.startswith("mail:"))
    before = on.dump()
    with pytest.raises(MailTryLater):
        send_mail.send_mail(on.tools, job.removeprefix("mail:"))
    assert on.dump() == before
    on.postman.away = False
    send_mail.send_mail(on.tools, job.removeprefix("mail:"))
    assert len(on.postman.taken) == 1


def test_a_refused_recipient_is_told_to_staff_and_to_the_log_once(on: Stage) -> None:
    on.freeze()
    head = on.person_of(on.documents()[0])
    with on.tools.database.writing() as session:
        _readdress(session, on, head.email)
    invite.invite(on.tools, on.account, on.ceremony)
    on.work(JobName.MAIL)
    with on.tools.database.reading() as session:
        (failed,) = outbox.failed(session, on.ceremony)
        state = (failed.person_id, failed.state, failed.last_error)
        job = Job(JobName.MAIL, str(failed.id), (("outbox", str(failed.id)),))
        (told,) = [e for e in reader.events_of(session, on.ceremony, limit=500) if e.type == "prasasti.mail.failed.v1"]
    assert state == (head.id, MailState.FAILED, "smtp-550")
    assert (told.outcome, told.reason) == ("failure", "smtp-550")
    with on.tools.database.writing() as session:
        give_up.give_up(on.tools, session, job, "smtp-550")
    assert on.events().count("mail.failed") == 1


def _readdress(session: Session, on: Stage, old: str) -> None:
    person = next(p for p in people.people_of(session, on.ceremony).values() if p.email == old)
    people.save_person(session, replace(person, email=REFUSED))


def test_a_given_up_freeze_fails_and_may_be_repeated(on: Stage) -> None:
    on.create()
    freeze.freeze(on.tools, on.account, on.ceremony)
    (document,) = on.documents()
    job = Job(JobName.FREEZE, f"{document.id}:1", (("document", str(document.id)),))
    for _ in range(2):
        with on.tools.database.writing() as session:
            give_up.give_up(on.tools, session, job, "limit-reached")
    (failed,) = on.documents()
    assert (failed.status, failed.failure) == (DocumentStatus.FREEZE_FAILED, "limit-reached")
    assert on.events().count("document.freeze_failed") == 1
