"""Whether this database continues what was signed: a restored backup, a fork or a damaged tree may not be written on.

The signed checkpoint outside the database is the witness; it is read before the database, which then knows at least
as much. Reads only; what must refuse asks here.
"""

import threading
import time
from pathlib import Path
from typing import Final

from sqlmodel import Session

from backend.audit import merkle, outside, tree
from backend.audit.checkpoint import Checkpoint, PublicKey
from backend.audit.faults import TreeDamaged
from backend.audit.protection import assert_protected
from backend.database import Database
from backend.errors import Refusal

LOOK_AGAIN: Final = 1.0
"""Seconds for which an answer holds: a database exchanged under a running process is noticed within them."""


class LogForked(Refusal):
    """The database tells another past than the one that was signed."""

    code = "log-forked"
    status = 503
    message = "Rekam jejak di basis data tidak melanjutkan titik periksa yang sudah ditandatangani (%(signed)s entri)."
    remedy = (
        "Hentikan layanan, simpan salinan basis data dan berkas titik periksa, lalu jalankan `prasasti log verify`."
    )


class LogBehind(LogForked):
    """The database knows less than was signed: an old backup was restored."""

    code = "log-behind"
    message = (
        "Basis data memuat %(stored)s entri rekam jejak, padahal %(signed)s entri sudah ditandatangani: "
        "tampaknya cadangan lama dipulihkan."
    )
    remedy = "Pulihkan cadangan yang lebih baru. Berkas titik periksa jangan dihapus: berkas itu buktinya."


class CheckpointMissing(LogForked):
    """Checkpoints were signed, but the file that keeps the last one is gone."""

    code = "log-checkpoint-missing"
    message = "Berkas titik periksa rekam jejak tidak ada, padahal %(signed)s entri sudah ditandatangani."
    remedy = "Kembalikan berkas titik periksa dari salinannya. Tanpa berkas itu tidak ada yang ditandatangani."


def check_extends(session: Session, head: merkle.Frontier, last: Checkpoint | None) -> None:
    """Refuse a head that does not extend the checkpoint `last` read from outside (None: there is no such file).

    Raises LogForked, LogBehind, CheckpointMissing or TreeDamaged.
    """
    if last is None:
        if signed := tree.newest_checkpoint(session):
            raise CheckpointMissing(signed=signed)
        return
    if head.size < last.size:
        raise LogBehind(stored=head.size, signed=last.size)
    proof = tree.gather(session, lambda nodes: merkle.consistency(nodes, last.size, head.size))
    if not merkle.verify_consistency(last.size, head.size, proof, last.root, head.root()):
        raise LogForked(signed=last.size)


def check_start(database: Database, vkey: str, path: Path) -> None:
    """Refuse to start on a log that is unprotected, damaged, or older than what was signed.

    Raises LogUnprotected, TreeDamaged, OutsideUnreadable, LogForked, LogBehind or CheckpointMissing.
    """
    with outside.looking(path):
        check_now(database, vkey, path)


def check_now(database: Database, vkey: str, path: Path) -> None:
    """Do what `check_start` does, for a caller that holds the file itself."""
    with database.reading() as session:
        tree.freeze(session)
        _check_whole(session, vkey, path)


def _check_whole(session: Session, vkey: str, path: Path) -> None:
    assert_protected(session.connection())
    head = tree.head(session)
    edge = tree.gather(session, lambda nodes: [nodes(*place) for place in merkle.subtrees(0, head.size)])
    if head.hashes != edge:
        raise TreeDamaged(what="audit_head")
    if tree.leaf_count(session) != head.size:
        raise TreeDamaged(what="audit_leaf")
    check_extends(session, head, outside.read(path, PublicKey.from_text(vkey)))


class Guard:
    """What keeps a process from writing on a log that does not continue. One per process; threads share it."""

    def __init__(self, database: Database, vkey: str, path: Path, every: float = LOOK_AGAIN) -> None:
        """Take the log's public key (C2SP line) and the file outside; nothing is read yet."""
        self._database = database
        self._vkey = vkey
        self._path = path
        self._every = every
        self._looking = threading.Lock()
        self._sound = False
        self._refusal: Refusal | None = None
        self._until = 0.0

    def check(self, session: Session | None = None) -> None:
        """Raise what `check_start` raises; the first look is a whole one, later ones compare head and checkpoint.

        A caller inside a transaction hands it over, so that no second connection is needed while it holds one.
        """
        with self._looking:
            if time.monotonic() >= self._until:
                self._refusal = self._look(session)
                self._sound = self._refusal is None
                self._until = time.monotonic() + self._every
        if self._refusal is not None:
            raise type(self._refusal)(**self._refusal.facts)

    def refusal(self) -> Refusal | None:
        """Return why nothing may be written now, None if all is well."""
        try:
            self.check()
        except Refusal as refusal:
            return refusal
        return None

    def _look(self, session: Session | None) -> Refusal | None:
        try:
            if not self._sound and session is not None and self._database.sqlite:
                # This transaction holds the one write lock, for which a signer who holds the file may wait: do not
                # wait for the file. Nobody can number anything meanwhile, so both stand still anyway.
                _check_whole(session, self._vkey, self._path)
            elif not self._sound:
                check_start(self._database, self._vkey, self._path)
            elif session is not None:
                self._compare(session)
            else:
                with self._database.reading() as fresh:
                    self._compare(fresh)
        except Refusal as refusal:
            return refusal
        return None

    def _compare(self, session: Session) -> None:
        last = outside.read(self._path, PublicKey.from_text(self._vkey))  # first: the database then knows as much
        check_extends(session, tree.head(session), last)
