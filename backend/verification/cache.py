"""Verdicts remembered for a while, so that a file that many people check is read once; in memory, never on disk.

No proof is fetched at checking, so a verdict changes only with the bytes, the anchors, what our log knows, and time.
"""

import threading
from collections.abc import Hashable, Mapping
from dataclasses import fields
from typing import Any

from cachetools import TTLCache

from backend.verification.knowledge import LogKnowledge
from backend.verification.report import Report
from backend.verification.verdict import Reason

MOST = 2_000


class Verdicts:
    """Reports of one verifier, by what they depend on; safe to share between threads."""

    def __init__(self, seconds: float, most: int = MOST) -> None:
        """Remember at most `most` reports, each for `seconds`; 0 seconds remember nothing."""
        self._kept: TTLCache[Hashable, Report] = TTLCache(most, seconds)
        self._lock = threading.Lock()

    def find(self, sha256: str, known: LogKnowledge | None) -> Report | None:
        """Return the report on these bytes made while our log knew the same, None where there is none so young."""
        with self._lock:
            return self._kept.get(_key(sha256, known))

    def keep(self, report: Report, known: LogKnowledge | None) -> None:
        """Remember a report, unless it only tells that a limit was reached: that may be the fault of a busy machine."""
        if Reason.LIMIT_REACHED not in report.reasons:
            with self._lock:
                self._kept[_key(report.sha256, known)] = report


def _key(sha256: str, known: LogKnowledge | None) -> Hashable:
    facts = () if known is None else tuple(_hashable(getattr(known, field.name)) for field in fields(known))
    return sha256, facts


def _hashable(fact: Any) -> Hashable:
    return frozenset((name, _hashable(value)) for name, value in fact.items()) if isinstance(fact, Mapping) else fact
