"""C2SP text formats: signed notes, checkpoints of a log, Ed25519 keys in one line, offline proofs. Pure text and keys.

https://c2sp.org/signed-note https://c2sp.org/tlog-checkpoint https://c2sp.org/tlog-proof (read in 2026).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from backend.audit.note import (
    DECIMAL,
    ED25519,
    KEY_NAME,
    InvalidNote,
    b64,
    key_id,
    key_line,
    read_key,
    signature_line,
    split_note,
    unb64,
)

__all__ = ["Checkpoint", "InvalidNote", "PublicKey", "SigningKey", "open_checkpoint", "proof_text"]

_PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True)
class PublicKey:
    """The key a log is checked with: its name (the log's origin) and 32 bytes of Ed25519."""

    name: str
    raw: bytes

    @classmethod
    def from_text(cls, vkey: str) -> "PublicKey":
        """Return the key of a `name+hash+base64` line; raises InvalidNote."""
        name, raw = read_key(vkey.strip(), ED25519)
        key = cls(name, raw)
        if key.to_text() != vkey.strip():
            raise InvalidNote("the key does not match its own hash")
        return key

    def to_text(self) -> str:
        """Return the key as one line, without line feed (C2SP vkey)."""
        return key_line(self.name, self.id, ED25519, self.raw)

    @property
    def id(self) -> bytes:
        """Return the first four bytes of SHA-256(name || LF || type || key)."""
        return key_id(self.name, ED25519, self.raw)

    def open(self, note: str) -> str:
        """Return the text of a note that carries this key's signature; other signatures are left alone.

        Raises InvalidNote if it is none, if this key's line is missing, or if any of its lines does not verify.
        """
        text, lines = split_note(note)
        mine = [raw for name, raw in lines if name == self.name and raw[:4] == self.id]
        if not mine:
            raise InvalidNote("no signature by this log")
        for raw in mine:
            try:
                Ed25519PublicKey.from_public_bytes(self.raw).verify(raw[4:], text.encode())
            except InvalidSignature as error:
                raise InvalidNote("the signature does not verify") from error
        return text


@dataclass(frozen=True)
class SigningKey:
    """The log's own key: only the worker holds it (DESIGN 4.6). It never shows itself in a repr."""

    name: str
    _key: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> "SigningKey":
        """Make a new key for the log called `name` (no space, no plus)."""
        if not KEY_NAME.fullmatch(name):
            raise ValueError("a log's name holds neither space nor plus")
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_text(cls, text: str) -> "SigningKey":
        """Return the key of a `PRIVATE+KEY+name+hash+base64` line; raises InvalidNote."""
        line = text.strip()
        if not line.startswith(_PRIVATE):
            raise InvalidNote("no private key of a log")
        name, seed = read_key(line.removeprefix(_PRIVATE), ED25519)
        key = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if key.to_text() != line:
            raise InvalidNote("the key does not match its own hash")
        return key

    def to_text(self) -> str:
        """Return the secret line that `from_text` reads, without line feed."""
        seed = self._key.private_bytes_raw()
        return _PRIVATE + key_line(self.name, self.public.id, ED25519, seed)

    @property
    def public(self) -> PublicKey:
        """Return the key that readers need."""
        return PublicKey(self.name, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return the signed note over `text`, which ends with a line feed."""
        if not text.endswith("\n"):
            raise ValueError("a note's text ends with a line feed")
        return f"{text}\n" + signature_line(self.name, self.public.id, self._key.sign(text.encode()))

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its origin, how many leaves it has, and their root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def to_text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"

    @classmethod
    def from_text(cls, text: str) -> "Checkpoint":
        """Return the checkpoint of a note's text; extension lines are ignored. Raises InvalidNote."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not DECIMAL.fullmatch(lines[1]):
            raise InvalidNote("no checkpoint")
        root = unb64(lines[2])
        if len(root) != 32:
            raise InvalidNote("a root has 32 bytes")
        return cls(lines[0], int(lines[1]), root)


def open_checkpoint(note: str, key: PublicKey) -> Checkpoint:
    """Return the checkpoint of a note signed by `key` whose origin is the key's name; raises InvalidNote."""
    checkpoint = Checkpoint.from_text(key.open(note))
    if checkpoint.origin != key.name:
        raise InvalidNote("the checkpoint of another log")
    return checkpoint


def proof_text(index: int, path: Sequence[bytes], note: str) -> str:
    """Return the offline proof of leaf `index`: audit path and signed checkpoint (C2SP tlog-proof, v1)."""
    lines = ("c2sp.org/tlog-proof@v1", f"index {index}", *(b64(digest) for digest in path))
    return "\n".join(lines) + f"\n\n{note}"
