"""Events of the deployment: its log and its staff. Names are never changed."""

from dataclasses import dataclass

from backend.audit.events.envelope import Event


@dataclass(frozen=True, kw_only=True)
class LogOpened(Event):
    """The log begins: the first event of a deployment."""

    TYPE = "prasasti.log.opened.v1"
    TOLD = "Rekam jejak dibuka"
    origin: str


@dataclass(frozen=True, kw_only=True)
class AccountCreated(Event):
    """A staff account was made; `account_role` is organiser or auditor."""

    TYPE = "prasasti.account.created.v1"
    TOLD = "Akun petugas dibuat"
    account: str
    account_role: str


@dataclass(frozen=True, kw_only=True)
class LoginSucceeded(Event):
    """Staff logged in."""

    TYPE = "prasasti.login.succeeded.v1"
    TOLD = "Petugas masuk"


@dataclass(frozen=True, kw_only=True)
class LoginFailed(Event):
    """A log-in was refused; nothing says whether the account exists."""

    TYPE = "prasasti.login.failed.v1"
    TOLD = "Upaya masuk ditolak"


@dataclass(frozen=True, kw_only=True)
class LoggedOut(Event):
    """Staff logged out."""

    TYPE = "prasasti.login.ended.v1"
    TOLD = "Petugas keluar"
