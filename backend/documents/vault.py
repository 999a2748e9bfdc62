"""Vault: files by their SHA-256. What is once stored keeps its bytes; a crash leaves whole files or none."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from backend.documents.refusals import VaultDamaged, VaultMissing

HEX = re.compile(r"[0-9a-f]{64}")


class Vault:
    """A folder of immutable files, two hexadecimal digits of the hash a subfolder."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made with the first file."""
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their SHA-256 in hex; storing the same bytes again changes nothing.

        A damaged file of that name is replaced by the good bytes.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        if path.exists() and path.read_bytes() == data:
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o440)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
        for folder in (path.parent, self._folder):
            _flush(folder)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes of a hash; raises VaultMissing, or VaultDamaged if they are no longer those bytes."""
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise VaultMissing(sha256=sha256) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise VaultDamaged(sha256=sha256)
        return data

    def has(self, sha256: str) -> bool:
        """Tell whether a file of this hash is stored."""
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Return how many bytes the file of a hash has, unread; raises VaultMissing."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError as error:
            raise VaultMissing(sha256=sha256) from error

    def path(self, sha256: str) -> Path:
        """Return where the file of a hash lies, stored or not; raises VaultMissing for what is no SHA-256 in hex."""
        if not HEX.fullmatch(sha256):
            raise VaultMissing(sha256=sha256)
        return self._folder / sha256[:2] / sha256


def _flush(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
