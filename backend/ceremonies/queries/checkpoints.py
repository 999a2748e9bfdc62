"""The public face of the log: its key, its checkpoints, who else signed them. No personal data, no ceremony."""

from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from backend.audit import anchors, browsing, cosigning
from backend.audit.browsing import Wanted
from backend.audit.events import LogAnchored
from backend.audit.policy import Policy
from backend.audit.reader import LoggedEvent
from backend.audit.tables import AuditCheckpoint, AuditCosignature
from backend.ceremonies.queries.visits import Shown
from backend.ceremonies.tools import Tools
from backend.clock import from_text
from backend.errors import NotFound

SHOWN: Final = 10
NEWEST: Final = 2
"""A checkpoint is signed after every drain and few are cosigned, so only so many of the very newest are listed."""


def public_page(tools: Tools) -> Shown:
    """Return the context of the log's public page."""
    policy = tools.policy()
    with tools.database.reading() as session:
        stamped = _stamped(session)
        rows = [_row(session, policy, size, root, stamped) for size, root in _listed(session)]
        stands = cosigning.standing(session, policy)
        reach = browsing.reach(session)
    return {
        "origin": policy.log_key.name,
        "vkey": policy.log_key.to_text(),
        "policy": policy.to_text(),
        "reach": reach,
        "newest": rows[0] if rows else None,
        "checkpoints": rows,
        "standing": stands,
        "cosigners": [
            {"name": one.name, "key": one.key.to_text(), "size": one.size, "at": one.at, "covers": one.covers}
            for one in stands.cosigners
        ],
    }


def cosigners_of(tools: Tools, ceremony_id: UUID) -> cosigning.Standing | None:
    """Return how many cosigners cover a ceremony's part of the log; None if none is asked or nothing has a number."""
    policy = tools.policy()
    if not policy.cosigners:
        return None
    with tools.database.reading() as session:
        return cosigning.ceremony_standing(session, policy, ceremony_id)


def note_of(tools: Tools, size: int | None = None) -> str:
    """Return the signed checkpoint of a size (the newest for None) with its cosignatures; raises NotFound."""
    with tools.database.reading() as session:
        wanted = browsing.reach(session).signed if size is None else size
        note = cosigning.cosigned_note(session, wanted)
    if not note:
        raise NotFound
    return note


def _listed(session: Session) -> list[tuple[int, str]]:
    """Return size and root (hex) of the checkpoints worth listing: the newest, and those that others signed."""
    cosigned = select(AuditCosignature.size).distinct().order_by(col(AuditCosignature.size).desc()).limit(SHOWN)
    newest = select(AuditCheckpoint.size).order_by(col(AuditCheckpoint.size).desc()).limit(NEWEST)
    sizes = {*session.exec(cosigned), *session.exec(newest), *(one.size for one in anchors.listed(session, SHOWN))}
    found = select(AuditCheckpoint.size, AuditCheckpoint.root).where(col(AuditCheckpoint.size).in_(sizes))
    rows = session.exec(found.order_by(col(AuditCheckpoint.size).desc()).limit(SHOWN))
    return [(size, bytes(root).hex()) for size, root in rows]


def _stamped(session: Session) -> list[LoggedEvent]:
    """Return the newest events that tell of a timestamp over a checkpoint."""
    found = browsing.events(session, Wanted(group="log"), limit=200, newest_first=True)
    return [event for event in found if event.type == LogAnchored.TYPE]


def _row(session: Session, policy: Policy, size: int, root: str, stamped: list[LoggedEvent]) -> Shown:
    examined = policy.examine(cosigning.cosigned_note(session, size))
    stamps = [event for event in stamped if event.extra.get("size") == size]
    return {
        "size": size,
        "root": root,
        "given": examined.given,
        "total": examined.total,
        "met": examined.met,
        "stamps": [{"tsa": event.extra["tsa"], "at": from_text(event.extra["stamped_at"])} for event in stamps],
        "address": f"/log/titik-periksa/{size}",
    }
