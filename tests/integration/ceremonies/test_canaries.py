"""A whole ceremony with a canary in every personal field: none is found in the log, its files, the queue or the lines.

Names and addresses may stand where staff need them (people, letters) and in the documents, which are public acts.
"""

import base64
import hashlib
import json
import logging
from collections.abc import Iterator

import pytest

from backend.audit import events
from backend.ceremonies.actions import attest, hand_out, refuse, seal_minutes, sign, staff
from backend.ceremonies.actions.attest import STATEMENTS
from backend.ceremonies.document import SlotRole
from backend.ceremonies.queries import testimony
from backend.people import store as people
from backend.people.identity import LoginRefused
from backend.people.person import AccountRole, Person
from backend.signing.signer import WrongPassphrase
from tests.integration.ceremonies.stage import PASSWORD, Stage, everything_under

DECLINED = "KENARI-ALASAN-MENOLAK 3313-0815"
RETURNED = "KENARI-ALASAN-PERBAIKAN 3313-0816"
NOTED = "KENARI-CATATAN-SAKSI 3313-0817"
ABSENT = "KENARI-ALASAN-SAKSI 3313-0818"
AUDITOR, AUDITORS_NAME = "kenari-auditor@staf.contoh.invalid", "Kenari Pemeriksa Rekaan"


def bear_witness(on: Stage, who: Person, note: str) -> None:
    """Let a witness attest to what his page shows, with a note."""
    visit = on.visit(who)
    shown = testimony.witness_view(on.tools, visit).shown["base"]
    attest.attest(on.tools, visit, attest.Testimony(shown, len(STATEMENTS), "id", note))


def play(on: Stage) -> None:
    """Play a ceremony in which everybody writes something: signs, declines, returns, attests, cannot attest."""
    auditor = staff.create_account(on.tools, AUDITOR, AUDITORS_NAME, AccountRole.AUDITOR, PASSWORD)
    on.open(3)
    signed, declined, returned = on.documents()
    head = on.person_of(signed)
    with pytest.raises(WrongPassphrase):
        sign.sign(on.tools, on.visit(head), on.intent(on.again(signed), "KENARI-FRASA-SANDI"))
    on.complete(signed)
    refuse.decline(on.tools, on.visit(on.person_of(declined)), declined.id, DECLINED)
    refuse.return_(on.tools, on.visit(on.person_of(returned)), returned.id, RETURNED)
    bear_witness(on, on.witness(signed), NOTED)
    bear_witness(on, on.witness(), NOTED)
    attest.cannot_attest(on.tools, on.visit(on.witness(declined)), ABSENT)
    on.work()
    on.close()
    on.work()
    seal_minutes.request_minutes(on.tools, on.account, on.ceremony)
    on.work()
    with pytest.raises(LoginRefused):
        staff.log_in(on.tools, AUDITOR, "KENARI-KATA-SANDI")
    staff.log_in(on.tools, AUDITOR, PASSWORD)
    hand_out.hand_out(on.tools, auditor, on.ceremony)
    on.tools.bench.sequence()


def canaries(on: Stage) -> list[str]:
    """Return every personal value and every secret of the ceremony."""
    with on.tools.database.reading() as session:
        everybody = people.people_of(session, on.ceremony).values()
    own = [value for one in everybody for value in (one.name, one.email)]
    tokens = [on.token(one) for one in everybody]
    written = [DECLINED, RETURNED, NOTED, ABSENT, AUDITOR, AUDITORS_NAME, PASSWORD, on.account.email, on.account.name]
    return sorted({*own, *tokens, *written, "KENARI-FRASA-SANDI", "KENARI-KATA-SANDI"})


def places(on: Stage) -> Iterator[tuple[str, bytes]]:
    """Yield what must hold no canary: the log's tables, its files outside, the queue's tables."""
    queue = "SELECT * FROM workflow_status" if on.tools.database.sqlite else "SELECT * FROM dbos.workflow_status"
    for name, rows in on.dump().items():
        if name.startswith("audit_"):
            yield name, b"\n".join(raw(value) for row in rows for value in row)
    yield "queue", repr(on.rows(queue)).encode()
    yield from ((str(path), content) for path, content in everything_under(on.settings.data / "log"))


def raw(value: object) -> bytes:
    """Return a stored value as bytes, so that nothing hides behind an escape."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def forms(value: str) -> list[bytes]:
    """Return how a value could be given away: itself, as JSON writes it, and digests without salt."""
    digest = hashlib.sha256(value.encode())
    plain = [value, json.dumps(value)[1:-1], base64.b64encode(value.encode()).decode(), digest.hexdigest()]
    return [form.encode() for form in plain] + [base64.urlsafe_b64encode(digest.digest()).rstrip(b"="), digest.digest()]


def test_no_canary_is_in_the_log_the_queue_or_the_lines(on: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    play(on)
    told = set(on.events())
    assert {"minutes.sealed", "signature.declined", "document.returned", "witness.declined", "log.read"} <= told
    found = [*places(on), ("lines", caplog.text.encode())]
    values = canaries(on)
    assert len(values) > 20
    assert [(name, value) for name, held in found for value in values for form in forms(value) if form in held] == []


def test_the_values_can_be_disclosed_all_the_same(on: Stage) -> None:
    on.open()
    (document,) = on.documents()
    refuse.decline(on.tools, on.visit(on.person_of(document, SlotRole.HEAD)), document.id, DECLINED)
    query = f"SELECT id FROM audit_event WHERE type = '{events.SignatureDeclined.TYPE}'"
    ((event_id,),) = on.rows(query)
    with on.tools.database.reading() as session:
        ((_, values),) = on.tools.log.disclosed(session, [event_id]).items()
    assert [(one.field, one.value) for one in values] == [("reason", DECLINED)]
