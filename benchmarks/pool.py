"""Verify a ceremony of 508 documents with three signatures each, through the pool of limited processes."""

import resource
import time
from concurrent.futures import ThreadPoolExecutor

from backend.verification.reader import Verifier
from backend.verification.verdict import Verdict
from benchmarks.measure import Figure
from benchmarks.verifying import Finished, anchors_of

DOCUMENTS = 508
PROCESSES = 2
TIMES = 500
AGAIN = "check a remembered document once more"


def run(finished: Finished) -> Figure:
    """Return CPU time (all processes, their start included) and wall time of one run, in all.

    Documents repeat after a while, so no verdict is remembered.
    """
    before = _cpu_seconds()
    verifier = Verifier(anchors_of(finished), PROCESSES, remembered=0)
    documents = finished.many or [finished.documents["3 signatures, B-LTA"]]
    waiting = [documents[number % len(documents)] for number in range(DOCUMENTS)]
    try:
        with ThreadPoolExecutor(PROCESSES * 2) as threads:
            _ = [*threads.map(verifier.check, documents[: PROCESSES * 2])]
            started = time.perf_counter()
            reports = [*threads.map(lambda pdf: verifier.check(pdf, fresh=True), waiting)]
            passed = (time.perf_counter() - started) * 1e3
    finally:
        verifier.close()
    cpu = (_cpu_seconds() - before) * 1e3
    if any(report.verdict is not Verdict.PASSED for report in reports):
        raise ValueError("not all passed")
    work = f"verify {DOCUMENTS} documents of 3 signatures, {PROCESSES} limited processes"
    return Figure(work, "Prasasti", round(cpu, 1), round(passed, 1), 1)


def again(finished: Finished) -> Figure:
    """Return what one more check of a file costs whose verdict is remembered: its hash and a look."""
    verifier = Verifier(anchors_of(finished), 1)
    pdf = finished.documents["3 signatures, B-LTA"]
    try:
        first = verifier.check(pdf)
        started, began = time.process_time_ns(), time.perf_counter_ns()
        for _ in range(TIMES):
            if verifier.check(pdf) is not first:
                raise ValueError("not remembered")
        cpu, wall = time.process_time_ns() - started, time.perf_counter_ns() - began
    finally:
        verifier.close()
    return Figure(AGAIN, "Prasasti", round(cpu / TIMES / 1e6, 4), round(wall / TIMES / 1e6, 4), TIMES)


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
