"""Staff accounts: create one, log in, log out. Every attempt is recorded; a refusal never says which half was wrong."""

import secrets

from uuid_utils.compat import uuid7

from backend.audit import events
from backend.audit.events import Actor, Personal, Role
from backend.ceremonies import store
from backend.ceremonies.tools import Tools
from backend.errors import Forbidden, Refusal
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


class AccountUnknown(Refusal):
    """No account has this e-mail."""

    code = "account-unknown"
    status = 404
    message = "Tidak ada akun dengan surel %(email)s."
    remedy = "Periksa surelnya."


class AccountLast(Refusal):
    """Without an organiser nobody could act."""

    code = "account-last"
    status = 409
    message = "Akun ini penyelenggara yang terakhir, sehingga tidak dapat dihapus."
    remedy = "Buatlah akun penyelenggara lain dahulu dengan `prasasti user create`."


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


def remove_account(tools: Tools, email: str) -> None:
    """Remove a staff account; raises AccountUnknown, or AccountLast for the only organiser.

    What it did stays in the log under its pseudonym, with its name and address until they are erased.
    """
    with tools.database.writing() as session:
        found = people.account_by_email(session, email)
        if found is None:
            raise AccountUnknown(email=email)
        account, _ = found
        people.remove_account(session, account)
        if people.any_organiser(session) is None:
            raise AccountLast
        removed = events.AccountRemoved(at=tools.now(), actor=events.SYSTEM, account=account.pseudonym)
        store.record(session, tools.log, removed)


def deny(tools: Tools, account: Account, action: str) -> None:
    """Record that an account asked for what its role does not allow; `action` is a route, never an address."""
    denied = events.PermissionDenied(
        at=tools.now(),
        actor=account.actor,
        outcome=events.Result.DENIED,
        reason=Forbidden.code,
        action=action,
    )
    with tools.database.writing() as session:
        store.record(session, tools.log, denied)


def cut_off(tools: Tools, what: str) -> None:
    """Record that somebody tried too often; callers tell it once for as long as the limit holds."""
    limited = events.AttemptsLimited(
        at=tools.now(),
        actor=Actor("visitor", Role.VISITOR),
        outcome=events.Result.DENIED,
        reason="too-many-attempts",
        what=what,
    )
    with tools.database.writing() as session:
        store.record(session, tools.log, limited)


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
