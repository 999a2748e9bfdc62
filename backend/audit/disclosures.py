"""Personal data beside the log: salted disclosures (RFC 9901), and their encryption so that they can be erased. Pure.

A leaf holds only digests. Without its salt a digest says nothing, even of a NIK that could be guessed in a second.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12


class Unreadable(ValueError):
    """A ciphertext that this key does not open, or that stands in another place than it was made for."""


@dataclass(frozen=True)
class Disclosure:
    """One field of one event, with what proves it: `text` is what is handed over, `digest` what the leaf holds."""

    field: str
    value: str
    text: str

    @property
    def digest(self) -> str:
        """Return base64url(SHA-256(text)) without padding (RFC 9901 section 4.2.3)."""
        return _b64(sha256(self.text.encode()).digest())


def disclose(field: str, value: str) -> Disclosure:
    """Return a new disclosure, base64url(JSON [128-bit salt, field, value]) (RFC 9901 section 4.2.1)."""
    content = json.dumps([_b64(secrets.token_bytes(_SALT_BYTES)), field, value], ensure_ascii=False)
    return Disclosure(field, value, _b64(content.encode()))


def read(text: str) -> Disclosure:
    """Return the disclosure whose text was handed over; raises Unreadable if it is none."""
    try:
        _, field, value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError) as error:
        raise Unreadable("no disclosure") from error
    return Disclosure(str(field), str(value), text)


def new_key() -> bytes:
    """Return a fresh 256-bit key."""
    return secrets.token_bytes(KEY_BYTES)


def encrypt(key: bytes, plain: bytes, *place: str) -> bytes:
    """Return nonce and AES-256-GCM ciphertext, bound to the `place` (row) that it is stored in."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, "\n".join(place).encode())


def decrypt(key: bytes, stored: bytes, *place: str) -> bytes:
    """Return what `encrypt` was given for the same key and place; raises Unreadable."""
    try:
        return AESGCM(key).decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], "\n".join(place).encode())
    except (InvalidTag, ValueError) as error:
        raise Unreadable("another key or another place") from error


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
