"""A log in memory, its key, and three cosigners: what tests of policies, proofs and cosigners start from."""

from datetime import UTC, datetime

from backend.audit import merkle
from backend.audit.checkpoint import Checkpoint, SigningKey
from backend.audit.cosignature import CosigningKey
from backend.audit.policy import Cosigner

ORIGIN = "log.contoh.invalid/2026"
AT = datetime(2026, 5, 20, 3, 0, 0, tzinfo=UTC)
KEY = SigningKey.generate(ORIGIN)
COSIGNING = [CosigningKey.generate(f"penjaga-{i}.contoh.invalid") for i in range(3)]
COSIGNERS = [Cosigner(f"penjaga-{i}", key.public) for i, key in enumerate(COSIGNING)]


class MemoryLog:
    """Leaves and their tree; grows, forks by being built anew, and signs itself."""

    def __init__(self, bodies: list[bytes], key: SigningKey = KEY) -> None:
        self.key = key
        self.bodies = bodies
        self.frontier = merkle.Frontier()
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._roots = [merkle.EMPTY]
        for body in bodies:
            for level, index, digest in self.frontier.push(merkle.leaf_hash(body)):
                self._nodes[level, index] = digest
            self._roots.append(self.frontier.root())

    def nodes(self, level: int, index: int) -> bytes:
        return self._nodes[level, index]

    def text(self, size: int | None = None) -> str:
        size = len(self.bodies) if size is None else size
        return Checkpoint(self.key.name, size, self._roots[size]).to_text()

    def note(self, size: int | None = None) -> str:
        return self.key.sign(self.text(size))

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        return tuple(merkle.inclusion(self.nodes, index, len(self.bodies) if size is None else size))

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        return merkle.consistency(self.nodes, old, len(self.bodies) if new is None else new)


def numbered(count: int, word: str = "peristiwa") -> MemoryLog:
    """Return a log of `count` leaves, alike in every test."""
    return MemoryLog([f"{word} {i}".encode() for i in range(count)])


def cosigned(note: str, *keys: CosigningKey) -> str:
    """Return the note with a line of each of these cosigners."""
    text = note.rpartition("\n\n")[0] + "\n"
    return note + "".join(key.cosign(text, AT) for key in keys)
