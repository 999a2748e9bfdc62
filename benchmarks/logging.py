"""The audit log beside a plain insert into a plain table, in one run, on each database there is (`make bench`).

Append ratios are medians over interleaved rounds, so that a slow minute hits all alike; the sequencer runs in this
process, as it runs in the worker, while writers are processes of their own. Also writes var/bench-log.json.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from backend.audit import bulk, canonical, merkle, protection, reader
from backend.audit.checkpoint import Checkpoint
from backend.audit.tables import AuditCheckpoint, AuditLeaf
from backend.worker import NUMBERING_EVERY
from benchmarks import log_store
from benchmarks.log_store import DEPLOYMENT, Store, Writers, store

RESULT = Path("var/bench-log.json")
SIGNERS = 508
SIZES = (1_000, 100_000, 1_000_000)


@dataclass(frozen=True)
class Measured:
    """One figure: what, on which database, how much of which unit, and what it should not exceed (None: a peer)."""

    database: str
    what: str
    value: float
    unit: str
    at_most: float | None = None

    def line(self) -> str:
        """Return it as a line of the table."""
        judged = "" if self.at_most is None else f"  at most {self.at_most:g}: {'met' if self.met else 'MISSED'}"
        return f"  {self.what:<64} {self.value:10.3f} {self.unit:<4}{judged}"

    @property
    def met(self) -> bool:
        """Tell whether the target is met."""
        return self.at_most is None or self.value <= self.at_most


def main() -> None:
    """Measure every database there is and tell; those that are not here are named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logging", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each append figure (default 7)")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="largest log to prove from")
    parser.add_argument("--entries", type=int, default=100_000, help="entries to verify")
    asked = parser.parse_args()
    servers = {"SQLite": "", "PostgreSQL": os.environ.get("PRASASTI_TEST_POSTGRES")}
    figures: list[Measured] = []
    for name, server in servers.items():
        if server is None:
            print(f"{name}: not run, PRASASTI_TEST_POSTGRES names none\n")
            continue
        found = measure(name, server, asked)
        print("\n".join([name, *(figure.line() for figure in found), ""]), flush=True)
        figures += found
    load = os.getloadavg()
    loads = " ".join(f"{value:.1f}" for value in load)
    print(f"load of the machine over 1, 5 and 15 minutes: {loads}; cores: {os.cpu_count()}")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    rows = {"load": load, "cores": os.cpu_count(), "figures": [asdict(figure) for figure in figures]}
    RESULT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"written to {RESULT}")


def measure(name: str, server: str, asked: argparse.Namespace) -> list[Measured]:
    """Return all figures of one database."""
    figures: list[Measured] = []
    for count in (1, 8):
        with tempfile.TemporaryDirectory() as folder, store(server, Path(folder)) as made:
            figures += appending(name, made, count, asked.rounds)
            if count > 1:
                figures += burst(name, made)
    for size in (size for size in SIZES if size <= asked.largest):
        with tempfile.TemporaryDirectory() as folder, store(server, Path(folder)) as made:
            figures.append(proving(name, made, size))
    with tempfile.TemporaryDirectory() as folder, store(server, Path(folder)) as made:
        figures += verifying(name, made, asked.entries)
    return figures


def appending(name: str, made: Store, count: int, rounds: int) -> list[Measured]:
    """Return what one entry costs with `count` writers: plain, into the outbox, and until it is signed for."""
    writers, total = Writers(made.url, count), 200 * (2 if count > 1 else 1)
    plain: list[float] = []
    ratios: dict[str, list[float]] = {"outbox": [], "sequenced": []}
    for _ in range(rounds):
        base = _timed(lambda: writers.write("plain", total))
        outbox = _timed(lambda: writers.write("event", total))
        made.sequence()
        whole = _timed(lambda: _sequenced(made, writers, total))
        plain.append(base / total * 1e6)
        ratios["outbox"].append(outbox / base)
        ratios["sequenced"].append(whole / base)
    writers.close()
    told = f"{count} writer{'s' if count > 1 else ''}"
    return [
        Measured(name, f"plain insert into a plain table, {told}", statistics.median(plain), "us"),
        Measured(name, f"append to the outbox / plain insert, {told}", statistics.median(ratios["outbox"]), "x", 1.5),
        Measured(
            name, f"append until signed for / plain insert, {told}", statistics.median(ratios["sequenced"]), "x", 2.2
        ),
    ]


