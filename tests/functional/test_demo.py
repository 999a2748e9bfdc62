"""The demo itself: after a kill it begins afresh, its last line counts, its exit status tells whether all passed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo import processes

ROOT = Path(__file__).parents[2]
REGIONS = 2
PATIENCE = 200


@contextmanager
def _demo(folder: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "demo", "--regions", str(REGIONS)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=folder, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True) as demo:
        try:
            yield demo
        finally:
            # A demo that is asked to end stops its server first; one that has ended already hears nothing.
            demo.terminate()


@pytest.mark.needs("thorough")
def test_a_killed_demo_is_cleaned_by_the_next_which_passes(tmp_path: Path) -> None:
    demo = tmp_path / "var" / "demo"
    pid_file = demo / "server.pid"
    with _demo(tmp_path) as first:
        until = time.monotonic() + PATIENCE
        while not pid_file.exists():
            assert first.poll() is None, first.communicate()[0]
            assert time.monotonic() < until
            time.sleep(0.05)
        first.kill()
        first.communicate()
    left = json.loads(pid_file.read_text("utf-8"))["run"]
    with _demo(tmp_path) as second:
        said, _ = second.communicate(timeout=PATIENCE)
    assert second.returncode == 0, said
    assert said.rstrip().splitlines()[-1] == f"{REGIONS} documents: {REGIONS} passed"
    assert processes.marked(left) == []
    assert not pid_file.exists()
    assert len(list((demo / "documents").glob("*.pdf"))) == REGIONS
    assert {"berita-acara.pdf", "trust.pem", "figures.json", "ceremony.asice", "policy"} <= {
        path.name for path in demo.iterdir()
    }
    for secret in ("staff.txt", "passphrases.csv"):
        assert (demo / "keys" / secret).stat().st_mode & 0o777 == 0o600
        assert (demo / "keys" / secret).read_text("utf-8").split()[-1].rpartition(",")[2] not in said


def test_a_number_of_regions_that_there_are_not_is_a_usage_error() -> None:
    words = [sys.executable, "-m", "demo", "--regions", "509"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 64
    assert "between 1 and 508" in done.stderr
