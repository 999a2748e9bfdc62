"""C2SP text formats: notes that a log signs, and the checkpoint in them. Pure text and keys.

https://c2sp.org/signed-note https://c2sp.org/tlog-checkpoint (read in 2026).
"""

from dataclasses import dataclass

from backend.audit.keys import SecretKey, VerifyingKey
from backend.audit.note import DECIMAL, ED25519, InvalidNote, b64, split_note, unb64

__all__ = ["Checkpoint", "InvalidNote", "PublicKey", "SigningKey", "open_checkpoint"]


class PublicKey(VerifyingKey):
    """The key a log is checked with; its name is the log's origin."""

    KIND = ED25519

    def open(self, note: str) -> str:
        """Return the text of a note that carries this key's signature; other signatures are left alone.

        Raises InvalidNote if it is none, if this key's line is missing, or if any of its lines does not verify.
        """
        text, lines = split_note(note)
        mine = [signature for name, signature in lines if self.owns(name, signature)]
        if not mine:
            raise InvalidNote("no signature by this log")
        for signature in mine:
            self.check(signature[4:], text.encode())
        return text


class SigningKey(SecretKey):
    """The log's own key: only the worker holds it (DESIGN 4.6)."""

    KIND = ED25519

    @property
    def public(self) -> PublicKey:
        """Return the key that readers need."""
        return PublicKey(self.name, self.public_bytes)

    def sign(self, text: str) -> str:
        """Return the signed note over `text`, which ends with a line feed."""
        if not text.endswith("\n"):
            raise ValueError("a note's text ends with a line feed")
        return f"{text}\n" + self.line(text.encode())


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
