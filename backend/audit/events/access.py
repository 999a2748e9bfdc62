"""Events about who may do what: refusals of permission, attempts cut off, accounts removed. Names are never changed."""

from dataclasses import dataclass

from backend.audit.events.envelope import Event


@dataclass(frozen=True, kw_only=True)
class PermissionDenied(Event):
    """A member of staff asked for something that his role does not allow; nothing was done. `action` is a route."""

    TYPE = "prasasti.permission.denied.v1"
    TOLD = "Tindakan ditolak karena kewenangan"
    action: str


@dataclass(frozen=True, kw_only=True)
class AttemptsLimited(Event):
    """Somebody tried too often (`what`: login, code, link, passphrase) and waits now; told once until he may again."""

    TYPE = "prasasti.attempts.limited.v1"
    TOLD = "Percobaan dibatasi sementara"
    what: str


@dataclass(frozen=True, kw_only=True)
class AccountRemoved(Event):
    """A staff account was removed on the command line; its sessions ended with it."""

    TYPE = "prasasti.account.removed.v1"
    TOLD = "Akun petugas dihapus"
    account: str
