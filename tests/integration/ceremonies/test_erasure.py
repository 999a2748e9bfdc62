"""Erasing one person: his values go everywhere, no leaf changes, every proof holds, and the log tells it."""

from dataclasses import replace

import pytest
from sqlmodel import select

from backend.audit import inspection, receipts
from backend.audit.tables import AuditEvent
from backend.ceremonies.actions import conduct, erase, refuse
from backend.ceremonies.actions.erase import ErasureUnconfirmed
from backend.ceremonies.permissions import AlreadyErased, ErasureTooEarly
from backend.errors import Forbidden
from backend.people import store as people
from backend.people.person import AccountRole, Person
from tests.integration.ceremonies.stage import Stage, everything_under

WORDS = "Alasan rekaan yang hanya ditulis di sini"


def cancelled(on: Stage) -> Person:
    """Return the head of the only document of a ceremony that he refused and that was cancelled then."""
    on.open()
    (document,) = on.documents()
    head = on.person_of(document)
    refuse.decline(on.tools, on.visit(head), document.id, WORDS)
    on.work()
    conduct.conduct(on.tools, on.account, on.ceremony, "pause")
    conduct.conduct(on.tools, on.account, on.ceremony, "cancel")
    on.tools.bench.sequence()
    return head


def gone(on: Stage, who: Person) -> int:
    """Erase a person as staff do; return how many values left the log."""
    return erase.erase(on.tools, on.account, who.id, "subject-request", no_duty_to_keep=True)


def leaves(on: Stage) -> dict[str, bytes]:
    """Return the leaf hash of every event."""
    with on.tools.database.reading() as session:
        return {event: bytes(leaf) for event, leaf in session.exec(select(AuditEvent.id, AuditEvent.leaf_hash))}


def test_the_values_go_and_the_proofs_stay(on: Stage) -> None:
    head = cancelled(on)
    with on.tools.database.reading() as session:
        kept = receipts.newest(session, on.tools.policy(), head.pseudonym, on.ceremony)
    before = leaves(on)
    assert kept is not None
    assert gone(on, head) >= 3
    assert on.events()[-1] == "privacy.erased"
    after = leaves(on)
    assert {event: after[event] for event in before} == before
    on.tools.bench.sequence()
    vkey = on.tools.policy().log_key.to_text()
    assert inspection.verify_log(on.tools.database, vkey, None).sound
    with on.tools.database.reading() as session:
        again = receipts.of(session, on.tools.policy(), kept.event.id)
        left = on.tools.log.disclosed(session, [kept.event.id])
    assert again.leaf == kept.leaf
    assert again.event.digests == 1
    assert left == {}, "the page says that one value is gone"


def test_nothing_personal_of_him_is_left_in_any_table(on: Stage) -> None:
    head = cancelled(on)
    assert any(head.email in repr(rows) for rows in on.dump().values()), "the test looks where he was"
    gone(on, head)
    found = {name for name, rows in on.dump().items() for word in (head.name, head.email, WORDS) if word in repr(rows)}
    assert found == set()
    link = on.one(people.link_of, head.id)
    assert link.void
    assert not (on.tools.keys / "people" / f"{head.id}.p12").exists()


def test_a_file_of_the_database_keeps_nothing_either(on: Stage) -> None:
    if not on.tools.database.sqlite:
        return  # PostgreSQL keeps dead rows until its own vacuum; the page tells staff so
    head = cancelled(on)
    gone(on, head)
    with on.tools.database.write_engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    kept = [(path, raw) for path, raw in everything_under(on.settings.data) if path.name.startswith("prasasti.db")]
    assert [path.name for path, raw in kept if head.email.encode() in raw] == []


def test_others_keep_theirs(on: Stage) -> None:
    head = cancelled(on)
    (document,) = on.documents()
    witness = on.witness(document)
    gone(on, head)
    assert on.one(people.person, witness.id) == witness


def test_while_the_ceremony_goes_on_nothing_is_erased(on: Stage) -> None:
    on.open()
    (document,) = on.documents()
    before = on.dump()
    with pytest.raises(ErasureTooEarly):
        gone(on, on.person_of(document))
    assert on.dump() == before


@pytest.mark.parametrize(("ground", "free"), [("", True), ("because", True), ("order", False)])
def test_a_ground_and_a_statement_are_needed(on: Stage, ground: str, *, free: bool) -> None:
    head = cancelled(on)
    before = on.dump()
    with pytest.raises(ErasureUnconfirmed):
        erase.erase(on.tools, on.account, head.id, ground, no_duty_to_keep=free)
    assert on.dump() == before


def test_an_auditor_erases_nobody_and_nobody_is_erased_twice(on: Stage) -> None:
    head = cancelled(on)
    auditor = replace(on.account, role=AccountRole.AUDITOR)
    with pytest.raises(Forbidden):
        erase.erase(on.tools, auditor, head.id, "order", no_duty_to_keep=True)
    gone(on, head)
    with pytest.raises(AlreadyErased):
        gone(on, head)


def test_a_letter_that_waits_is_not_sent_any_more(on: Stage) -> None:
    on.open()
    (document,) = on.documents()
    head = on.person_of(document)
    conduct.conduct(on.tools, on.account, on.ceremony, "pause")
    conduct.conduct(on.tools, on.account, on.ceremony, "cancel")
    gone(on, head)
    on.work()
    assert [str(m["To"]) for m in on.postman.taken if head.email in str(m["To"])] == []
