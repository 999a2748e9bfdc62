"""The public face of the log: its key, its newest checkpoints, who else signed them. No personal data, no ceremony."""

from typing import Final

from sqlmodel import Session, col, select

from backend.audit import browsing, cosigning
from backend.audit.browsing import Wanted
from backend.audit.checkpoint import PublicKey
from backend.audit.events import LogAnchored
from backend.audit.policy import Examined, Policy
from backend.audit.reader import LoggedEvent
from backend.audit.tables import AuditCheckpoint, AuditCosignature
from backend.ceremonies.queries.visits import Shown
from backend.ceremonies.tools import Tools
from backend.clock import from_text
from backend.errors import NotFound

SHOWN: Final = 10


def key(tools: Tools) -> PublicKey:
    """Return the log's public key as this deployment keeps it; raises NotFound before `install`."""
    try:
        return PublicKey.from_text((tools.keys / "log.vkey").read_text("utf-8").strip())
    except OSError as error:
        raise NotFound from error


def policy(tools: Tools) -> Policy:
    """Return whom this deployment asks for cosignatures: its policy file, else its own key and nobody."""
    return cosigning.load_policy(tools.log_policy, key(tools))


def public_page(tools: Tools) -> Shown:
    """Return the context of the log's public page."""
    believed = policy(tools)
    with tools.database.reading() as session:
        notes = _newest(session)
        stamped = _stamped(session)
        reach = browsing.reach(session)
    rows = [_row(believed, size, root, note, stamped) for size, root, note in notes]
    return {
        "origin": key(tools).name,
        "vkey": key(tools).to_text(),
        "policy": believed.to_text(),
        "reach": reach,
        "newest": rows[0] if rows else None,
        "checkpoints": rows,
        "cosigners": [{"name": one.name, "key": one.key.to_text(), "url": one.url or ""} for one in believed.cosigners],
        "needed": believed.needed,
        "total": believed.total,
        "base_url": tools.base_url,
    }


def note_of(tools: Tools, size: int | None = None) -> str:
    """Return the signed checkpoint of a size (the newest for None) with its cosignatures; raises NotFound."""
    with tools.database.reading() as session:
        found = _newest(session, size, 1)
    if not found:
        raise NotFound
    return found[0][2]


def told_of(tools: Tools, note: str) -> Examined:
    """Return what this deployment's own policy finds in one of its notes."""
    return policy(tools).examine(note)


def _newest(session: Session, size: int | None = None, limit: int = SHOWN) -> list[tuple[int, str, str]]:
    """Return size, root (hex) and cosigned note of checkpoints, the newest first."""
    found = select(AuditCheckpoint.size, AuditCheckpoint.root, AuditCheckpoint.note)
    if size is not None:
        found = found.where(AuditCheckpoint.size == size)
    rows = session.exec(found.order_by(col(AuditCheckpoint.size).desc()).limit(limit)).all()
    lines: dict[int, str] = {}
    cosigned = select(AuditCosignature.size, AuditCosignature.line).order_by(col(AuditCosignature.name))
    for of, line in session.exec(cosigned.where(col(AuditCosignature.size).in_([row[0] for row in rows]))):
        lines[of] = lines.get(of, "") + line.rstrip("\n") + "\n"
    return [(of, bytes(root).hex(), note + lines.get(of, "")) for of, root, note in rows]


def _stamped(session: Session) -> list[LoggedEvent]:
    """Return the newest events that tell of a timestamp over a checkpoint."""
    found = browsing.events(session, Wanted(group="log"), limit=200, newest_first=True)
    return [event for event in found if event.type == LogAnchored.TYPE]


def _row(believed: Policy, size: int, root: str, note: str, stamped: list[LoggedEvent]) -> Shown:
    examined = believed.examine(note)
    stamps = [event for event in stamped if event.extra.get("size") == size]
    return {
        "size": size,
        "root": root,
        "given": len(examined.cosigned),
        "needed": examined.needed,
        "total": examined.total,
        "met": examined.met,
        "cosigned": [{"name": one.name, "at": one.at} for one in examined.cosigned],
        "stamps": [{"tsa": event.extra["tsa"], "at": from_text(event.extra["stamped_at"])} for event in stamps],
        "address": f"/log/titik-periksa/{size}",
    }
