"""verify.sh, as it lies in the bundle: a shell, coreutils, xxd and openssl come to the same verdicts."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from backend.verification.bundle import layout
from tests.integration.evidence.kit import Files, Kit, flipped, lines
from tests.integration.evidence.test_forged import EVIDENCE

pytestmark = pytest.mark.needs("openssl", "xxd")
SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]


def run(kit: Kit, data: bytes, tools: Path, *more: str, shell: str = SHELLS[0], key: str = "") -> tuple[int, str]:
    """Unpack a container, run its own script on it with the auditor's key, and return status and words."""
    folder = kit.folder / "unpacked"
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(kit.write(data)) as archive:
        archive.extractall(folder)
    given = key or kit.policy.log_key.to_text()
    words = [shutil.which(shell) or shell, str(folder / layout.SCRIPT), str(folder), given, *more]
    environment = {"PATH": str(tools), "TMPDIR": os.environ.get("TMPDIR", str(kit.folder))}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == "", done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_good_evidence_holds(kit: Kit, tools: Path, shell: str) -> None:
    status, said = run(kit, kit.data, tools, str(kit.root), shell=shell)
    assert (status, said.count(" OK "), said.count("FAIL")) == (0, len(said.splitlines()), 0), said


def test_without_a_root_no_time_is_checked_and_it_is_no_success(kit: Kit, tools: Path) -> None:
    status, said = run(kit, kit.data, tools)
    assert (status, said.count("INDETERMINATE")) == (2, 3)


def test_the_key_of_another_log_or_no_key_is_refused(kit: Kit, tools: Path) -> None:
    folder = kit.folder / "unpacked"
    run(kit, kit.data, tools)
    for key in ("bukan kunci", "log.lain.invalid+00000000+" + kit.policy.log_key.to_text().rpartition("+")[2]):
        words = [SHELLS[0], str(folder / layout.SCRIPT), str(folder), key]
        assert subprocess.run(words, capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("name", [name for name in EVIDENCE if name != layout.MINUTES])
def test_a_bit_turned_in_evidence_is_found_below_a_fresh_manifest(kit: Kit, tools: Path, name: str) -> None:
    files = kit.files()
    place = len(files[name]) * 4 + 1
    status, said = run(kit, kit.forged(files | {name: flipped(files[name], [place])}), tools, str(kit.root))
    assert (status, "FAIL" in said) == (1, True), said


def test_a_bit_turned_below_the_old_manifest_names_the_file(kit: Kit, tools: Path) -> None:
    run(kit, kit.data, tools)
    folder = kit.folder / "unpacked"
    (folder / layout.README).write_bytes(b"?")
    words = [SHELLS[0], str(folder / layout.SCRIPT), str(folder), kit.policy.log_key.to_text()]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, f"{layout.README} was changed" in done.stdout) == (1, True)
    (folder / "tambahan").write_bytes(b"?")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "tambahan is not listed" in done.stdout


def _dropped(files: Files) -> None:
    events, numbers = files[layout.EVENTS].splitlines(), files[layout.INDEX].split()
    files[layout.EVENTS], files[layout.INDEX] = lines(*events[:5], *events[6:]), lines(*numbers[:5], *numbers[6:])


def _swapped(files: Files) -> None:
    events = files[layout.EVENTS].splitlines()
    files[layout.EVENTS] = lines(*events[:4], events[5], events[4], *events[6:])


def test_dropped_and_swapped_events_and_a_missing_document_are_found(kit: Kit, tools: Path) -> None:
    for change in (_dropped, _swapped):
        files = kit.files()
        change(files)
        status, said = run(kit, kit.forged(files), tools, str(kit.root))
        assert (status, "complete       FAIL" in said) == (1, True), said
    files = kit.files()
    del files[next(name for name in files if name.startswith(layout.DOCUMENTS) and name != layout.MINUTES)]
    status, said = run(kit, kit.forged(files), tools, str(kit.root))
    assert (status, "documents      FAIL" in said) == (1, True), said
