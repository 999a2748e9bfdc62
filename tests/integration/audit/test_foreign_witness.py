"""A witness that is not ours (litewitness of filippo.io/torchwood) cosigns our log, and refuses our fork."""

import re
import signal
import socket
import sqlite3
import subprocess
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from backend import clock
from backend.audit.cosignature import CosignerKey
from backend.audit.merkle import EMPTY
from backend.audit.policy import Cosigner, Policy
from backend.audit.posting import Reply, post_all
from backend.audit.publishing import Publisher
from backend.audit.submission import SIZE_TYPE, Submission
from tests.integration.audit.deployment import Deployment, signed
from tests.needs import outside
from tests.unit.audit.cosigned_log import MemoryLog

pytestmark = pytest.mark.needs("litewitness")
NAME = "saksi-asing.invalid/litewitness"


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, CosignerKey]]:
    """Run litewitness with a key in an SSH agent of its own; yield its address and its public key."""
    folder.mkdir()
    agent_socket, key = folder / "agent", folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    told = subprocess.run(["ssh-keygen", "-lf", key], check=True, capture_output=True, text=True).stdout
    with closing(_Process(["ssh-agent", "-D", "-a", str(agent_socket)])) as agent:
        agent.wait_for(agent_socket.exists)
        environment = {"SSH_AUTH_SOCK": str(agent_socket), "PATH": "/usr/bin:/bin"}
        subprocess.run(["ssh-add", "-q", key], check=True, env=environment, capture_output=True)
        port = _free_port()
        words = ["-name", NAME, "-db", folder / "db", "-ssh-agent", agent_socket, "-key", told.split()[1]]
        command = [outside("litewitness"), *words, "-listen", f"127.0.0.1:{port}"]
        with closing(_Process([str(word) for word in command], folder / "said")) as witness:
            witness.wait_for(lambda: "vkey=" in (folder / "said").read_text("utf-8"))
            vkey = re.search(r"vkey=\"?([^\s\"]+)", (folder / "said").read_text("utf-8"))
            assert vkey
            yield f"http://127.0.0.1:{port}", CosignerKey.from_text(vkey[1])


class _Process:
    """A child process that is ended with the block."""

    def __init__(self, command: list[str], said: Path | None = None) -> None:
        with (said or Path("/dev/null")).open("wb") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)

    def wait_for(self, true: Callable[[], bool]) -> None:
        """Wait until it is so; fails after ten seconds or when the process has ended."""
        end = time.monotonic() + 10
        while not true():
            assert self._process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def introduce(folder: Path, deployment: Deployment) -> None:
    """Do what `witnessctl add-log` and `add-key` do."""
    with closing(sqlite3.connect(folder / "db")) as database, database:
        database.execute("INSERT INTO log VALUES (?, 0, ?)", (deployment.key.name, b64encode(EMPTY).decode()))
        database.execute("INSERT INTO key VALUES (?, ?)", (deployment.key.name, deployment.vkey))


def test_a_witness_of_others_cosigns_us_and_refuses_our_fork(deployment: Deployment, tmp_path: Path) -> None:
    with running(tmp_path / "asing") as (url, key):
        introduce(tmp_path / "asing", deployment)
        policy = Policy.of(deployment.key.public, [Cosigner("asing", key, url)], 1)
        publisher = Publisher(deployment.database, deployment.log, policy)
        for size in (3, 5):
            deployment.record(*(signed() for _ in range(size)))
            deployment.drain_and_sign()
            assert publisher.run(clock.now()) == 1, deployment.rows("SELECT body FROM audit_event")[-1]
            publisher = Publisher(deployment.database, deployment.log, policy)
        fork = MemoryLog([b"lain"] * 20, deployment.key)
        address = f"{url}/add-checkpoint"
        (where,) = post_all([(address, Submission(0, (), fork.note()).to_bytes())])
        assert isinstance(where, Reply)
        assert (where.status, where.media_type) == (409, SIZE_TYPE)
        known = int(where.body)
        (refused,) = post_all([(address, Submission(known, tuple(fork.consistency(known)), fork.note()).to_bytes())])
        assert isinstance(refused, Reply)
        assert refused.status == 422
