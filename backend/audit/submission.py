"""What a log sends to a cosigner: the size it last cosigned, the proof from there, the signed checkpoint. Pure text.

https://c2sp.org/tlog-witness, `add-checkpoint`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.audit.merkle import SIZE
from backend.audit.note import DECIMAL, InvalidNote, b64, unb64

PATH = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
LARGEST = 32_768
"""Bytes of a request or an answer: 63 proof lines and a note with its lines need a third of it."""
LONGEST_PROOF = 63
_OLD = re.compile(rf"old ({DECIMAL.pattern})")
_SIZE = re.compile(rf"({DECIMAL.pattern})\n")


class Malformed(ValueError):
    """A body that is no submission, or an answer that names no size."""


@dataclass(frozen=True)
class Submission:
    """`old` is the size the cosigner is believed to know, `proof` leads from it to the checkpoint in `note`."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def to_bytes(self) -> bytes:
        """Return the body of the request."""
        return "\n".join([f"old {self.old}", *map(b64, self.proof), "", self.note]).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> "Submission":
        """Return what a body says, its note unread; raises Malformed."""
        try:
            head, gap, note = body.decode().partition("\n\n")
            first, *lines = head.split("\n")
            proof = tuple(map(unb64, lines))
        except (UnicodeDecodeError, InvalidNote) as error:
            raise Malformed from error
        old = _OLD.fullmatch(first)
        if not gap or not old or len(body) > LARGEST or not _are_hashes(proof):
            raise Malformed
        return cls(int(old[1]), proof, note)


def size_text(size: int) -> str:
    """Return the body with which a cosigner says which size it knows."""
    return f"{size}\n"


def read_size(body: bytes) -> int:
    """Return the size that a cosigner says it knows; raises Malformed."""
    match = _SIZE.fullmatch(body.decode("ascii", "replace"))
    if not match:
        raise Malformed
    return int(match[1])


def _are_hashes(proof: Sequence[bytes]) -> bool:
    return len(proof) <= LONGEST_PROOF and all(len(digest) == SIZE for digest in proof)
