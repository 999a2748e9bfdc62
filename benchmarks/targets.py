"""What was promised of verifying, held against the figures of one run; a figure without its peer promises nothing."""

from collections.abc import Iterator

from benchmarks.measure import Figure
from benchmarks.pool import AGAIN

TIMES_LESS = {"pyHanko, with differences": 2.0, "EU DSS, warm, no visual comparison": 2.0, "pdfsig process": 1.0}
STEEPEST = 1.25  # a third signature may cost so much more than the second did
POOL_SECONDS = 15.0
AGAIN_MS = 0.2


def told(figures: list[Figure]) -> str:
    """Return one line per promise: kept, missed, or not measured."""
    verifying = [figure for figure in figures if figure.work.startswith("verify one")]
    return "\n".join((*_against_peers(verifying), *_evenly(verifying), *_pool(figures)))


def _against_peers(figures: list[Figure]) -> Iterator[str]:
    for work in dict.fromkeys(figure.work for figure in figures):
        ours, *others = [figure for figure in figures if figure.work == work]
        for peer, wanted in TIMES_LESS.items():
            found = [other for other in others if other.contender.startswith(peer)]
            if not found:
                yield f"not run  {work}: {peer}"
            for other in found:
                ratio = other.cpu_ms / ours.cpu_ms
                yield f"{_word(ratio >= wanted)} {work}: {ratio:.1f} times less than {peer} (wanted {wanted:.0f})"


def _evenly(figures: list[Figure]) -> Iterator[str]:
    one, two, three = (
        next(figure.cpu_ms for figure in figures if figure.work.startswith(f"verify one document, {count} sig")
             and figure.work.endswith("B-LTA"))
        for count in (1, 2, 3)
    )  # fmt: skip
    steps = (three - two) / max(two - one, 0.001)
    kept = _word(steps <= STEEPEST or three <= 3 * one)
    yield f"{kept} evenly: {one:.1f}, {two:.1f}, {three:.1f} ms for one, two, three signatures"


def _pool(figures: list[Figure]) -> Iterator[str]:
    for figure in figures:
        if "limited processes" in figure.work:
            seconds = figure.wall_ms / 1e3
            yield f"{_word(seconds < POOL_SECONDS)} {figure.work}: {seconds:.1f} s (wanted {POOL_SECONDS:.0f})"
        if figure.work == AGAIN:
            yield f"{_word(figure.cpu_ms < AGAIN_MS)} {figure.work}: {figure.cpu_ms:.2f} ms (wanted {AGAIN_MS})"


def _word(kept: bool) -> str:  # noqa: FBT001  because it is the fact to tell
    return "kept    " if kept else "MISSED  "
