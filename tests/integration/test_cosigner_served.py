"""A cosigner as another institution runs it: four commands, a server, and nothing of ours beside it."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.audit.cosignature import CosignerKey
from backend.audit.policy import Cosigner, Policy
from backend.audit.submission import LARGEST, Submission
from tests.unit.audit.cosigned_log import KEY, ORIGIN, MemoryLog, numbered

pytestmark = pytest.mark.needs("thorough")  # kills and starts processes, half a minute

LOG = numbered(30)
FORK = MemoryLog([*LOG.bodies[:10], b"palsu", *LOG.bodies[11:]])
COMMAND = [sys.executable, "-m", "backend.cli"]

# What an institution does not have: everything of `prasasti[server]` but aiohttp. Importing it must not be tried.
WITHOUT = """
import runpy, sys

for name in "sqlalchemy sqlmodel fastapi starlette uvicorn pydantic_settings typst jinja2 dbos".split():
    sys.modules[name] = None
sys.argv = ["prasasti", *sys.argv[1:]]
runpy.run_module("backend.cli", run_name="__main__", alter_sys=True)
"""


def said(*words: str, status: int = 0) -> str:
    """Run a command of the cosigner without our server's packages; return its standard output."""
    done = run(*words)
    assert done.returncode == status, done.stderr
    return done.stdout


def refused(*words: str) -> str:
    """Run a command that is refused; return what it says about that, which is one line."""
    done = run(*words)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    return done.stderr


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT, "--language", "en", "cosigner", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRASASTI_")}
    return {**kept, "PYTHONPATH": ".", "PYTHONUNBUFFERED": "1"}


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve the cosigner on a free port; yield its address and its process."""
    command = [sys.executable, "-c", WITHOUT, "--language", "en", "cosigner", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=_environment()) as process:
        try:
            assert process.stderr is not None
            found = re.search(r"waits at (http://\S+)", process.stderr.readline())
            assert found, process.stderr.read()
            yield found[1], process
        finally:
            process.terminate()
            process.wait(10)


def post(url: str, body: bytes) -> tuple[int, str, str]:
    request = urllib.request.Request(f"{url}/add-checkpoint", data=body, method="POST")  # noqa: S310 because it is ours
    return answer_of(request)


def answer_of(request: urllib.request.Request | str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 because it is ours
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers["Content-Type"], refused.read().decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    said("init", str(tmp_path / "bpk"), "--name", "penjaga.bpk.invalid/prasasti")
    return tmp_path / "bpk"


def sent(log: MemoryLog, old: int, size: int) -> bytes:
    return Submission(old, tuple(log.consistency(old, size)), log.note(size)).to_bytes()


def test_staff_set_it_up_and_a_log_is_cosigned_and_a_fork_refused(folder: Path) -> None:
    vkey = said("vkey", str(folder)).strip()
    with serving(folder) as (url, process):
        assert post(url, sent(LOG, 0, 9))[0] == 404
        said("trust", str(folder), KEY.public.to_text())
        status, _, line = post(url, sent(LOG, 0, 9))
        policy = Policy.of(KEY.public, [Cosigner("bpk", CosignerKey.from_text(vkey))], 1)
        assert (status, policy.examine(LOG.note(9) + line).met) == (200, True)
        assert post(url, sent(LOG, 0, 20)) == (409, "text/x.tlog.size", "9\n")
        assert post(url, sent(LOG, 9, 20))[0] == 200
        assert post(url, sent(FORK, 20, 30))[0] == 422
        assert post(url, sent(FORK, 20, 20))[0] == 409
        assert answer_of(f"{url}/vkey")[2].strip() == vkey
        assert policy.examine(answer_of(f"{url}/latest?origin={ORIGIN}")[2]).checkpoint.size == 20
        assert answer_of(f"{url}/latest?origin=lain")[0] == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    told = said("show", str(folder), status=1)
    assert f"Audit log {ORIGIN}: 20 entries" in told
    assert "two different pasts (1 proofs)" in told
    assert FORK.note(20) in told


def test_killed_in_the_middle_it_goes_on_where_it_was(folder: Path) -> None:
    said("trust", str(folder), KEY.public.to_text())
    with serving(folder) as (url, process):
        assert post(url, sent(LOG, 0, 9))[0] == 200
        process.kill()
    with serving(folder) as (url, _):
        assert post(url, sent(LOG, 0, 20)) == (409, "text/x.tlog.size", "9\n")
        assert post(url, sent(LOG, 9, 20))[0] == 200


def test_what_is_no_request_of_a_log_is_refused_in_a_word(folder: Path) -> None:
    said("trust", str(folder), KEY.public.to_text())
    with serving(folder) as (url, _):
        assert post(url, b"halo") == (400, "text/plain; charset=utf-8", "malformed\n")
        assert post(url, b"x" * (LARGEST + 1))[0] == 413
        assert answer_of(f"{url}/add-checkpoint")[0] == 405
        assert answer_of(f"{url}/")[0] == 404
        assert post(url, sent(LOG, 0, 9))[0] == 200


def test_an_address_that_is_taken_is_told_plainly(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert "cosigner-address-taken" in refused("serve", str(folder), "--port", port)


def test_a_cosigner_that_is_not_whole_does_not_start(folder: Path, tmp_path: Path) -> None:
    (folder / "memory.db").unlink()
    for verb in ("serve", "show", "vkey"):
        assert "cosigner-missing" in refused(verb, str(folder))
    assert "cosigner-exists" in refused("init", str(folder), "--name", "lain.invalid")
    assert "cosigner-name" in refused("init", str(tmp_path / "x"), "--name", "dua kata")
    assert "cosigner-missing" in refused("trust", str(tmp_path / "y"), KEY.public.to_text())
