"""An event lives and dies with the deed that it records; what is personal stays beside it and can be erased."""

from contextlib import suppress

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from backend import clock
from backend.audit.disclosures import Unreadable
from backend.audit.events import SYSTEM, CeremonyClosed, LogOpened
from backend.audit.log import Log
from backend.audit.tables import AuditEvent
from tests.integration.audit.deployment import CEREMONY, DEPLOYMENT, HEAD, Deployment, returned, signed


class Broken(Exception):
    pass


def test_a_deed_that_is_rolled_back_leaves_no_event(deployment: Deployment) -> None:
    with suppress(Broken), deployment.database.writing() as session:
        deployment.log.append(session, [returned("Nama keliru")])
        raise Broken
    for table in ("audit_event", "audit_queue", "audit_disclosure", "audit_subject_key"):
        assert deployment.all_of(table) == [], table


def test_an_event_that_cannot_be_recorded_stops_the_deed(deployment: Deployment) -> None:
    impossible = CeremonyClosed(at=clock.now(), actor=SYSTEM, completed=2**60, expired=0, declined=0, returned=0)
    with suppress(ValueError), deployment.database.writing() as session:
        session.connection().execute(sa.text("CREATE TABLE deed (id INTEGER)"))
        deployment.log.append(session, [signed(), impossible])
    assert deployment.all_of("audit_event") == []
    with deployment.database.reading() as session:
        assert not sa.inspect(session.connection()).has_table("deed")


def test_nothing_to_record_records_nothing(deployment: Deployment) -> None:
    assert deployment.record() == []


def test_events_get_numbers_in_the_order_in_which_they_were_recorded(deployment: Deployment) -> None:
    ids = [str(i) for _ in range(5) for i in deployment.record(signed(), signed(), signed())]
    deployment.drain_and_sign()
    assert [event for _, event in sorted(deployment.rows("SELECT seq, event_id FROM audit_leaf"))] == ids


def test_a_moment_comes_back_byte_for_byte(deployment: Deployment) -> None:
    at = clock.from_text("2026-09-30T03:03:12.000007Z")
    [event_id] = deployment.record(LogOpened(at=at, actor=SYSTEM, origin="log.invalid"))
    with deployment.database.reading() as session:
        event = session.exec(select(AuditEvent).where(col(AuditEvent.id) == str(event_id))).one()
        assert event.occurred_at == "2026-09-30T03:03:12.000007Z"
        assert b'"time":"2026-09-30T03:03:12.000007Z"' in event.body


def test_a_persons_words_are_nowhere_in_the_database_in_clear(deployment: Deployment) -> None:
    words = "Canary Uji, NIK 3313999901019999, canary@daerah.invalid, 203.0.113.77"
    [event_id] = deployment.record(returned(words))
    deployment.drain_and_sign()
    for table in ("audit_event", "audit_leaf", "audit_node", "audit_disclosure", "audit_subject_key"):
        stored = repr(deployment.all_of(table))
        assert [word for word in words.split() if word in stored] == [], table
    with deployment.database.reading() as session:
        assert [d.value for d in deployment.log.disclosed(session, [event_id])[event_id]] == [words]


def test_each_disclosed_value_is_the_one_in_the_leaf(deployment: Deployment) -> None:
    [event_id] = deployment.record(returned("Nama keliru"))
    with deployment.database.reading() as session:
        [disclosure] = deployment.log.disclosed(session, [event_id])[event_id]
        [(body,)] = deployment.rows("SELECT body FROM audit_event")
        assert disclosure.digest.encode() in bytes(body)
        with pytest.raises(Unreadable):
            Log(DEPLOYMENT, b"x" * 32).disclosed(session, [event_id])


def test_a_value_moved_to_another_event_is_not_read(deployment: Deployment) -> None:
    deployment.record(returned("Satu"))
    [other] = deployment.record(returned("Dua"))
    deployment.tamper("DELETE FROM audit_disclosure WHERE event_id = :other", other=str(other))
    deployment.tamper("UPDATE audit_disclosure SET event_id = :other", other=str(other))
    with deployment.database.reading() as session, pytest.raises(Unreadable):
        deployment.log.disclosed(session, [other])
    assert "disclosure-stray" in deployment.codes()


def test_erasing_a_person_changes_no_leaf_and_leaves_the_others(deployment: Deployment) -> None:
    mine, his = deployment.record(returned("Milik saya"), returned("Milik lain", "p_lain"))
    deployment.drain_and_sign()
    before = deployment.verify()
    with deployment.database.writing() as session:
        assert deployment.log.erase(session, HEAD.pseudonym) == 1
    after = deployment.verify()
    assert (after.root, after.faults, before.erased, after.erased) == (before.root, (), 0, 1)
    with deployment.database.reading() as session:
        found = deployment.log.disclosed(session, [mine, his])
    assert {event: [d.value for d in values] for event, values in found.items()} == {his: ["Milik lain"]}
    assert deployment.rows("SELECT key_id FROM audit_subject_key") == [("p_lain",)]


def test_one_person_has_one_key_for_all_his_events(deployment: Deployment) -> None:
    ids = [*deployment.record(returned("Satu"), returned("Dua")), *deployment.record(returned("Tiga"))]
    assert deployment.rows("SELECT count(*) FROM audit_subject_key") == [(1,)]
    with deployment.database.reading() as session:
        found = deployment.log.disclosed(session, ids)
    assert [found[event_id][0].value for event_id in ids] == ["Satu", "Dua", "Tiga"]


def test_a_disclosure_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Log(CEREMONY, b"short")
