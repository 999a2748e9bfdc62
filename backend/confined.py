"""Work that may misbehave, done in spawned processes with limits: hostile PDFs, templates, compilers.

Processes are spawned, never forked: a fork after a Typst compile hangs (notes/rendering.md 6), and a spawned reader
holds no secret of its parent.
"""

import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

Result = TypeVar("Result")


@dataclass(frozen=True)
class Limits:
    """What one task may use. `memory` is address space in bytes, the times are seconds, `tasks` is per process."""

    memory: int = 2 << 30
    wall: float = 30.0
    tasks: int = 200


class LimitReached(Exception):
    """A confined task used more than it may, or its process died; `kind` is `time` or `process`."""

    def __init__(self, kind: str) -> None:
        """Remember which limit it was."""
        self.kind = kind
        super().__init__(kind)


def _confine(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Confined:
    """A pool of limited processes; a process that reached a limit is killed and replaced."""

    def __init__(self, limits: Limits, processes: int = 2) -> None:
        """Prepare a pool; processes start with the first task."""
        self._limits = limits
        self._pool = ProcessPool(
            max_workers=processes,
            max_tasks=limits.tasks,
            initializer=_confine,
            initargs=(limits.memory,),
            context=multiprocessing.get_context("spawn"),
        )

    def run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Run a module-level function in a limited process and return what it returns or raise what it raises.

        Raises LimitReached when the time is over or the process died (memory, CPU, crash).
        """
        future = self._pool.schedule(function, args=arguments, timeout=self._limits.wall)
        try:
            result: Result = future.result()
        except FutureTimeoutError as error:
            raise LimitReached("time") from error
        except (ProcessExpired, MemoryError) as error:
            raise LimitReached("process") from error
        return result

    def begin(self, function: Callable[..., object], *arguments: Any) -> None:
        """Start a task whose outcome nobody waits for."""
        self._pool.schedule(function, args=arguments, timeout=self._limits.wall)

    def close(self) -> None:
        """End the processes; tasks still waiting are dropped."""
        self._pool.stop()
        self._pool.join()
