"""Measures contenders in one process and one run, round after round, so that a slow minute hits all alike."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Contender:
    """One way of doing some work; `run` does it once, on input that it has not seen before where that matters."""

    work: str
    name: str
    run: Callable[[], object]


@dataclass(frozen=True)
class Elsewhere:
    """What `run` returns when the work was done by another process: the CPU time of that one, in milliseconds."""

    cpu_ms: float


@dataclass(frozen=True)
class Figure:
    """Medians over `n` rounds, in milliseconds: CPU time of the whole process, and wall time."""

    work: str
    contender: str
    cpu_ms: float
    wall_ms: float
    n: int

    def row(self) -> dict[str, str | float | int]:
        """Return what `var/bench.json` holds."""
        return asdict(self)


def measure(contenders: Sequence[Contender], rounds: int) -> list[Figure]:
    """Return one figure per contender; the first round only warms up and is not counted."""
    cpu: dict[Contender, list[float]] = {contender: [] for contender in contenders}
    wall: dict[Contender, list[float]] = {contender: [] for contender in contenders}
    for round_ in range(rounds + 1):
        for contender in contenders:
            spent, passed = _once(contender)
            if round_:
                cpu[contender].append(spent)
                wall[contender].append(passed)
    return [
        Figure(c.work, c.name, round(statistics.median(cpu[c]), 3), round(statistics.median(wall[c]), 3), rounds)
        for c in contenders
    ]


def _once(contender: Contender) -> tuple[float, float]:
    begun, started = time.perf_counter_ns(), time.process_time_ns()
    result = contender.run()
    own, passed = (time.process_time_ns() - started) / 1e6, (time.perf_counter_ns() - begun) / 1e6
    return result.cpu_ms if isinstance(result, Elsewhere) else own, passed
