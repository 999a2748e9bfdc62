"""Canaries: a passphrase, a link's token, a code, a session's secret are nowhere but in the mail and in memory."""

import logging
import re

import pytest

from backend.ceremonies.actions import enrol, identify, invite, open_link, sign, staff
from backend.people.identity import CodeSpent, CodeWrong, LoginRefused, secret_hash
from backend.people.links import LinkUnknown
from backend.signing.signer import WrongPassphrase
from tests.integration.ceremonies.stage import Stage, everything_under

CANARY = "RAHASIA-KENARI-4711"
WRONG = "RAHASIA-KENARI-SALAH-0815"
PASSWORD = "RAHASIA-KENARI-SANDI-1234"


def kept(on: Stage) -> dict[str, bytes]:
    """Return all that a deployment keeps, keys and caught mail left out: by file, and by table of PostgreSQL."""
    found = {str(path): content for path, content in everything_under(on.settings.data, "keys", "mail")}
    if not on.tools.database.sqlite:
        query = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'dbos')"
        for schema, table in on.rows(query):
            rows = on.rows(f'SELECT row_to_json(t)::text FROM "{schema}"."{table}" t')
            found[f"{schema}.{table}"] = "\n".join(str(row[0]) for row in rows).encode()
    return found


def test_secrets_are_kept_nowhere(on: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    on.create(keys=False)
    enrol.enrol_test_keys(on.tools, on.ceremony, lambda _: CANARY)
    on.freeze_all()
    on.open_up()
    (document,) = on.documents()
    head = on.person_of(document)
    token = on.token(head)
    secret = open_link.open_link(on.tools, token)
    code = on.code(head)
    wrong_code = f"{(int(code) + 1) % 1_000_000:06d}"
    visit = on.entered(secret)
    with pytest.raises(CodeWrong):
        identify.identify(on.tools, visit, wrong_code)
    identify.identify(on.tools, visit, code)
    visit = on.entered(secret)
    with pytest.raises(WrongPassphrase):
        sign.sign(on.tools, visit, on.intent(document, WRONG))
    sign.sign(on.tools, visit, on.intent(document, CANARY))
    invite.resend(on.tools, on.account, head.id)
    on.work()
    with pytest.raises(LoginRefused):
        staff.log_in(on.tools, on.account.email, PASSWORD)
    session = staff.log_in(on.tools, on.account.email, "kata sandi rekaan")
    words = [
        CANARY,
        WRONG,
        PASSWORD,
        "kata sandi rekaan",
        token,
        on.token(head),
        secret,
        session,
        on.token(on.witness()),
    ]
    files = {**kept(on), "log": caplog.text.encode()}
    assert {name for name, content in files.items() if secret_hash(secret).encode() in content}, "the hash is kept"
    assert [(word, name) for name, content in files.items() for word in words if word.encode() in content] == []
    assert [name for name, content in files.items() if standing_alone(code, wrong_code).search(content)] == []


def standing_alone(code: str, wrong: str) -> re.Pattern[bytes]:
    """Return what finds these codes where they are no part of a longer number, time or hash."""
    forms = f"{code}|{code[:3]} {code[3:]}|{wrong}"
    return re.compile(rf"(?<![0-9A-Za-z.+/_-])({forms})(?![0-9A-Za-z.+/_-])".encode())


def test_five_wrong_codes_end_the_code_and_each_is_told(on: Stage) -> None:
    on.open()
    head = on.person_of(on.documents()[0])
    visit = on.visit(head, identified=False)
    code = on.code(head)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(4):
        with pytest.raises(CodeWrong):
            identify.identify(on.tools, visit, wrong)
    for typed in (wrong, code):
        with pytest.raises(CodeSpent):
            identify.identify(on.tools, visit, typed)
    assert on.events().count("identity.failed") == 6
    assert not on.entered_again(visit).identified
    again = on.code(head)
    identify.identify(on.tools, visit, again)
    assert on.entered_again(visit).identified


def test_only_the_newest_link_and_code_work(on: Stage) -> None:
    on.open()
    head = on.person_of(on.documents()[0])
    old = on.token(head)
    visit = on.visit(head)
    invite.resend(on.tools, on.account, head.id)
    with pytest.raises(LinkUnknown):
        open_link.open_link(on.tools, old)
    with pytest.raises(AssertionError):
        on.entered_again(visit)
    on.visit(head)


def test_a_letter_holds_the_newest_token_even_if_it_was_queued_before(on: Stage) -> None:
    on.freeze()
    invite.invite(on.tools, on.account, on.ceremony)
    head = on.person_of(on.documents()[0])
    first = on.token(head)
    invite.resend(on.tools, on.account, head.id)
    on.work()
    mailed = [str(m.get_body(("plain",))) for m in on.postman.taken if head.email in str(m["To"])]
    assert len(mailed) == 2
    assert [first in letter for letter in mailed] == [False, False]
    assert [on.token(head) in letter for letter in mailed] == [True, True]
