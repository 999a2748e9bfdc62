"""The vault gives back what it was given, or says why not; a crash leaves no half file."""

import hashlib
import os
from pathlib import Path

import pytest

from backend.documents.refusals import VaultDamaged, VaultMissing
from backend.documents.vault import Vault


def test_bytes_come_back_under_their_hash(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    sha256 = vault.put(b"naskah")
    assert sha256 == hashlib.sha256(b"naskah").hexdigest()
    assert vault.put(b"naskah") == sha256
    assert vault.get(sha256) == b"naskah"
    assert vault.has(sha256)
    assert vault.path(sha256).read_bytes() == b"naskah"


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 63])
def test_what_is_not_there_is_missing(tmp_path: Path, name: str) -> None:
    with pytest.raises(VaultMissing):
        Vault(tmp_path).get(name)


def test_a_changed_file_is_not_handed_out_and_storing_again_heals_it(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    sha256 = vault.put(b"asli")
    vault.path(sha256).chmod(0o640)
    vault.path(sha256).write_bytes(b"palsu")
    with pytest.raises(VaultDamaged):
        vault.get(sha256)
    vault.put(b"asli")
    assert vault.get(sha256) == b"asli"


def test_a_crash_before_the_rename_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault(tmp_path)

    def crash(_descriptor: int) -> None:
        raise OSError("power cut")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="power cut"):
        vault.put(b"naskah")
    monkeypatch.undo()
    assert not vault.has(hashlib.sha256(b"naskah").hexdigest())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    vault.put(b"naskah")


def test_the_bytes_reach_the_disk_before_the_name_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    flush, rename = os.fsync, Path.replace

    def flushed(descriptor: int) -> None:
        steps.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")  # noqa: PTH112 because a descriptor has no Path
        flush(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    Vault(tmp_path).put(b"naskah")
    assert steps == ["file", "rename", "folder", "folder"]
