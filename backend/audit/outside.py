"""The last signed checkpoint, kept in a file outside the database: what a restored or rewritten database cannot match.

It is written before the database hears of the checkpoint, so the file is never older than what this program signed.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.audit.checkpoint import Checkpoint, InvalidNote, PublicKey, open_checkpoint
from backend.errors import Refusal


class OutsideUnreadable(Refusal):
    """The file is not a checkpoint signed by this log's key."""

    code = "log-checkpoint-unreadable"
    status = 503
    message = "Berkas titik periksa rekam jejak di luar basis data tidak ditandatangani kunci rekam jejak ini."
    remedy = "Simpan berkas itu sebagai bukti. Pulihkan berkas dan kunci yang benar sebelum melanjutkan."


def read(path: Path, key: PublicKey) -> Checkpoint | None:
    """Return the checkpoint kept in `path`, None if there is no such file; raises OutsideUnreadable."""
    try:
        return open_checkpoint(path.read_text(encoding="utf-8"), key)
    except FileNotFoundError:
        return None
    except (InvalidNote, UnicodeDecodeError) as error:
        raise OutsideUnreadable from error


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Put `text` in the place of the file at once and for good: temporary name, fsync, rename, fsync of the folder."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def signing(path: Path) -> Iterator[None]:
    """Hold the file against other signers; makes its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _lock_file(path).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def looking(path: Path) -> Iterator[None]:
    """Hold the file against signers while it is compared with the database; a reader without the lock file goes on."""
    try:
        file = _lock_file(path).open("r")
    except OSError:
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def _lock_file(path: Path) -> Path:
    return path.with_name(path.name + ".lock")
