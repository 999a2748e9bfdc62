"""What a cosigner says of a checkpoint: a timestamped Ed25519 line under the log's note, and its key. Pure.

https://c2sp.org/tlog-cosignature, type 0x04. A cosigner is a machine of another institution; persons are witnesses.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from backend.audit.note import (
    COSIGNATURE_ED25519,
    KEY_NAME,
    InvalidNote,
    key_id,
    key_line,
    read_key,
    signature_line,
)

_PRIVATE = "PRIVATE+KEY+"
_LENGTH = 4 + 8 + 64
"""Key id, seconds since 1970 (big-endian), Ed25519 signature."""
_LATEST = 253_402_300_799
"""The last second of the year 9999; what claims a later one is no time."""


@dataclass(frozen=True)
class CosignerKey:
    """The key a cosigner is checked with: its name and 32 bytes of Ed25519."""

    name: str
    raw: bytes

    @classmethod
    def from_text(cls, vkey: str) -> "CosignerKey":
        """Return the key of a `name+hash+base64` line of type 0x04; raises InvalidNote."""
        line = vkey.strip()
        key = cls(*read_key(line, COSIGNATURE_ED25519))
        if key.to_text() != line:
            raise InvalidNote("the key does not match its own hash")
        return key

    def to_text(self) -> str:
        """Return the key as one line, without line feed (C2SP vkey)."""
        return key_line(self.name, self.id, COSIGNATURE_ED25519, self.raw)

    @property
    def id(self) -> bytes:
        """Return the four bytes that name this key in a signature line."""
        return key_id(self.name, COSIGNATURE_ED25519, self.raw)

    def owns(self, name: str, signature: bytes) -> bool:
        """Tell whether a signature line claims to be this key's; name and key id decide, never one of them."""
        return name == self.name and signature[:4] == self.id

    def verify(self, text: str, signature: bytes) -> datetime:
        """Return when this key cosigned `text` (a checkpoint's lines); `signature` is key id, time and Ed25519.

        Raises InvalidNote if it did not.
        """
        if len(signature) != _LENGTH or signature[:4] != self.id:
            raise InvalidNote("no cosignature of this key")
        (seconds,) = struct.unpack(">Q", signature[4:12])
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature[12:], _message(seconds, text))
        except (InvalidSignature, ValueError) as error:
            raise InvalidNote("the cosignature does not verify") from error
        if seconds > _LATEST:
            raise InvalidNote("the cosignature's time is no time")
        return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True)
class CosigningKey:
    """A cosigner's own key. It never shows itself in a repr."""

    name: str
    _key: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> "CosigningKey":
        """Make a new key for the cosigner called `name`; raises ValueError for a name with space or plus."""
        if not KEY_NAME.fullmatch(name):
            raise ValueError("a cosigner's name holds neither space nor plus")
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_text(cls, text: str) -> "CosigningKey":
        """Return the key of a `PRIVATE+KEY+name+hash+base64` line; raises InvalidNote."""
        line = text.strip()
        if not line.startswith(_PRIVATE):
            raise InvalidNote("no private key of a cosigner")
        name, seed = read_key(line.removeprefix(_PRIVATE), COSIGNATURE_ED25519)
        key = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if key.to_text() != line:
            raise InvalidNote("the key does not match its own hash")
        return key

    def to_text(self) -> str:
        """Return the secret line that `from_text` reads, without line feed."""
        return _PRIVATE + key_line(self.name, self.public.id, COSIGNATURE_ED25519, self._key.private_bytes_raw())

    @property
    def public(self) -> CosignerKey:
        """Return the key that others check with."""
        return CosignerKey(self.name, self._key.public_key().public_bytes_raw())

    def cosign(self, text: str, at: datetime) -> str:
        """Return the signature line over a checkpoint's lines `text`, made at `at` (aware), line feed included."""
        seconds = int(at.timestamp())
        signature = struct.pack(">Q", seconds) + self._key.sign(_message(seconds, text))
        return signature_line(self.name, self.public.id, signature)

    def __repr__(self) -> str:
        return f"CosigningKey({self.name!r})"


def _message(seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
