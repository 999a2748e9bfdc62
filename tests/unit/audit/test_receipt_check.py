"""`prasasti log check`: what a receipt proves is told; anything else is refused with its own word."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from backend.audit import canonical, merkle
from backend.audit.checkpoint import Checkpoint, SigningKey
from backend.audit.cosignature import CosigningKey
from backend.audit.events import Actor, Role, SignatureSigned
from backend.audit.proof import TlogProof
from backend.cli import main

KEY = SigningKey.generate("log.contoh.invalid/1")
OTHER = SigningKey.generate("log.contoh.invalid/2")


def leaf_of(number: int) -> bytes:
    """Return the bytes of an invented leaf."""
    event = SignatureSigned(
        at=datetime(2026, 5, 20, 3, 3, 12, 123456, tzinfo=UTC),
        actor=Actor("p_" + "5c" * 16, Role.SIGNER, "region/33.13"),
        slot="kepala_daerah",
        base_sha256="ab" * 32,
        certificate_sha256="cd" * 32,
        level="B-LTA",
        backend="pkcs12",
    )
    return canonical.leaf_body(event, event_id=UUID(int=number), deployment=UUID(int=1), digests=[])


LEAVES = [leaf_of(number) for number in range(5)]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Return the paths of a proof and its leaf: the third of five."""
    hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    tree = merkle.levels(hashes)
    path = merkle.inclusion(lambda level, index: tree[level][index], 2, len(LEAVES))
    note = KEY.sign(Checkpoint(KEY.name, len(LEAVES), merkle.root_of(hashes)).to_text())
    proof, leaf = tmp_path / "a.tlog-proof", tmp_path / "a.json"
    proof.write_text(TlogProof(2, tuple(path), note).to_text(), "utf-8")
    leaf.write_bytes(LEAVES[2])
    return [str(proof), str(leaf)]


def check(files: list[str], key: SigningKey = KEY) -> int:
    """Run the command with the log's key alone."""
    return main(["--language", "en", "log", "check", *files, "--key", key.public.to_text()])


def test_a_receipt_tells_place_event_time_and_log(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert check(files) == 0
    told = capsys.readouterr().out
    assert f"Entry 3 of 5 is in the audit log {KEY.name}." in told
    assert "Document signed" in told
    assert "2026-05-20T03:03:12.123456Z" in told


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda leaf: leaf.write_bytes(LEAVES[1]), "log-proof-invalid"),
        (lambda leaf: leaf.write_bytes(LEAVES[2] + b"\n"), "log-leaf-invalid"),
        (lambda leaf: leaf.write_bytes(LEAVES[2].replace(b"B-LTA", b"B-LT")), "log-proof-invalid"),
        (lambda leaf: leaf.write_bytes(b"%PDF-1.7"), "log-leaf-invalid"),
        (lambda leaf: leaf.unlink(), "file-unreadable"),
    ],
    ids=["another leaf", "a line feed more", "changed", "a PDF", "gone"],
)
def test_a_leaf_that_does_not_fit_is_refused(
    files: list[str], spoil: object, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(spoil)
    spoil(Path(files[1]))
    assert check(files) == 1
    assert f"[{code}]" in capsys.readouterr().err


def test_a_proof_of_another_log_or_no_proof_is_refused(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert check(files, OTHER) == 1
    assert "[log-proof-invalid]" in capsys.readouterr().err
    Path(files[0]).write_text("bukti", "utf-8")
    assert check(files) == 1
    assert main(["log", "check", *files, "--key", "bukan kunci"]) == 1
    told = capsys.readouterr().err
    assert (told.count("[log-proof-invalid]"), told.count("[log-key-invalid]")) == (1, 1)


def test_too_few_cosigners_are_neither_passed_nor_refused(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "kebijakan.txt"
    cosigner = CosigningKey.generate("penjaga.contoh.invalid").public.to_text()
    policy.write_text(f"log {KEY.public.to_text()}\nwitness penjaga {cosigner}\nquorum penjaga\n", "utf-8")
    assert main(["log", "check", *files, "--policy", str(policy)]) == 2
    assert "0 dari 1" in capsys.readouterr().out
    policy.write_text(f"log {KEY.public.to_text()}\nquorum none\n", "utf-8")
    assert main(["log", "check", *files, "--policy", str(policy)]) == 0
    assert "0 dari 0" in capsys.readouterr().out


def test_no_server_part_is_loaded(files: list[str]) -> None:
    words = ["log", "check", *files, "--key", KEY.public.to_text()]
    heavy = "sqlmodel sqlalchemy fastapi jinja2 typst dbos pydantic_settings"
    script = f"import sys\nfrom backend.cli import main\nassert main({words!r}) == 0\n"
    script += f"print([name for name in {heavy.split()!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
