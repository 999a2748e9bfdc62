"""Processes of this machine: known by a mark in their environment or by their birth, ended, measured by /proc."""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MARK = "PRASASTI_DEMO_RUN"
_PROC = Path("/proc")
_HAS_PROC = (_PROC / "self" / "environ").exists()
_LOOK_EVERY = 0.05
_NAMES = {
    "backend.worker": "worker",
    "uvicorn": "web",
    "testpki": "authority",
    "children mail": "mail",
    "cosigner": "cosigner",
    "serve": "serve",
}


def birth(pid: int) -> str:
    """Return what tells a process from a later one with the same number; empty when there is none."""
    if _HAS_PROC:
        fields = _stat(pid)
        return "" if fields is None or fields[0] == "Z" else fields[19]  # state and starttime of proc(5)
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return told.stdout.strip()


def is_alive(pid: int, born: str) -> bool:
    """Tell whether the process that was born then is still alive."""
    return bool(born) and birth(pid) == born


def marked(run: str) -> list[int]:
    """Return the processes that carry the mark of a run in their environment; none where there is no /proc."""
    wanted = f"{MARK}={run}".encode()
    return [pid for pid in _pids() if pid != os.getpid() and wanted in _environ(pid)]


def end(leader: int, born: str, run: str, patience: float) -> None:
    """Ask a server to end (SIGTERM), wait up to `patience` seconds, then kill it and whatever its run left."""
    if is_alive(leader, born):
        _signal(leader, signal.SIGTERM)
        _until(lambda: not is_alive(leader, born), patience)
    left = marked(run) or ([leader] if is_alive(leader, born) else [])
    for pid in left:
        _signal(pid, signal.SIGKILL)
    _until(lambda: not marked(run), patience)


@dataclass(frozen=True)
class Usage:
    """What the processes of a run used so far: CPU seconds and peak memory (MiB), by part of the application."""

    cpu: dict[str, float]
    peak: dict[str, float]


def parts(run: str) -> dict[int, str]:
    """Return which part of the application each process of a run is: serve, web, worker, authority, mail, other."""
    found = {pid: fields for pid in marked(run) if (fields := _stat(pid)) is not None}
    return {pid: _part(pid, found) for pid in found}


def usage(run: str) -> Usage:
    """Return the usage of the demo itself and of the processes that carry the run's mark."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    cpu, peak = {"demo": own.ru_utime + own.ru_stime}, {"demo": own.ru_maxrss / 1024}
    tick = os.sysconf("SC_CLK_TCK")
    for pid, part in parts(run).items():
        fields = _stat(pid) or ["0"] * 15
        # utime, stime, and those of children that ended
        cpu[part] = cpu.get(part, 0.0) + sum(int(ticks) for ticks in fields[11:15]) / tick
        peak[part] = peak.get(part, 0.0) + _high_water(pid)
    return Usage(cpu, peak)


def _pids() -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()] if _HAS_PROC else []


def _read(pid: int, name: str) -> bytes:
    try:
        return (_PROC / str(pid) / name).read_bytes()
    except OSError:
        return b""


def _environ(pid: int) -> set[bytes]:
    return set(_read(pid, "environ").split(b"\0"))


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat that follow the name: state, ppid, ..."""
    text = _read(pid, "stat").decode("utf-8", "replace")
    return text[text.rindex(")") + 2 :].split() if ")" in text else None


def _part(pid: int, found: dict[int, list[str]]) -> str:
    """Name a process after itself or, when it only helps another one, after that one."""
    line = _read(pid, "cmdline").replace(b"\0", b" ").decode("utf-8", "replace")
    named = next((name for sign, name in _NAMES.items() if sign in line), None)
    parent = int(found[pid][1])
    if named is None and parent in found:
        return _part(parent, found)
    return named or "other"


def _high_water(pid: int) -> float:
    lines = _read(pid, "status").decode("utf-8", "replace").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _until(true: Callable[[], bool], patience: float) -> None:
    end_of_patience = time.monotonic() + patience
    while not true() and time.monotonic() < end_of_patience:
        time.sleep(_LOOK_EVERY)
