"""Staff accounts: create one, log in, log out. Every attempt is recorded; a refusal never says which half was wrong."""

import secrets

from uuid_utils.compat import uuid7

from backend.audit import events
from backend.audit.events import Actor, Personal, Role
from backend.ceremonies import store
from backend.ceremonies.tools import Tools
from backend.errors import Refusal
from backend.people import identity
from backend.people import store as people
from backend.people.identity import LoginRefused
from backend.people.person import Account, AccountRole


class AccountExists(Refusal):
    """There is an account with this e-mail already."""

    code = "account-exists"
    status = 409
    message = "Sudah ada akun dengan surel %(email)s."
    remedy = "Gunakan surel lain, atau masuk dengan akun tersebut."


def create_account(tools: Tools, email: str, name: str, role: AccountRole, password: str) -> Account:
    """Create a staff account; raises PasswordTooShort or AccountExists."""
    hashed = identity.hash_password(password)
    account = Account(uuid7(), f"p_{secrets.token_hex(16)}", email.strip().lower(), name.strip(), role)
    with tools.database.writing() as session:
        if people.account_by_email(session, account.email) is not None:
            raise AccountExists(email=account.email)
        people.add_account(session, account, hashed)
        created = events.AccountCreated(
            at=tools.now(),
            actor=events.SYSTEM,
            account=account.pseudonym,
            account_role=str(role),
            personal=(
                Personal(account.pseudonym, "name", account.name),
                Personal(account.pseudonym, "email", account.email),
            ),
        )
        store.record(session, tools.log, created)
    return account


def log_in(tools: Tools, email: str, password: str) -> str:
    """Return the session's secret for the cookie; raises LoginRefused."""
    with tools.database.reading() as session:
        found = people.account_by_email(session, email)
    account, kept = found or (None, None)
    matches = identity.password_matches(kept, password)
    secret, _ = identity.new_secret()
    with tools.database.writing() as session:
        if account is None or not matches:
            actor = account.actor if account else Actor("visitor", Role.VISITOR)
            failed = events.LoginFailed(
                at=tools.now(), actor=actor, outcome=events.Result.DENIED, reason=LoginRefused.code
            )
            store.record(session, tools.log, failed)
        else:
            people.begin_session(session, secret, account, tools.now())
            store.record(session, tools.log, events.LoginSucceeded(at=tools.now(), actor=account.actor))
    if account is None or not matches:
        raise LoginRefused
    return secret


def log_out(tools: Tools, account: Account, secret: str) -> None:
    """End a session."""
    with tools.database.writing() as session:
        people.end_session(session, secret)
        store.record(session, tools.log, events.LoggedOut(at=tools.now(), actor=account.actor))
