"""One-time codes, passwords and sessions: the rules, without a database. Pure but for the password hash's own salt.

A code reaches the same mailbox as the link, so it proves presence, not a second factor (DESIGN 12.3).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.errors import Refusal

CODE_LIFE = timedelta(minutes=5)
CODE_TRIES = 5
VISIT_LIFE = timedelta(hours=8)
STAFF_LIFE = timedelta(hours=12)
SHORTEST_PASSWORD = 12

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex(16))


class CodeWrong(Refusal):
    """The code does not match; `left` tries remain."""

    code = "code-wrong"
    message = "Kode 6 angka tidak cocok. Sisa %(left)s percobaan."
    remedy = "Periksa kembali kode pada surat yang terakhir diterima."


class CodeExpired(Refusal):
    """The code is older than five minutes, or none was asked for."""

    code = "code-expired"
    message = "Kode sudah lewat 5 menit atau belum diminta."
    remedy = "Mintalah kode baru."


class CodeSpent(Refusal):
    """Five wrong tries."""

    code = "code-spent"
    status = 429
    message = "Lima kali salah. Demi keamanan, kode ini tidak berlaku lagi."
    remedy = "Mintalah kode baru atau hubungi petugas seremoni."


class LoginRefused(Refusal):
    """Wrong e-mail or password; which of the two is not said."""

    code = "login-refused"
    status = 401
    message = "Surel atau kata sandi tidak cocok."
    remedy = "Periksa kembali, atau mintalah pengelola sistem untuk mengatur ulang akun."


class PasswordTooShort(Refusal):
    """A password under twelve characters."""

    code = "password-too-short"
    message = "Kata sandi kurang dari 12 huruf."
    remedy = "Pilihlah kata sandi yang lebih panjang, misalnya beberapa kata."


@dataclass(frozen=True)
class Code:
    """A one-time code as it is kept: an HMAC, when it was made, how often it was tried."""

    link_id: UUID
    digest: str
    made_at: datetime
    tries: int = 0

    def tried(self) -> Self:
        """Return the code with one more try counted."""
        return replace(self, tries=self.tries + 1)


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def code_digest(key: bytes, link_id: UUID, code: str) -> str:
    """Return the HMAC-SHA256 (hex) under which a code is kept."""
    return hmac.new(key, link_id.bytes + code.encode(), hashlib.sha256).hexdigest()


def check_code(key: bytes, kept: Code | None, typed: str, at: datetime) -> None:
    """Accept the typed code (spaces allowed) or raise CodeExpired, CodeSpent or CodeWrong."""
    if kept is None or at - kept.made_at > CODE_LIFE:
        raise CodeExpired
    if kept.tries >= CODE_TRIES:
        raise CodeSpent
    digits = "".join(typed.split())
    if not hmac.compare_digest(code_digest(key, kept.link_id, digits), kept.digest):
        left = CODE_TRIES - kept.tries - 1
        if left == 0:
            raise CodeSpent
        raise CodeWrong(left=left)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a new password; raises PasswordTooShort."""
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort
    return _HASHER.hash(password)


def password_matches(kept: str | None, password: str) -> bool:
    """Tell whether the password fits; takes as long for an account that does not exist."""
    try:
        _HASHER.verify(kept or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def new_secret() -> tuple[str, str]:
    """Return a random session id for the cookie and its SHA-256 (hex) for the row."""
    secret = secrets.token_urlsafe(32)
    return secret, secret_hash(secret)


def secret_hash(secret: str) -> str:
    """Return the SHA-256 (hex) of a session id."""
    return hashlib.sha256(secret.encode()).hexdigest()
