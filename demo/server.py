"""The application as the demo runs it: `prasasti` commands and one server, a child process that is always ended."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from demo import processes
from demo.processes import Usage

WEB, AUTHORITY, SMTP = 8317, 8318, 8325
_PATIENCE = 120.0
_GRACE = 30.0


class ServerFailed(Exception):
    """A command or the server did not do what was asked; the message holds what it said."""


class AnotherDemo(Exception):
    """Another demo is at work in the same folder."""


def free_port(preferred: int, *, taken: frozenset[int] = frozenset()) -> int:
    """Return `preferred` if nobody listens there (and it is not in `taken`), else a port that is free now."""
    for candidate in (preferred, 0, 0, 0):
        if candidate in taken:
            continue
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            port = int(probe.getsockname()[1])
            if port not in taken:
                return port
    raise ServerFailed("no free port was found")


def free_ports(preferred: tuple[int, int, int] = (WEB, AUTHORITY, SMTP)) -> tuple[int, int, int]:
    """Return three different ports for web, test authority and mail catcher: the preferred ones where they are free."""
    web = free_port(preferred[0])
    authority = free_port(preferred[1], taken=frozenset({web}))
    return web, authority, free_port(preferred[2], taken=frozenset({web, authority}))


class Deployment:
    """One deployment's folder with its settings: runs `prasasti` commands on it, and its server."""

    def __init__(self, data: Path, ports: tuple[int, int, int], more: Mapping[str, str] | None = None) -> None:
        """Name the folder, the ports of web, test authority and mail catcher, and further settings (PRASASTI_*)."""
        self.data = data.resolve()
        self.base_url = f"http://127.0.0.1:{ports[0]}"
        self.run_id = uuid4().hex
        self.process: subprocess.Popen[bytes] | None = None
        self.commands_cpu = 0.0
        names = ("PRASASTI_PORT", "PRASASTI_TESTPKI_PORT", "PRASASTI_SMTP_PORT")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PRASASTI_")},
            **dict(zip(names, map(str, ports), strict=True)),
            "PRASASTI_DATA": str(self.data),
            "PRASASTI_BASE_URL": self.base_url,
            "PRASASTI_DEVELOPMENT": "true",
            processes.MARK: self.run_id,
            **(more or {}),
        }

    @property
    def mailbox(self) -> Path:
        """Return the Maildir of the mail catcher."""
        return self.data / "mail"

    @property
    def log(self) -> Path:
        """Return the file that the server writes its messages to."""
        return self.data / "server.log"

    @property
    def _pid_file(self) -> Path:
        return self.data / "server.pid"

    def command(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a `prasasti` command to its end; `typed` is its standard input."""
        before = _children_cpu()
        done = subprocess.run(
            [*_PRASASTI, *words], env=self.environment, input=typed, capture_output=True, text=True, check=False
        )
        self.commands_cpu += _children_cpu() - before
        return done

    def run(self, *words: str, typed: str = "") -> str:
        """Run a `prasasti` command and return what it printed; raises ServerFailed unless it ends with 0."""
        done = self.command(*words, typed=typed)
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip()
            raise ServerFailed(f"prasasti {' '.join(words[:2])} ended with {done.returncode}:\n{said[-4000:]}")
        return done.stdout

    def clear(self) -> None:
        """Remove the folder, after ending a server that a killed demo left; raises AnotherDemo while one is at work."""
        self.end_leftover()
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, exist_ok=True)

    def end_leftover(self) -> None:
        """End the server that the folder's pid file names, if it still runs and its demo does not."""
        try:
            kept = json.loads(self._pid_file.read_text("utf-8"))
            (server, server_born), (owner, owner_born), run = kept["server"], kept["owner"], kept["run"]
        except (OSError, ValueError, KeyError, TypeError):
            return
        if owner != os.getpid() and processes.is_alive(owner, owner_born):
            raise AnotherDemo(f"another demo (process {owner}) is at work in {self.data}")
        processes.end(server, server_born, run, _GRACE)
        if self.process is not None:
            self.process.wait()
            self.process = None
        self._pid_file.unlink(missing_ok=True)

    def start(self) -> None:
        """Start the server and wait until it answers; raises ServerFailed with the end of its log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_PRASASTI, "serve"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        pids = {"server": self.process.pid, "owner": os.getpid()}
        kept = {name: (pid, processes.birth(pid)) for name, pid in pids.items()}
        self._pid_file.write_text(json.dumps({**kept, "run": self.run_id}), "utf-8")
        until = time.monotonic() + _PATIENCE
        while not self.answers():
            if self.process.poll() is not None:
                raise ServerFailed(f"the server ended with {self.process.returncode}:\n{self.last_words()}")
            if time.monotonic() > until:
                raise ServerFailed(f"the server did not answer within {_PATIENCE:.0f} seconds:\n{self.last_words()}")
            time.sleep(0.1)

    def answers(self) -> bool:
        """Tell whether the server answers now."""
        return _answers(self.base_url)

    def stop(self) -> int | None:
        """Ask the server to end (SIGTERM), wait for it, and return its exit status; kill what does not end in time."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            status = None
        processes.end(self.process.pid, "", self.run_id, _GRACE)
        self.process.kill()
        self.process.wait()
        self.process = None
        self._pid_file.unlink(missing_ok=True)
        return status

    def usage(self) -> Usage:
        """Return what the demo, the server's processes and the commands used so far."""
        used = processes.usage(self.run_id)
        return Usage({**used.cpu, "commands": self.commands_cpu}, used.peak)

    def last_words(self, lines: int = 40) -> str:
        """Return the end of the server's log."""
        try:
            return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])
        except OSError:
            return ""


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


_PRASASTI = (sys.executable, "-m", "backend.cli")


def _answers(base_url: str) -> bool:
    # An opener without proxies: the address is on this machine whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{base_url}/masuk", timeout=5) as answer:
            return bool(answer.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
