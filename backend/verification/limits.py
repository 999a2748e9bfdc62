"""The soft end of the time a file may take: raised inside the reader, so that what was found so far can be told."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTime(BaseException):
    """The CPU time of this file is used up. No Exception, so that nothing that handles bad input swallows it."""


REACHED = (MemoryError, RecursionError, OutOfTime)


def _raise(_number: int, _frame: FrameType | None) -> None:
    raise OutOfTime


@contextmanager
def cpu_seconds(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in this process after so many seconds of CPU, once; only in the main thread of a process."""
    previous = signal.signal(signal.SIGPROF, _raise)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)
