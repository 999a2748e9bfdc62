"""What a signer or witness takes home from the log: the exact leaf of his act, and the proof that the log holds it.

514 receipts in 514 mailboxes are the cheapest witnesses of a log (notes/audit-log.md 7): a rewrite contradicts them.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session

from backend.audit import browsing, reader
from backend.audit.browsing import Wanted
from backend.audit.events import (
    DocumentReturned,
    SignatureDeclined,
    SignatureSigned,
    WitnessAttested,
    WitnessDeclined,
)
from backend.audit.reader import LoggedEvent, NotYetSigned

KINDS: Final = tuple(
    kind.TYPE for kind in (SignatureSigned, SignatureDeclined, DocumentReturned, WitnessAttested, WitnessDeclined)
)
"""Acts of a person for which he gets a receipt."""


@dataclass(frozen=True)
class Receipt:
    """One act: `leaf` are its exact bytes, `proof` the C2SP tlog-proof file, None until a signed checkpoint covers it.

    The two belong together: a proof without its leaf proves nothing. `size` counts the leaves of that checkpoint.
    """

    event: LoggedEvent
    leaf: bytes
    size: int
    proof: str | None

    @property
    def stem(self) -> str:
        """Return the name of both files, without ending: what it is, and its place in the log."""
        place = "menunggu" if self.event.seq is None else str(self.event.seq + 1)
        return f"tanda-terima-butir-{place}"


def of(session: Session, event_id: UUID) -> Receipt:
    """Return the receipt of an event as far as it goes now; raises NotFound, EventDamaged or TreeDamaged."""
    event, leaf = browsing.event(session, event_id)
    try:
        proof = reader.inclusion_proof(session, event_id)
    except NotYetSigned:
        return Receipt(event, leaf, 0, None)
    return Receipt(event, leaf, proof.size, proof.to_text())


def newest(session: Session, actor: str, ceremony: UUID, document: UUID | None = None) -> Receipt | None:
    """Return the receipt of a person's last act (in one document, if named), or None before he did anything."""
    wanted = Wanted(ceremony=None if document else ceremony, document=document, actor=actor)
    found = browsing.newest_of(session, wanted, KINDS)
    return of(session, found) if found else None
