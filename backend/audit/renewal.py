"""Beginning a log anew when no database continues what was signed: a new name, a new key, the old checkpoint first.

The only place that takes rows out of the log's tables, and it can only be reached by whoever owns the database. Nothing
is lost by it: events stay, the rest can be made again from them or is laid into a folder as evidence.
"""

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from backend.audit import anchors, canonical, outside, protection, standing, tree
from backend.audit.checkpoint import Checkpoint, InvalidNote, PublicKey, SigningKey, open_checkpoint
from backend.audit.events import SYSTEM, LogReset
from backend.audit.log import Log
from backend.audit.tables import AuditCheckpoint, AuditCosignature, AuditEvent, AuditLeaf, AuditQueue
from backend.database import Database
from backend.errors import Refusal

_MADE_AGAIN: Final = ("audit_tsr", "audit_cosignature", "audit_checkpoint", "audit_head", "audit_node", "audit_leaf")
"""What follows from the events and their order; children before parents."""


class NothingToReset(Refusal):
    """The log continues what was signed: beginning anew would only lose proofs."""

    code = "log-continues"
    status = 409
    message = "Rekam jejak melanjutkan titik periksa yang sudah ditandatangani. Tidak ada alasan memulainya kembali."


class OldCheckpointMissing(Refusal):
    """There is no old checkpoint to begin from, neither outside nor in the database."""

    code = "log-no-old-checkpoint"
    status = 409
    message = "Tidak ditemukan titik periksa lama, baik di luar maupun di dalam basis data."
    remedy = "Kembalikan berkas titik periksa atau basis data dari salinannya."


@dataclass(frozen=True)
class Places:
    """Where the log's key and its last checkpoint lie, and the folder to lay evidence into."""

    key: Path
    checkpoint: Path

    @property
    def next_key(self) -> Path:
        """Return where the new key waits until the database has begun anew."""
        return self.key.with_name(self.key.name + ".next")

    def evidence(self) -> Path:
        """Return a folder that does not exist yet."""
        number = 1
        while (folder := self.checkpoint.with_name(f"before-reset-{number}")).exists():
            number += 1
        return folder


@dataclass(frozen=True)
class Renewed:
    """What was done: the new log's key (C2SP line), and how many entries are kept."""

    vkey: str
    kept: int


def renew(database: Database, log: Log, places: Places, origin: str, at: datetime) -> Renewed:
    """Begin the log anew under a name made from `origin`; safe to repeat after a crash at any point.

    Raises NothingToReset for a log that continues, OldCheckpointMissing when nothing signed is left to refer to.
    """
    public = places.key.with_name("log.vkey")
    with outside.signing(places.checkpoint):
        if (kept := _pending(database, places)) is None:
            vkey = PublicKey.from_text(public.read_text("utf-8"))
            reason, (note, old) = _reason(database, vkey, places), _old(database, vkey, places)
            folder = places.evidence()
            _lay_down(database, folder, places, public)
            name = f"{origin}/{folder.name.rpartition('-')[2]}"
            outside.write(places.next_key, SigningKey.generate(name).to_text() + "\n", mode=0o600)
            with database.writing() as session:
                kept = _begin(session, log, _told(name, note, old, reason, at))
        places.checkpoint.unlink(missing_ok=True)
        key = SigningKey.from_text(places.next_key.read_text("utf-8"))
        places.next_key.replace(places.key)
        outside.write(public, key.public.to_text() + "\n")  # a crash before this: whoever opens the key mends it
    return Renewed(key.public.to_text(), kept)


def _pending(database: Database, places: Places) -> int | None:
    """Return how many entries were kept by a renewal that was killed before the key was exchanged, else None."""
    if not places.next_key.exists():
        return None
    key = SigningKey.from_text(places.next_key.read_text("utf-8"))
    with database.reading() as session:
        for body in session.exec(select(AuditEvent.body).where(col(AuditEvent.type) == LogReset.TYPE)).all():
            told = canonical.parse(bytes(body))["data"]["x"]
            if told["origin"] == key.name:
                return int(told["kept"])
    return None


def _reason(database: Database, vkey: PublicKey, places: Places) -> str:
    try:
        standing.check_now(database, vkey.to_text(), places.checkpoint)
    except Refusal as refusal:
        return refusal.code
    raise NothingToReset


def _old(database: Database, vkey: PublicKey, places: Places) -> tuple[str, Checkpoint]:
    """Return the last note that is known: the one outside, else the newest in the database."""
    notes = [places.checkpoint.read_text("utf-8", errors="replace")] if places.checkpoint.exists() else []
    with database.reading() as session:
        stored = select(AuditCheckpoint.note).order_by(col(AuditCheckpoint.size).desc()).limit(1)
        notes += session.exec(stored).all()
    for note in notes:
        try:
            return note, open_checkpoint(note, vkey)
        except InvalidNote:
            continue
    raise OldCheckpointMissing


def _lay_down(database: Database, folder: Path, places: Places, public: Path) -> None:
    """Copy what a new log no longer holds: checkpoint outside, keys, notes with their cosignatures and timestamps."""
    folder.mkdir(parents=True)
    for file in (places.checkpoint, public):
        if file.exists():
            shutil.copy2(file, folder / file.name)
    shutil.copy2(places.key, folder / places.key.name)
    with database.reading() as session:
        for size, note in session.exec(select(AuditCheckpoint.size, AuditCheckpoint.note)).all():
            lines = session.exec(select(AuditCosignature.line).where(col(AuditCosignature.size) == size)).all()
            text = note + "".join(f"{line.rstrip()}\n" for line in lines)
            (folder / f"{size}.checkpoint").write_text(text, "utf-8")
            for number, (_, der) in enumerate(anchors.of(session, size), start=1):
                (folder / f"{size}.{number}.tsr").write_bytes(der)


def _told(name: str, note: str, old: Checkpoint, reason: str, at: datetime) -> LogReset:
    return LogReset(
        at=at,
        actor=SYSTEM,
        reason=reason,
        origin=name,
        old_origin=old.origin,
        signed=old.size,
        root=old.root.hex(),
        note=note,
        kept=0,
    )


def _begin(session: Session, log: Log, event: LogReset) -> int:
    """Empty what is made again, queue the new first event and behind it all others in their old order."""
    connection = session.connection()
    tree.lock(session, wait=True)
    order = select(AuditLeaf.event_id).order_by(col(AuditLeaf.seq))
    numbered = list(session.exec(order))
    waiting = list(session.exec(select(AuditQueue.event_id).order_by(col(AuditQueue.position))))
    protection.expose(connection)
    for table in ("audit_queue", *_MADE_AGAIN):
        connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 because the names stand above
    protection.protect(connection)
    log.append(session, [replace(event, kept=len(numbered))])
    connection.execute(sa.insert(AuditQueue), [{"event_id": event_id} for event_id in (*numbered, *waiting)])
    return len(numbered)
