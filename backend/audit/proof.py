"""An offline proof that one entry is in the log: its place, the audit path, the signed and cosigned checkpoint. Pure.

https://c2sp.org/tlog-proof@v1. Files end in `.tlog-proof`.
"""

import re
from dataclasses import dataclass

from backend.audit.merkle import SIZE, verify_inclusion
from backend.audit.note import DECIMAL, MOST_CHARACTERS, InvalidNote, b64, unb64
from backend.audit.policy import Examined, Policy
from backend.errors import Refusal

FORMAT = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 63
_INDEX = re.compile(rf"index ({DECIMAL.pattern})")


class InvalidProof(Refusal):
    """A text that proves nothing: `why` is `format`, `note` (no accepted log signed it) or `inclusion`."""

    code = "log-proof-invalid"
    status = 422
    message = "Berkas ini tidak membuktikan bahwa peristiwa tersebut ada dalam rekam jejak (%(why)s)."
    remedy = "Periksa apakah berkas bukti dan peristiwanya berpasangan, lalu mintalah bukti yang baru."


@dataclass(frozen=True)
class TlogProof:
    """That a leaf stands at `index` under the checkpoint in `note`. Nothing vouches for `extra`."""

    index: int
    hashes: tuple[bytes, ...]
    note: str
    extra: bytes | None = None

    def to_text(self) -> str:
        """Return the file's text."""
        extra = [] if self.extra is None else [f"extra {b64(self.extra)}"]
        lines = [FORMAT, *extra, f"index {self.index}", *map(b64, self.hashes)]
        return "\n".join(lines) + f"\n\n{self.note}"

    @classmethod
    def from_text(cls, text: str) -> "TlogProof":
        """Return the proof of a file's text, its note verbatim and unread; raises InvalidProof (`format`)."""
        head, gap, note = text.partition("\n\n")
        lines = head.split("\n")
        if len(text) > MOST_CHARACTERS or not gap or lines.pop(0) != FORMAT:
            raise InvalidProof(why="format")
        try:
            extra = unb64(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
            index = _INDEX.fullmatch(lines.pop(0)) if lines else None
            hashes = tuple(map(unb64, lines))
        except InvalidNote as error:
            raise InvalidProof(why="format") from error
        if not index or len(hashes) > LONGEST_PATH or any(len(digest) != SIZE for digest in hashes):
            raise InvalidProof(why="format")
        return cls(int(index[1]), hashes, note, extra)

    def verify(self, leaf_hash: bytes, policy: Policy) -> Examined:
        """Return what `policy` finds in the checkpoint, after the leaf (32 bytes) is proved to be under it.

        A quorum that is not met is told in `Examined.met`, not refused. Raises InvalidProof (`note`, `inclusion`).
        """
        try:
            examined = policy.examine(self.note)
        except InvalidNote as error:
            raise InvalidProof(why="note") from error
        checkpoint = examined.checkpoint
        if not verify_inclusion(self.index, checkpoint.size, leaf_hash, self.hashes, checkpoint.root):
            raise InvalidProof(why="inclusion")
        return examined