def _sequenced(made: Store, writers: Writers, total: int) -> None:
    """Let them append while the log is numbered and signed at the worker's pace, until nothing waits."""
    writers.begin("event", total)
    left = total
    while left:
        # Woken at the worker's pace while they write; the last ones are numbered at once.
        deadline = time.monotonic() + NUMBERING_EVERY
        while writers.busy and time.monotonic() < deadline:
            time.sleep(0.002)
        left -= made.sequence()
    writers.finish()


def burst(name: str, made: Store) -> list[Measured]:
    """Return how long after their commit the events of 508 signers at once are covered by a signed checkpoint."""
    made.sequence()
    writers = Writers(made.url, 8)
    signed: list[tuple[float, int]] = []
    writers.begin("signer", SIGNERS)
    total = 0
    while total < SIGNERS * 3:
        total += made.sequence()
        signed.append((time.monotonic(), int(made.outside.read_text("utf-8").split("\n")[1])))
        time.sleep(NUMBERING_EVERY)  # as the worker does between two looks
    committed = writers.finish()
    writers.close()
    with made.database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT event_id, seq FROM audit_leaf").all()
    places = {str(event_id): int(seq) for event_id, seq in rows}
    waits = sorted(
        next(at for at, size in signed if size > places[event_id]) - moment
        for moment, ids in committed
        for event_id in ids
    )
    what = f"commit to signed checkpoint, {SIGNERS} signers x 3 events"
    return [
        Measured(name, f"{what}, p50", statistics.median(waits), "s"),
        Measured(name, f"{what}, p99", waits[int(len(waits) * 0.99)], "s", 0.5),
    ]


def proving(name: str, made: Store, size: int) -> Measured:
    """Return the median time of an inclusion proof in a log of `size` entries (a sample of them has its event)."""
    chosen = sorted(random.Random(size).sample(range(size), min(size, 300)))
    ids = _built(made, size, set(chosen))
    times = []
    with made.database.reading() as session:
        for event_id in ids:
            began = time.perf_counter()
            proof = reader.inclusion_proof(session, UUID(event_id))
            times.append((time.perf_counter() - began) * 1e3)
            leaf = merkle.leaf_hash(proof.body)
            if not merkle.verify_inclusion(proof.index, size, leaf, proof.path, _root(proof.note)):
                raise ValueError("a proof that proves nothing")
    return Measured(name, f"inclusion proof at {size:,} entries", statistics.median(times), "ms", 1.0)


def _root(note: str) -> bytes:
    return Checkpoint.from_text(note.rpartition("\n\n")[0] + "\n").root


def _built(made: Store, size: int, chosen: set[int]) -> list[str]:
    """Lay a whole tree down at once, without the triggers that watch single inserts; return the sample's ids."""
    leaves, rows, ids = [], [], [f"00000000-0000-7000-8000-{seq:012x}" for seq in range(size)]
    for seq in range(size):
        if seq in chosen:
            event_id = UUID(ids[seq])
            envelope = canonical.envelope(log_store.signed(), event_id=event_id, deployment=DEPLOYMENT, digests=[])
            body = canonical.spelt(envelope)
            rows.append((ids[seq], body, merkle.leaf_hash(body), envelope["type"], None, None, None, envelope["time"]))
            leaves.append(rows[-1][2])
        else:
            leaves.append(merkle.leaf_hash(b"%d" % seq))
    levels = merkle.levels(leaves)
    root = merkle.root_at(lambda level, index: levels[level][index], size)
    with made.database.writing() as session:
        connection = session.connection()
        protection.expose(connection)
        bulk.insert_events(connection, rows)
        connection.execute(sa.insert(AuditLeaf), [{"seq": seq, "event_id": ids[seq]} for seq in sorted(chosen)])
        for level, row in enumerate(levels):
            for start in range(0, len(row), 50_000):
                part = [(level, index, digest) for index, digest in enumerate(row[start : start + 50_000], start=start)]
                bulk.insert_nodes(connection, part)
        note = made.key.sign(Checkpoint(made.key.name, size, root).to_text())
        session.add(AuditCheckpoint(size=size, previous=0, root=root, note=note))
    return [ids[seq] for seq in sorted(chosen)]


def verifying(name: str, made: Store, entries: int) -> list[Measured]:
    """Return how long `prasasti log verify` works on a log of so many entries."""
    made.fill(entries)
    began, spent = time.perf_counter(), time.process_time()
    report = reader.verify_log(made.database, made.key.public.to_text(), made.outside)
    passed, used = time.perf_counter() - began, time.process_time() - spent
    if not report.sound or report.size != entries:
        raise ValueError("a sound log was found wanting")
    what = f"verify {entries:,} entries again"
    return [
        Measured(name, f"{what}, CPU time of this process", used, "s"),
        Measured(name, what, passed, "s", 5.0),
    ]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
