"""A cosigner: remembers the last checkpoint of each log it knows and signs only what extends it. A folder, no server.

https://c2sp.org/tlog-witness. It runs at another institution and shares nothing with the deployments it watches: its
key, its list of logs and its memory (one small SQLite file) are its own. What a log signed against its past is kept.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend import clock
from backend.audit import merkle
from backend.audit.checkpoint import Checkpoint, PublicKey
from backend.audit.cosignature import CosigningKey
from backend.audit.note import InvalidNote, split_note
from backend.audit.submission import SIZE_TYPE, Malformed, Submission, size_text
from backend.errors import Refusal

KEY, VKEY, LOGS, MEMORY = "cosigner.key", "cosigner.vkey", "logs", "memory.db"
MOST_KEPT = 100
"""Refused notes kept for each log, those that prove a second past apart from those that only lack a proof."""
_TEXT = "text/plain; charset=utf-8"
_TABLES = """
CREATE TABLE latest (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE refused (
  origin TEXT NOT NULL, known INTEGER NOT NULL, proven INTEGER NOT NULL, note TEXT NOT NULL, at TEXT NOT NULL,
  UNIQUE (origin, note));
CREATE TRIGGER latest_grows BEFORE UPDATE ON latest WHEN NEW.size < OLD.size OR NEW.origin <> OLD.origin
BEGIN SELECT RAISE(ABORT, 'a cosigner never goes back'); END;
CREATE TRIGGER latest_stays BEFORE DELETE ON latest BEGIN SELECT RAISE(ABORT, 'a cosigner never forgets'); END;
"""


class CosignerExists(Refusal):
    """The folder holds a cosigner already."""

    code = "cosigner-exists"
    status = 409
    message = "Folder %(folder)s sudah berisi penjaga log."
    remedy = "Pakailah folder itu, atau sebutkan folder lain. Kunci penjaga log tidak pernah diganti diam-diam."


class CosignerMissing(Refusal):
    """The folder holds not all of a cosigner. Without its memory it would sign anything, so it does not start."""

    code = "cosigner-missing"
    status = 404
    message = "Penjaga log di folder %(folder)s tidak lengkap: %(file)s tidak ada atau tidak dapat dibaca."
    remedy = (
        "Siapkan penjaga log yang baru dengan `prasasti cosigner init`. Ingatannya jangan dipulihkan dari cadangan: "
        "kunci baru lebih baik daripada ingatan lama."
    )


class NoLogKey(Refusal):
    """A line that should be the key of a log is none."""

    code = "cosigner-no-log-key"
    status = 422
    message = "Baris ini bukan kunci rekam jejak: %(line)s."
    remedy = "Salinlah kunci itu utuh dari laman rekam jejak kementerian (nama+sidik+kunci, satu baris)."


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    text: str
    media_type: str = _TEXT


@dataclass(frozen=True)
class Latest:
    """The newest checkpoint of a log that was cosigned: the note with the cosigner's line, and when.

    `contradictions` are notes that the log signed for a size of which another root was cosigned: proof of two pasts.
    """

    origin: str
    size: int
    note: str
    at: datetime
    contradictions: tuple[str, ...]


class CosignerService:
    """One cosigner's folder. Every call opens the memory anew: threads and kills do no harm. `now` tells the time."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = clock.now) -> None:
        """Read the key; raises CosignerMissing if anything is not there."""
        self._folder = folder
        self._now = now
        for name in (KEY, LOGS, MEMORY):
            if not (folder / name).is_file():
                raise CosignerMissing(folder=folder, file=name)
        try:
            self.key = CosigningKey.from_text((folder / KEY).read_text("utf-8"))
        except InvalidNote as error:
            raise CosignerMissing(folder=folder, file=KEY) from error

    @classmethod
    def create(cls, folder: Path, name: str) -> "CosignerService":
        """Make key (mode 0600), empty list of logs and empty memory; raises CosignerExists, ValueError for the name."""
        key = CosigningKey.generate(name)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any((folder / name).exists() for name in (KEY, LOGS, MEMORY)):
            raise CosignerExists(folder=folder)
        with closing(sqlite3.connect(folder / MEMORY)) as memory:
            memory.executescript(_TABLES)
        (folder / LOGS).write_text("# Satu kunci rekam jejak (vkey) per baris.\n", "utf-8")
        (folder / VKEY).write_text(key.public.to_text() + "\n", "utf-8")
        with os.fdopen(os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as secret:
            secret.write(key.to_text() + "\n")
        return cls(folder)

    def logs(self) -> dict[str, list[PublicKey]]:
        """Return the keys that are trusted, by origin; read anew each time. Raises NoLogKey."""
        found: dict[str, list[PublicKey]] = {}
        for line in (self._folder / LOGS).read_text("utf-8").splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                key = _log_key(line)
                found.setdefault(key.name, []).append(key)
        return found

    def trust(self, vkey: str) -> PublicKey:
        """Add a log's key (C2SP vkey); one that is there stays. Raises NoLogKey."""
        key = _log_key(vkey)
        if key not in self.logs().get(key.name, ()):
            with (self._folder / LOGS).open("a", encoding="utf-8") as file:
                file.write(key.to_text() + "\n")
        return key

    def latest(self) -> list[Latest]:
        """Return what was cosigned last, by origin."""
        with self._memory() as memory:
            rows = memory.execute("SELECT origin, size, note, at FROM latest ORDER BY origin").fetchall()
            told = memory.execute("SELECT origin, note FROM refused WHERE proven ORDER BY at").fetchall()
        return [
            Latest(origin, size, note, clock.from_text(at), tuple(n for o, n in told if o == origin))
            for origin, size, note, at in rows
        ]

    def add_checkpoint(self, body: bytes) -> Answer:
        """Return the answer to one request of a log: the cosignature line, or why there is none."""
        try:
            submission = Submission.from_bytes(body)
            checkpoint = Checkpoint.from_text(split_note(submission.note)[0])
        except (Malformed, InvalidNote):
            return Answer(400, "malformed\n")
        keys = self.logs().get(checkpoint.origin)
        if keys is None:
            return Answer(404, "unknown-log\n")
        if not any(_signed_by(key, submission.note) for key in keys):
            return Answer(403, "not-signed-by-a-known-key\n")
        if submission.old > checkpoint.size:
            return Answer(400, "old-size-above-checkpoint\n")
        return self._compare(submission, checkpoint)

    def _compare(self, submission: Submission, new: Checkpoint) -> Answer:
        """Check against the memory and store in one transaction: of two requests at once, one sees the other."""
        with self._memory() as memory:
            size, root = _known(memory, new.origin)
            if submission.old != size:
                return Answer(409, size_text(size), SIZE_TYPE)
            if new.size == size and new.root != root:
                self._keep_refused(memory, new.origin, size, submission.note, proven=True)
                return Answer(409, "another-root-of-the-same-size\n")
            if not merkle.verify_consistency(size, new.size, submission.proof, root, new.root):
                self._keep_refused(memory, new.origin, size, submission.note, proven=False)
                return Answer(422, "not-consistent\n")
            at = self._now()
            line = self.key.cosign(split_note(submission.note)[0], at)
            row = (new.origin, new.size, new.root, submission.note + line, clock.to_text(at))
            memory.execute(
                "INSERT INTO latest VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET"
                " size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at",
                row,
            )
        return Answer(200, line)

    def _keep_refused(self, memory: sqlite3.Connection, origin: str, known: int, note: str, *, proven: bool) -> None:
        """Keep what the log signed. Anybody may send an honest note with a wrong proof, so those count apart."""
        kept = "SELECT count(*) FROM refused WHERE origin = ? AND proven = ?"
        if memory.execute(kept, (origin, proven)).fetchone()[0] < MOST_KEPT:
            row = (origin, known, proven, note, clock.to_text(self._now()))
            memory.execute("INSERT OR IGNORE INTO refused VALUES (?, ?, ?, ?, ?)", row)

    @contextmanager
    def _memory(self) -> Iterator[sqlite3.Connection]:
        """Yield the memory inside a transaction that nobody else can come between; committed, on disk, at the end."""
        uri = f"{(self._folder / MEMORY).absolute().as_uri()}?mode=rw"  # rw: a memory that is gone is not made anew
        with closing(sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None)) as memory:
            memory.execute("PRAGMA synchronous=EXTRA")
            memory.execute("BEGIN IMMEDIATE")
            yield memory
            memory.execute("COMMIT")


def _known(memory: sqlite3.Connection, origin: str) -> tuple[int, bytes]:
    row = memory.execute("SELECT size, root FROM latest WHERE origin = ?", (origin,)).fetchone()
    return (row[0], row[1]) if row else (0, merkle.EMPTY)


def _signed_by(key: PublicKey, note: str) -> bool:
    try:
        key.open(note)
    except InvalidNote:
        return False
    return True


def _log_key(line: str) -> PublicKey:
    try:
        return PublicKey.from_text(line)
    except (InvalidNote, UnicodeEncodeError) as error:
        raise NoLogKey(line=line.strip()[:80]) from error
