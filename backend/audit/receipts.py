"""What a signer or witness takes home from the log: the exact leaf of his act, and the proof that the log holds it.

514 receipts in 514 mailboxes are the cheapest witnesses of a log (notes/audit-log.md 7): a rewrite contradicts them.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session

from backend.audit import browsing, cosigning, merkle, tree
from backend.audit.browsing import Wanted
from backend.audit.events import (
    DocumentReturned,
    SignatureDeclined,
    SignatureSigned,
    WitnessAttested,
    WitnessDeclined,
)
from backend.audit.policy import Examined, Policy
from backend.audit.proof import TlogProof
from backend.audit.reader import LoggedEvent

KINDS: Final = tuple(
    kind.TYPE for kind in (SignatureSigned, SignatureDeclined, DocumentReturned, WitnessAttested, WitnessDeclined)
)
"""Acts of a person for which he gets a receipt."""


@dataclass(frozen=True)
class Receipt:
    """One act: `leaf` are its exact bytes, `proof` the C2SP tlog-proof file, None until a signed checkpoint covers it.

    The two belong together: a proof without its leaf proves nothing. `examined` tells of the checkpoint in the proof.
    """

    event: LoggedEvent
    leaf: bytes
    proof: str | None = None
    examined: Examined | None = None

    @property
    def size(self) -> int:
        """Return how many leaves the checkpoint of the proof covers, 0 without one."""
        return self.examined.checkpoint.size if self.examined else 0

    @property
    def stem(self) -> str:
        """Return the name of both files, without ending: what it is, and its place in the log."""
        place = "menunggu" if self.event.seq is None else str(self.event.seq + 1)
        return f"tanda-terima-butir-{place}"


def of(session: Session, policy: Policy, event_id: UUID) -> Receipt:
    """Return the receipt of an event as far as it goes now, under the checkpoint that most cosigners signed.

    Raises NotFound, EventDamaged or TreeDamaged.
    """
    event, leaf = browsing.event(session, event_id)
    note = cosigning.note_for(session, policy, event.seq) if event.seq is not None else None
    if event.seq is None or note is None:
        return Receipt(event, leaf)
    examined = policy.examine(note)
    hashes = merkle.inclusion(tree.nodes(session), event.seq, examined.checkpoint.size)
    return Receipt(event, leaf, TlogProof(event.seq, tuple(hashes), note).to_text(), examined)


def newest(
    session: Session, policy: Policy, actor: str, ceremony: UUID, document: UUID | None = None
) -> Receipt | None:
    """Return the receipt of a person's last act (in one document, if named), or None before he did anything."""
    wanted = Wanted(ceremony=None if document else ceremony, document=document, actor=actor)
    found = browsing.newest_of(session, wanted, KINDS)
    return of(session, policy, found) if found else None
