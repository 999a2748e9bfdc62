"""Results of public checks: fifteen minutes in memory under an unguessable id (invariant 7); never stored or logged.

What belongs to a result and is large (the upload until its pages are drawn, the pictures, the printed report) has a
bound for all results together; the oldest goes first, its result stays.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from backend import clock
from backend.ceremonies.queries.tracing import Traced
from backend.verification.report import Report

LIFE = timedelta(minutes=15)
MOST = 500
MOST_BYTES = 256_000_000
Made = TypeVar("Made")


@dataclass(frozen=True)
class Result:
    """One checked file: its name as the visitor gave it, its size, what was found, and of which document it is.

    `place`: which event of how many in the signed log first names it, counted from 1.
    """

    file: str
    size: int
    report: Report
    document: Traced | None
    at: datetime
    place: tuple[int, int] | None = None


@dataclass
class Kept:
    """A result and what is large about it: bytes by name; `lock` lets only one visitor make each of them."""

    result: Result
    large: dict[str, tuple[object, int]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def size(self) -> int:
        """Return how many bytes are held."""
        return sum(size for _, size in self.large.values())


class Results:
    """The newest results of this process."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Begin with none."""
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._most_bytes = most_bytes

    def keep(self, result: Result, upload: bytes = b"") -> str:
        """Keep a result and return its id; the oldest goes when there are too many, every one after its time."""
        identifier = secrets.token_urlsafe(24)
        with self._lock:
            self._kept[identifier] = Kept(result, {"upload": (upload, len(upload))} if upload else {})
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        self.sweep(result.at)
        self._sweep_later()
        return identifier

    def find(self, identifier: str, now: datetime) -> Result | None:
        """Return a result not older than fifteen minutes, or None."""
        self.sweep(now)
        kept = self._kept.get(identifier)
        return kept.result if kept else None

    def upload(self, identifier: str) -> bytes:
        """Return the uploaded bytes while they are held, else nothing."""
        kept = self._kept.get(identifier)
        held = kept.large.get("upload") if kept else None
        return held[0] if held and isinstance(held[0], bytes) else b""

    def make(self, identifier: str, name: str, make: Callable[[], tuple[Made, int]], *, last: bool = False) -> Made:
        """Return what is kept under a name, made once by `make` (the thing and its size); raises KeyError without it.

        `last`: the upload is not needed afterwards and is let go.
        """
        kept = self._kept[identifier]
        with kept.lock:
            held = kept.large.get(name)
            if held is None:
                held = kept.large[name] = make()
                if last:
                    kept.large.pop("upload", None)
        self._bound(identifier)
        found: Any = held[0]
        return found  # type: ignore[no-any-return]  # because what is kept under a name is what its maker made

    def sweep(self, now: datetime) -> None:
        """Let go what is older than fifteen minutes; asked for by every visit, and by a timer when nobody comes."""
        with self._lock:
            for identifier in [key for key, kept in self._kept.items() if now - kept.result.at >= LIFE]:
                del self._kept[identifier]
        self._bound("")

    def _sweep_later(self) -> None:
        """Let results go in time also where nobody asks for anything any more."""
        timer = threading.Timer(LIFE.total_seconds() + 1, lambda: self.sweep(clock.now()))
        timer.daemon = True
        timer.start()

    def _bound(self, newest: str) -> None:
        with self._lock:
            held = sum(kept.size for kept in self._kept.values())
            for identifier, kept in self._kept.items():
                if held <= self._most_bytes:
                    return
                if identifier != newest:
                    held -= kept.size
                    kept.large.clear()
