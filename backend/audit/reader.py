"""Reading the log: what happened in a ceremony, what it commits to, proofs and exports. `inspection` checks it all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from backend import clock
from backend.audit import canonical, merkle, tree
from backend.audit.events import (
    DocumentArchived,
    DocumentCompleted,
    DocumentFrozen,
    MinutesSealed,
    SignatureSigned,
    kinds,
)
from backend.audit.faults import EventDamaged, LogReport
from backend.audit.inspection import verify_log
from backend.audit.proof import TlogProof
from backend.audit.tables import AuditCheckpoint, AuditEvent, AuditLeaf, AuditQueue
from backend.errors import NotFound, Refusal

__all__ = [
    "InclusionProof",
    "LogNotDrained",
    "LogReport",
    "LoggedEvent",
    "NotYetSigned",
    "ceremony_commitment",
    "ceremony_events",
    "count_events",
    "events_of",
    "export_jsonl",
    "inclusion_proof",
    "logged",
    "newest_root",
    "recorded",
    "verify_log",
]

UNKNOWN = "Peristiwa yang belum dikenal versi ini"
_TOLD: Final = {kind.TYPE: kind.TOLD for kind in kinds()}
_REVISIONS: Final = tuple(
    kind.TYPE for kind in (DocumentFrozen, SignatureSigned, DocumentCompleted, DocumentArchived, MinutesSealed)
)
"""The events whose `subject` is a PDF that we stored."""


_PLACE: Final = sa.text(
    "SELECT e.body, l.seq, c.size, c.note FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.id"
    " LEFT JOIN audit_checkpoint c ON c.size = (SELECT max(size) FROM audit_checkpoint) WHERE e.id = :id"
)
"""An event, its number, and the newest signed checkpoint."""


class LogNotDrained(Refusal):
    """Events of the ceremony have no number yet: drain first."""

    code = "log-not-drained"
    status = 409
    message = "Masih ada %(waiting)s peristiwa seremoni ini yang belum bernomor dalam rekam jejak."
    remedy = "Tunggulah sejenak, lalu ulangi."


class NotYetSigned(Refusal):
    """No signed checkpoint covers the event yet."""

    code = "log-not-yet-signed"
    status = 409
    message = "Peristiwa ini belum tercakup titik periksa yang ditandatangani."
    remedy = "Tunggulah sejenak, lalu ulangi."


@dataclass(frozen=True)
class LoggedEvent:
    """One row of the rekam jejak page. `seq` is None while it waits for its number; `told` is a catalogue text.

    `digests` counts the personal values that the leaf commits to without holding them.
    """

    id: UUID
    seq: int | None
    at: datetime
    type: str
    told: str
    actor: str
    role: str
    on_behalf: str | None
    outcome: str
    reason: str | None
    ceremony: UUID | None
    document: UUID | None
    object_kind: str | None
    object_sha256: str | None
    extra: dict[str, Any]
    digests: int = 0


@dataclass(frozen=True)
class InclusionProof:
    """That `body` is leaf `index` of the tree which the signed `note` describes."""

    body: bytes
    index: int
    size: int
    path: tuple[bytes, ...]
    note: str

    def to_text(self) -> str:
        """Return the proof as a file (C2SP tlog-proof)."""
        return TlogProof(self.index, self.path, self.note).to_text()


def events_of(
    session: Session, ceremony: UUID | None = None, document: UUID | None = None, limit: int = 100, offset: int = 0
) -> list[LoggedEvent]:
    """Return events in log order, those without a number last; of one ceremony, one document, or all.

    Raises EventDamaged if one of them is no longer what was recorded.
    """
    found = (
        select(AuditLeaf.seq, AuditEvent.id, AuditEvent.body)
        .select_from(AuditEvent)
        .outerjoin(AuditLeaf, col(AuditLeaf.event_id) == col(AuditEvent.id))
        .outerjoin(AuditQueue, col(AuditQueue.event_id) == col(AuditEvent.id))
        .order_by(col(AuditLeaf.seq).is_(None), col(AuditLeaf.seq), col(AuditQueue.position))
        .limit(limit)
        .offset(offset)
    )
    return [logged(*row) for row in session.exec(_about(found, ceremony, document))]


def count_events(session: Session, ceremony: UUID | None = None, document: UUID | None = None) -> int:
    """Return how many events `events_of` has in all."""
    return int(session.exec(_about(select(func.count()).select_from(AuditEvent), ceremony, document)).one())


def ceremony_events(session: Session, ceremony_id: UUID) -> list[bytes]:
    """Return the leaves' bytes of a ceremony's numbered events, in log order."""
    return [bytes(body) for body in session.exec(_numbered(AuditEvent.body, ceremony_id))]


def ceremony_commitment(session: Session, ceremony_id: UUID) -> tuple[int, str]:
    """Return how many events the ceremony has, and the RFC 6962 root (hex) over their leaf hashes in log order.

    This is what MinutesSealed commits to. Raises LogNotDrained while one of them has no number.
    """
    waiting = select(func.count()).select_from(AuditQueue).join(AuditEvent, _queued_event())
    if number := session.exec(waiting.where(col(AuditEvent.ceremony_id) == str(ceremony_id))).one():
        raise LogNotDrained(waiting=number)
    hashes = [bytes(leaf) for leaf in session.exec(_numbered(AuditEvent.leaf_hash, ceremony_id))]
    return len(hashes), merkle.root_of(hashes).hex()


def export_jsonl(session: Session, ceremony_id: UUID | None = None) -> Iterator[bytes]:
    """Yield the exact leaf bytes of the numbered events in log order, a line feed after each; all or one ceremony's."""
    for body in session.exec(_numbered(AuditEvent.body, ceremony_id).execution_options(yield_per=500)):
        yield bytes(body) + b"\n"


