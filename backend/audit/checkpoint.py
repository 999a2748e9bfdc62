"""C2SP text formats: signed notes, checkpoints of a log, Ed25519 keys in one line, offline proofs. Pure text and keys.

https://c2sp.org/signed-note https://c2sp.org/tlog-checkpoint https://c2sp.org/tlog-proof (read in 2026).
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
_PRIVATE = "PRIVATE+KEY+"
_NAME = re.compile(r"[^\s+]{1,255}")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,17}")


class InvalidNote(ValueError):
    """A text that is no note of this log, or is not signed by its key."""


@dataclass(frozen=True)
class PublicKey:
    """The key a log is checked with: its name (the log's origin) and 32 bytes of Ed25519."""

    name: str
    raw: bytes

    @classmethod
    def from_text(cls, vkey: str) -> "PublicKey":
        """Return the key of a `name+hash+base64` line; raises InvalidNote."""
        name, raw = _read_key(vkey.strip())
        key = cls(name, raw)
        if key.to_text() != vkey.strip():
            raise InvalidNote("the key does not match its own hash")
        return key

    def to_text(self) -> str:
        """Return the key as one line, without line feed (C2SP vkey)."""
        return f"{self.name}+{self.id.hex()}+{_b64(bytes([ED25519]) + self.raw)}"

    @property
    def id(self) -> bytes:
        """Return the first four bytes of SHA-256(name || LF || type || key)."""
        return sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.raw).digest()[:4]

    def open(self, note: str) -> str:
        """Return the text of a note that carries this key's signature; other signatures are left alone.

        Raises InvalidNote if it is none, if this key's line is missing, or if any of its lines does not verify.
        """
        text, lines = _split_note(note)
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
        if not _NAME.fullmatch(name):
            raise ValueError("a log's name holds neither space nor plus")
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_text(cls, text: str) -> "SigningKey":
        """Return the key of a `PRIVATE+KEY+name+hash+base64` line; raises InvalidNote."""
        line = text.strip()
        if not line.startswith(_PRIVATE):
            raise InvalidNote("no private key of a log")
        name, seed = _read_key(line.removeprefix(_PRIVATE))
        key = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if key.to_text() != line:
            raise InvalidNote("the key does not match its own hash")
        return key

    def to_text(self) -> str:
        """Return the secret line that `from_text` reads, without line feed."""
        seed = self._key.private_bytes_raw()
        return f"{_PRIVATE}{self.name}+{self.public.id.hex()}+{_b64(bytes([ED25519]) + seed)}"

    @property
    def public(self) -> PublicKey:
        """Return the key that readers need."""
        return PublicKey(self.name, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return the signed note over `text`, which ends with a line feed."""
        if not text.endswith("\n"):
            raise ValueError("a note's text ends with a line feed")
        return f"{text}\n— {self.name} {_b64(self.public.id + self._key.sign(text.encode()))}\n"

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
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"

    @classmethod
    def from_text(cls, text: str) -> "Checkpoint":
        """Return the checkpoint of a note's text; extension lines are ignored. Raises InvalidNote."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not _DECIMAL.fullmatch(lines[1]):
            raise InvalidNote("no checkpoint")
        root = _unb64(lines[2])
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
    lines = ("c2sp.org/tlog-proof@v1", f"index {index}", *(_b64(digest) for digest in path))
    return "\n".join(lines) + f"\n\n{note}"


def _split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    if any(ord(c) < 0x20 and c != "\n" for c in note):
        raise InvalidNote("a control character in a note")
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not text or not signatures.endswith("\n"):
        raise InvalidNote("no signed note")
    lines = []
    for line in signatures.removesuffix("\n").split("\n"):
        match = _SIGNATURE.fullmatch(line)
        if not match:
            raise InvalidNote("no signature line")
        lines.append((match[1], _unb64(match[2])))
    return text + "\n", lines


def _read_key(line: str) -> tuple[str, bytes]:
    name, _, rest = line.partition("+")
    raw = _unb64(rest.partition("+")[2])
    if not _NAME.fullmatch(name) or len(raw) != 33 or raw[0] != ED25519:
        raise InvalidNote("no Ed25519 key of a log")
    return name, raw[1:]


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unb64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InvalidNote("no base64") from error
    if _b64(raw) != text:
        raise InvalidNote("another spelling of the same bytes")
    return raw
