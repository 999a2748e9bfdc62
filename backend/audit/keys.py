"""Ed25519 keys in one line, as logs and cosigners have them (C2SP signed-note); what each kind signs is told elsewhere.

Pure. A kind of key is a subclass that says its signature type, so that no key is ever taken for one of the other kind.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from backend.audit.note import KEY_NAME, InvalidNote, key_id, key_line, read_key, signature_line

_PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True)
class VerifyingKey:
    """The key that others check with: its name and 32 bytes of Ed25519. `KIND` is the signature type."""

    KIND: ClassVar[int]
    name: str
    raw: bytes

    @classmethod
    def from_text(cls, vkey: str) -> Self:
        """Return the key of a `name+hash+base64` line of this kind; raises InvalidNote."""
        line = vkey.strip()
        key = cls(*read_key(line, cls.KIND))
        if key.to_text() != line:
            raise InvalidNote("the key does not match its own hash")
        return key

    def to_text(self) -> str:
        """Return the key as one line, without line feed (C2SP vkey)."""
        return key_line(self.name, self.id, self.KIND, self.raw)

    @property
    def id(self) -> bytes:
        """Return the four bytes that name this key in a signature line."""
        return key_id(self.name, self.KIND, self.raw)

    def owns(self, name: str, signature: bytes) -> bool:
        """Tell whether a signature line claims to be this key's; name and key id decide, never one of them."""
        return name == self.name and signature[:4] == self.id

    def check(self, signature: bytes, message: bytes) -> None:
        """Raise InvalidNote unless this key made the 64 bytes of `signature` over `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise InvalidNote("the signature does not verify") from error


@dataclass(frozen=True, repr=False)
class SecretKey:
    """A key that signs, kept as one secret line. It never shows itself in a repr."""

    KIND: ClassVar[int]
    name: str
    _key: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a new key called `name`; raises ValueError for a name with space or plus."""
        if not KEY_NAME.fullmatch(name):
            raise ValueError("the name of a key holds neither space nor plus")
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the key of a `PRIVATE+KEY+name+hash+base64` line of this kind; raises InvalidNote."""
        line = text.strip()
        if not line.startswith(_PRIVATE):
            raise InvalidNote("no private key")
        name, seed = read_key(line.removeprefix(_PRIVATE), cls.KIND)
        key = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if key.to_text() != line:
            raise InvalidNote("the key does not match its own hash")
        return key

    def to_text(self) -> str:
        """Return the secret line that `from_text` reads, without line feed."""
        identifier = key_id(self.name, self.KIND, self.public_bytes)
        return _PRIVATE + key_line(self.name, identifier, self.KIND, self._key.private_bytes_raw())

    @property
    def public_bytes(self) -> bytes:
        """Return the 32 bytes of the public half."""
        return self._key.public_key().public_bytes_raw()

    def line(self, message: bytes, before: bytes = b"") -> str:
        """Return the signature line over `message`; `before` stands between key id and signature, as the kind says."""
        identifier = key_id(self.name, self.KIND, self.public_bytes)
        return signature_line(self.name, identifier, before + self._key.sign(message))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"
