"""Programs that are not ours read our log: they accept what is true, and refuse every file that was touched."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.audit.checkpoint import SigningKey
from backend.audit.policy import Policy
from tests.integration.audit.deployment import Deployment
from tests.integration.audit.institutions import Institutions
from tests.integration.audit.unpacked import Unpacked, unpack
from tests.needs import outside

HERE = Path(__file__).parents[2] / "outside" / "log"
GO = pytest.param("go", marks=pytest.mark.needs("go-tlog"))
NPM = pytest.param("npm", marks=pytest.mark.needs("sigstore"))
SEEN_BY_BOTH = {"open.checkpoint", "seal.checkpoint", "seal.tlog-proof"}


@pytest.fixture
def unpacked(deployment: Deployment, tmp_path: Path) -> Unpacked:
    institutions = Institutions(tmp_path / "lembaga", deployment, needed=2)
    institutions.add("bpk")
    institutions.add("anri")
    return unpack(deployment, institutions, tmp_path / "bukti")


def read(reader: str, unpacked: Unpacked) -> tuple[int, dict[str, str]]:
    """Let a foreign reader judge the folder; return its exit status and its verdicts by name."""
    words = [str(outside("tlog"))] if reader == "go" else ["node", str(HERE / "sigstore.mjs")]
    environment = {**os.environ, "OUTSIDE": str(outside(""))}
    command = [*words, str(unpacked.folder), str(unpacked.policy)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    verdicts = [line.split(" ", 2) for line in done.stdout.splitlines()]
    return done.returncode, {name: verdict for verdict, name, *_ in verdicts}


@pytest.mark.parametrize("reader", [GO, NPM])
def test_a_foreign_reader_finds_that_everything_holds(unpacked: Unpacked, reader: str) -> None:
    status, verdicts = read(reader, unpacked)
    assert (status, set(verdicts.values())) == (0, {"ok"})
    expected = SEEN_BY_BOTH | {f"receipts/{n}.tlog-proof" for n in unpacked.numbers[:3]}
    if reader == "go":
        expected |= {"open", "consistency", "complete", "log.jsonl"}
    assert set(verdicts) == expected


def flipped(name: str, place: float = 0.5) -> Callable[[Unpacked], None]:
    """Return the attack that exchanges one character of a file, at this part of its length."""

    def attack(unpacked: Unpacked) -> None:
        path = unpacked.folder / name
        text = bytearray(path.read_bytes())
        at = int(len(text) * place)
        text[at] = ord("A") if text[at] != ord("A") else ord("B")
        path.write_bytes(text)

    return attack


def exchanged_leaf(unpacked: Unpacked) -> None:
    path = unpacked.folder / "events.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    sealed = json.loads(lines[-1])
    sealed["data"]["object"]["sha256"] = "cd" * 32
    path.write_text("".join(lines[:-1]) + json.dumps(sealed, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")


def dropped_event(unpacked: Unpacked) -> None:
    for name in ("events.jsonl", "events.idx"):
        path = unpacked.folder / name
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:2] + lines[3:]), "utf-8")


def renumbered(unpacked: Unpacked) -> None:
    path = unpacked.folder / "events.idx"
    path.write_text(path.read_text("ascii").replace(f"{unpacked.numbers[-1]}\n", f"{unpacked.numbers[-1] + 1}\n"))


def foreign_checkpoint(unpacked: Unpacked) -> None:
    (unpacked.folder / "seal.checkpoint").write_bytes((unpacked.folder / "open.checkpoint").read_bytes())


def without_cosigner(unpacked: Unpacked) -> None:
    path = unpacked.folder / "seal.tlog-proof"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("— penjaga.bpk")), "utf-8")


def other_log(unpacked: Unpacked) -> None:
    key = SigningKey.generate("log.contoh.invalid/2026").public
    unpacked.policy.write_text(Policy.of(key, (), 0).to_text(), "utf-8")


GO_REFUSES: list[tuple[Callable[[Unpacked], None], set[str]]] = [
    (flipped("open.checkpoint", 0.3), {"open.checkpoint"}),
    (flipped("seal.checkpoint", 0.3), {"seal.checkpoint"}),
    (flipped("consistency.json"), {"consistency"}),
    (flipped("events.jsonl", 0.2), {"complete"}),
    (exchanged_leaf, {"seal.tlog-proof"}),
    (flipped("seal.tlog-proof", 0.12), {"seal.tlog-proof"}),
    (flipped("seal.tlog-proof", 0.97), {"seal.tlog-proof"}),
    (flipped("log.jsonl"), {"log.jsonl"}),
    (dropped_event, {"complete"}),
    (renumbered, {"seal.tlog-proof"}),
    (foreign_checkpoint, {"consistency"}),
    (without_cosigner, {"seal.tlog-proof"}),
    (other_log, {"open.checkpoint", "seal.checkpoint", "seal.tlog-proof"}),
]
NPM_REFUSES: list[tuple[Callable[[Unpacked], None], set[str]]] = [
    (flipped("open.checkpoint", 0.3), {"open.checkpoint"}),
    (flipped("seal.checkpoint", 0.3), {"seal.checkpoint"}),
    (exchanged_leaf, {"seal.tlog-proof"}),
    (flipped("seal.tlog-proof", 0.12), {"seal.tlog-proof"}),
    (renumbered, {"seal.tlog-proof"}),
    (other_log, {"open.checkpoint", "seal.checkpoint", "seal.tlog-proof"}),
]


@pytest.mark.needs("go-tlog")
def test_go_refuses_what_was_touched_and_nothing_else(unpacked: Unpacked, tmp_path: Path) -> None:
    _refuses("go", GO_REFUSES, unpacked, tmp_path)


@pytest.mark.needs("sigstore")
def test_sigstore_refuses_what_was_touched(unpacked: Unpacked, tmp_path: Path) -> None:
    _refuses("npm", NPM_REFUSES, unpacked, tmp_path)


def _refuses(
    reader: str, attacks: list[tuple[Callable[[Unpacked], None], set[str]]], unpacked: Unpacked, tmp_path: Path
) -> None:
    """Attack a fresh copy each time; the named checks must fail, whatever else does."""
    kept = {
        path.relative_to(unpacked.folder): path.read_bytes() for path in unpacked.folder.rglob("*") if path.is_file()
    }
    policy = unpacked.policy.read_bytes()
    for number, (attack, refused) in enumerate(attacks):
        copy = Unpacked(tmp_path / f"salinan-{number}", tmp_path / f"policy-{number}", unpacked.sizes, unpacked.numbers)
        for name, content in kept.items():
            (copy.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (copy.folder / name).write_bytes(content)
        copy.policy.write_bytes(policy)
        attack(copy)
        status, verdicts = read(reader, copy)
        failed = {name for name, verdict in verdicts.items() if verdict == "FAIL"}
        assert (status, refused <= failed) == (1, True), (number, verdicts)
