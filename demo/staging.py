"""What the stages of a demo share: one progress bar each, work by several people at once, and what it cost."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from demo.server import Deployment

AT_ONCE = 8
_LOOK_EVERY = 0.25
# Looking must not become the load that is waited for.
_LOOK_SHARE = 10
T = TypeVar("T")


class NotReached(Exception):
    """What a stage waits for did not come."""


@dataclass(frozen=True)
class Cost:
    """What one stage took: seconds of wall time, and CPU seconds by part of the application."""

    stage: str
    count: int
    wall: float
    cpu: dict[str, float]


class Bar:
    """The progress bar of one stage; `advance` may be called from several threads."""

    def __init__(self, progress: Progress, title: str, total: int) -> None:
        """Draw it at zero."""
        self._progress = progress
        self._task = progress.add_task(title, total=total)
        self.total = total

    def advance(self) -> None:
        """Count one more."""
        self._progress.advance(self._task)

    def show(self, done: int) -> None:
        """Show how many are done."""
        self._progress.update(self._task, completed=done)


class Stagebook:
    """Runs stages, draws their bars, and writes down what each of them took."""

    def __init__(self, deployment: Deployment, console: Console) -> None:
        """Measure the processes of `deployment`; draw on `console`."""
        self.costs: list[Cost] = []
        self.peak: dict[str, float] = {}
        self._deployment = deployment
        self._console = console

    @contextmanager
    def stage(self, title: str, total: int) -> Iterator[Bar]:
        """Draw a bar while the block runs; fill it at the end and note the cost."""
        columns = (
            TextColumn("{task.description:<34}"),
            BarColumn(24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        before, began = self._deployment.usage().cpu, time.perf_counter()
        with Progress(*columns, console=self._console) as progress:
            bar = Bar(progress, title, total)
            yield bar
            bar.show(total)
        wall, after = time.perf_counter() - began, self._deployment.usage()
        # A process that ended takes its part away: never less than nothing.
        cpu = {part: max(0.0, used - before.get(part, 0.0)) for part, used in after.cpu.items()}
        self.costs.append(Cost(title, total, wall, {part: used for part, used in cpu.items() if used > 0}))
        for part, size in after.peak.items():
            self.peak[part] = max(self.peak.get(part, 0.0), size)

    def write(self, path: Path, **more: object) -> None:
        """Write all costs as JSON: seconds, and MiB of peak memory by part."""
        figures = {
            **more,
            "stages": [_rounded(cost) for cost in self.costs],
            "wall_s": round(sum(cost.wall for cost in self.costs), 2),
            "cpu_s": round(sum(sum(cost.cpu.values()) for cost in self.costs), 2),
            "peak_mib": {part: round(size, 1) for part, size in self.peak.items()},
        }
        path.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _rounded(cost: Cost) -> dict[str, object]:
    cpu = {part: round(used, 2) for part, used in cost.cpu.items()}
    return {**asdict(cost), "wall": round(cost.wall, 2), "cpu": cpu}


def all_at_once(bar: Bar, work: Callable[[T], object], things: Iterable[T], at_once: int = AT_ONCE) -> None:
    """Do `work` for each thing, several at a time, and count; the first failure ends it and is raised."""

    def one(thing: T) -> None:
        work(thing)
        bar.advance()

    pool = ThreadPoolExecutor(at_once)
    try:
        begun = [pool.submit(one, thing) for thing in things]
        done, _ = wait(begun, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def until(bar: Bar, count: Callable[[], int], patience: float) -> None:
    """Wait until `count()` reaches the bar's total, looking now and then; raises NotReached after `patience` s."""
    end = time.monotonic() + patience
    while True:
        began = time.monotonic()
        done = count()
        if done >= bar.total:
            return
        bar.show(done)
        looked = time.monotonic()
        if looked > end:
            raise NotReached(f"only {done} of {bar.total} after {patience:.0f} seconds")
        time.sleep(max(_LOOK_EVERY, (looked - began) * _LOOK_SHARE))
