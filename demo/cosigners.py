"""Cosigners as other institutions run them: own folders, keys and processes that know nothing of the ministry's."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from demo.server import Deployment, ServerFailed, free_port

INSTITUTIONS = {"bpk": "penjaga.bpk.contoh.invalid/prasasti", "anri": "penjaga.anri.contoh.invalid/prasasti"}
FOLDER = "penjaga-log"
FIRST_PORT = 8330
_PATIENCE = 30.0
_PRASASTI = (sys.executable, "-m", "backend.cli", "cosigner")


@dataclass(frozen=True)
class Cosigner:
    """One institution's cosigner: its short name, its folder, its port on this machine, its public key."""

    name: str
    folder: Path
    port: int
    vkey: str

    @property
    def url(self) -> str:
        """Return where logs reach it."""
        return f"http://127.0.0.1:{self.port}"


class Cosigners:
    """The cosigners of one demo. They carry the demo's mark, so that none is left behind."""

    def __init__(self, deployment: Deployment) -> None:
        """Nothing is made yet."""
        self._deployment = deployment
        self._processes: list[subprocess.Popen[bytes]] = []
        self.all: list[Cosigner] = []
        # Theirs is another house: they get nothing of the deployment's settings
        self._environment = {
            name: value
            for name, value in deployment.environment.items()
            if not name.startswith("PRASASTI_") or name == "PRASASTI_DEMO_RUN"
        }

    def set_up(self) -> None:
        """Make and start them, and tell the installed deployment whom to ask: what two offices settle by letter."""
        keys = self._deployment.data / "keys"
        log_key = (keys / "log.vkey").read_text("utf-8").strip()
        ports: set[int] = set()
        for name, full in INSTITUTIONS.items():
            folder = self._deployment.data / FOLDER / name
            vkey = self._run("init", str(folder), "--name", full).strip()
            self._run("trust", str(folder), log_key)
            port = free_port(FIRST_PORT + len(ports), taken=frozenset(ports))
            ports.add(port)
            self.all.append(Cosigner(name, folder, port, vkey))
            self._start(self.all[-1])
        asked = [word for one in self.all for word in ("--cosigner", one.name, one.vkey, one.url)]
        (keys / "log.policy").write_text(self._deployment.run("log", "policy", *asked), "utf-8")

    def wait_for(self, ceremony: str) -> str:
        """Wait until all of them cover a ceremony up to its sealed minutes; return what the deployment says of it."""
        end = time.monotonic() + _PATIENCE
        while True:
            said = self._deployment.command("log", "cosigners", "--ceremony", ceremony)
            if said.returncode == 0 or time.monotonic() > end:
                return said.stdout
            time.sleep(0.5)

    def close(self) -> None:
        """Ask them to end, and wait for it."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(_PATIENCE)
        self._processes.clear()

    def _run(self, *words: str) -> str:
        done = subprocess.run([*_PRASASTI, *words], env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerFailed(f"prasasti cosigner {words[0]} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def _start(self, one: Cosigner) -> None:
        log = one.folder / "server.log"
        with log.open("ab") as written:
            process = subprocess.Popen(
                [*_PRASASTI, "serve", str(one.folder), "--port", str(one.port)],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        end = time.monotonic() + _PATIENCE
        while not re.search(rf":{one.port}\b", log.read_text("utf-8")):
            if process.poll() is not None or time.monotonic() > end:
                raise ServerFailed(f"the cosigner {one.name} did not start:\n{log.read_text('utf-8')}")
            time.sleep(0.05)
