"""The evidence of one sealed ceremony, made once for all tests that take it apart."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.audit.checkpoint import PublicKey
from backend.audit.cosigning import load_policy
from tests.deployments import mould
from tests.integration.ceremonies.stage import Stage, stage
from tests.integration.evidence.kit import Kit, seal, take

TOOLS = (
    "base64", "cat", "cp", "cut", "env", "mkdir", "mktemp", "openssl", "paste", "rm", "sha256sum", "split", "tr", "wc",
    "xxd",
)  # fmt: skip


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Yield a stage on which a ceremony of two regions was played to its sealed minutes."""
    folder = tmp_path_factory.mktemp("evidence")
    with mould(folder / "mould") as made, made.copy(folder / "data", "sqlite") as settings, stage(settings) as on:
        seal(on, 2)
        yield on


@pytest.fixture(scope="session")
def exported(sealed: Stage) -> bytes:
    """Return its evidence."""
    return take(sealed)


@pytest.fixture
def kit(sealed: Stage, exported: bytes, tmp_path: Path) -> Kit:
    """Return the evidence with what its auditor keeps."""
    keys = sealed.settings.keys
    key = PublicKey.from_text((keys / "log.vkey").read_text("utf-8"))
    policy = load_policy(sealed.tools.log_policy, key)
    root = keys / "testpki" / "root.pem"
    return Kit(exported, policy, root, lambda data: sealed.tools.timestamps.stamp(data).der, tmp_path)


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a folder with the programs that the script may use, and no others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name) or "/nowhere")
    return folder