def inclusion_proof(session: Session, event_id: UUID) -> InclusionProof:
    """Return the proof of an event under the newest signed checkpoint.

    Raises NotFound for an unknown event, NotYetSigned until a checkpoint covers it, TreeDamaged if nodes are missing.
    """
    if (found := session.connection().execute(_PLACE, {"id": str(event_id)}).first()) is None:
        raise NotFound
    body, seq, size, note = found
    if seq is None or size is None or size <= seq:
        raise NotYetSigned
    path = tuple(tree.gather(session, lambda nodes: merkle.inclusion(nodes, seq, size)))
    return InclusionProof(bytes(body), seq, size, path, note)


def recorded(session: Session, sha256: str) -> bool:
    """Tell whether the log holds a PDF revision of this SHA-256 (hex) that we stored ourselves."""
    revision = select(AuditEvent.id).where(
        col(AuditEvent.object_sha256) == sha256.lower(), col(AuditEvent.type).in_(_REVISIONS)
    )
    return session.exec(revision.limit(1)).first() is not None


def newest_root(session: Session) -> str:
    """Return the root (hex) of the newest signed checkpoint, an empty text while there is none."""
    query = select(AuditCheckpoint.root).order_by(col(AuditCheckpoint.size).desc())
    root = session.exec(query).first()
    return bytes(root).hex() if root is not None else ""


def _queued_event() -> Any:
    return col(AuditEvent.id) == col(AuditQueue.event_id)


def _about(statement: Any, ceremony: UUID | None, document: UUID | None) -> Any:
    if ceremony is not None:
        statement = statement.where(col(AuditEvent.ceremony_id) == str(ceremony))
    if document is not None:
        statement = statement.where(col(AuditEvent.document_id) == str(document))
    return statement


def _numbered(column: bytes, ceremony_id: UUID | None) -> Any:
    statement = (
        select(column).join(AuditLeaf, col(AuditLeaf.event_id) == col(AuditEvent.id)).order_by(col(AuditLeaf.seq))
    )
    return _about(statement, ceremony_id, None)


def logged(seq: int | None, event_id: str, body: bytes) -> LoggedEvent:
    """Return a stored body as an event with its number; raises EventDamaged if it is no longer canonical."""
    try:
        envelope = canonical.parse(body)
    except canonical.NotCanonical as error:
        raise EventDamaged(event=event_id) from error
    data = envelope["data"]
    _, _, document = envelope.get("subject", "").partition("document/")
    return LoggedEvent(
        id=UUID(envelope["id"]),
        seq=seq,
        at=clock.from_text(envelope["time"]),
        type=envelope["type"],
        told=_TOLD.get(envelope["type"], UNKNOWN),
        actor=data.get("actor", ""),
        role=data.get("role", ""),
        on_behalf=data.get("on_behalf"),
        outcome=data.get("outcome", ""),
        reason=data.get("reason"),
        ceremony=UUID(data["ceremony"]) if "ceremony" in data else None,
        document=UUID(document) if document else None,
        object_kind=data.get("object", {}).get("kind"),
        object_sha256=data.get("object", {}).get("sha256"),
        extra=data.get("x", {}),
        digests=len(data.get("_sd", [])),
    )
