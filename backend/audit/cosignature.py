"""What a cosigner says of a checkpoint: a timestamped Ed25519 line under the log's note, and its key. Pure.

https://c2sp.org/tlog-cosignature, type 0x04. A cosigner is a machine of another institution; persons are witnesses.
"""

import struct
from datetime import UTC, datetime

from backend.audit.keys import SecretKey, VerifyingKey
from backend.audit.note import COSIGNATURE_ED25519, InvalidNote

_LENGTH = 4 + 8 + 64
"""Key id, seconds since 1970 (big-endian), Ed25519 signature."""
_LATEST = 253_402_300_799
"""The last second of the year 9999; what claims a later one is no time."""


class CosignerKey(VerifyingKey):
    """The key a cosigner is checked with."""

    KIND = COSIGNATURE_ED25519

    def verify(self, text: str, signature: bytes) -> datetime:
        """Return when this key cosigned `text` (a checkpoint's lines); `signature` is key id, time and Ed25519.

        Raises InvalidNote if it did not.
        """
        if len(signature) != _LENGTH or signature[:4] != self.id:
            raise InvalidNote("no cosignature of this key")
        (seconds,) = struct.unpack(">Q", signature[4:12])
        self.check(signature[12:], _message(seconds, text))
        if seconds > _LATEST:
            raise InvalidNote("the cosignature's time is no time")
        return datetime.fromtimestamp(seconds, UTC)


class CosigningKey(SecretKey):
    """A cosigner's own key."""

    KIND = COSIGNATURE_ED25519

    @property
    def public(self) -> CosignerKey:
        """Return the key that others check with."""
        return CosignerKey(self.name, self.public_bytes)

    def cosign(self, text: str, at: datetime) -> str:
        """Return the signature line over a checkpoint's lines `text`, made at `at` (aware), line feed included."""
        seconds = int(at.timestamp())
        return self.line(_message(seconds, text), struct.pack(">Q", seconds))


def _message(seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
