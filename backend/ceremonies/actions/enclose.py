"""What goes with a receipt letter: the leaf of the person's act and its proof, as soon as the log has signed it."""

import contextlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from backend.audit import receipts
from backend.audit.receipts import Receipt
from backend.ceremonies.tools import Tools
from backend.errors import NotFound, Refusal
from backend.jobs.catalogue import TryAgain
from backend.mail.message import Attachment
from backend.mail.outbox import Message
from backend.people.person import Person

LETTERS: Final = {Message.RECEIPT, Message.RECEIPT_WITNESS, Message.RECEIPT_REFUSAL, Message.COMPLETED}
"""The letter of a completed document brings the proof once more: by then cosigners have signed its checkpoint."""
PATIENCE: Final = timedelta(minutes=2)
"""How long a letter waits for its proof; then it leaves without, and says where the proof will be."""
SOON: Final = 1.0


def receipt(tools: Tools, person: Person, document: UUID | None, written: datetime) -> Receipt:
    """Return the receipt that goes with a letter `written` at that time; its proof may be None once PATIENCE is over.

    Numbers the log first if need be (the worker may). Raises TryAgain while the proof may still come, NotFound for a
    letter about nothing.
    """
    found = _newest(tools, person, document)
    if found.proof is None:
        with contextlib.suppress(Refusal):  # a log that refuses to go on is told to staff elsewhere
            tools.bench.sequence()
        found = _newest(tools, person, document)
    if found.proof is None and tools.now() - written < PATIENCE:
        raise TryAgain(SOON, "receipt-not-ready")
    return found


def attachments(found: Receipt) -> tuple[Attachment, ...]:
    """Return the two files of a receipt, nothing without proof: a proof and its leaf prove only together."""
    if found.proof is None:
        return ()
    return (
        Attachment(f"{found.stem}.json", "application/json", found.leaf),
        Attachment(f"{found.stem}.tlog-proof", "application/octet-stream", found.proof.encode()),
    )


def facts(tools: Tools, found: Receipt) -> dict[str, object]:
    """Return what the letter says of the receipt."""
    place = found.event.seq if found.proof is not None else None
    return {
        "told": found.event.told,
        "acted_at": found.event.at,
        "receipt_number": None if place is None else place + 1,
        "receipt_size": found.size,
        "log_link": f"{tools.base_url}/log#periksa",
    }


def _newest(tools: Tools, person: Person, document: UUID | None) -> Receipt:
    with tools.database.reading() as session:
        found = receipts.newest(session, tools.policy(), person.pseudonym, person.ceremony_id, document)
    if found is None:
        raise NotFound
    return found
