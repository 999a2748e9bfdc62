"""`make bench`: what we do to a document beside named peers, in one run. Prints ratios and writes var/bench.json."""

import argparse
import json
import os
import tempfile
from itertools import groupby
from pathlib import Path

# One thread: CPU time of Typst's own threads would be counted all the same, their waiting for each other too.
os.environ["RAYON_NUM_THREADS"] = "1"

from benchmarks import elsewhere, pool, rendering, signing, targets, verifying
from benchmarks.measure import Figure, measure

RESULT = Path("var/bench.json")
OTHERS = 24  # documents for the pool, besides those measured one by one


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="rounds that are counted (default 15)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(rendering.contenders(), rounds)
        with verifying.ceremony(Path(folder), others=OTHERS) as finished:
            figures += measure(signing.contenders(finished.authority, rendering.document()), rounds)
        with elsewhere.dss(finished.folder / "root.pem", [finished.path(kind) for kind in verifying.KINDS]) as dss:
            figures += measure(verifying.contenders(finished, dss), rounds)
        figures += [pool.run(finished), pool.again(finished)]
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps([figure.row() for figure in figures], indent=1) + "\n", encoding="utf-8")
    print(table(figures))
    print(targets.told(figures))
    print(f"written to {RESULT}")


def table(figures: list[Figure]) -> str:
    """Return the figures by work, each with its ratio to ours (the first of its work)."""
    lines = []
    for work, group in groupby(figures, key=lambda figure: figure.work):
        rows = list(group)
        ours = rows[0].cpu_ms
        lines.append(f"{work}  (n = {rows[0].n})")
        lines += [
            f"  {row.contender:<52} {row.cpu_ms:9.2f} ms CPU {row.wall_ms:9.2f} ms wall {row.cpu_ms / ours:8.2f} x ours"
            for row in rows
        ]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
