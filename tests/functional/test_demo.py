"""The demo itself: after a kill it begins afresh, its last line counts, its exit status tells whether all passed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from demo import processes

ROOT = Path(__file__).parents[2]
REGIONS = 2


def _demo(folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "160"}
    words = [sys.executable, "-m", "demo", "--regions", str(REGIONS)]
    return subprocess.Popen(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_a_killed_demo_is_cleaned_by_the_next_which_passes(tmp_path: Path) -> None:
    pid_file = tmp_path / "var" / "demo" / "server.pid"
    first = _demo(tmp_path)
    until = time.monotonic() + 60
    while not pid_file.exists():
        assert first.poll() is None, first.communicate()[0]
        assert time.monotonic() < until
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    left = json.loads(pid_file.read_text("utf-8"))["run"]
    second = _demo(tmp_path)
    said, _ = second.communicate(timeout=100)
    assert second.returncode == 0, said
    assert said.rstrip().splitlines()[-1] == f"{REGIONS} documents: {REGIONS} passed"
    assert processes.marked(left) == []
    assert not pid_file.exists()
    demo = tmp_path / "var" / "demo"
    assert len(list((demo / "documents").glob("*.pdf"))) == REGIONS
    assert {"berita-acara.pdf", "trust.pem", "figures.json"} <= {path.name for path in demo.iterdir()}
    for secret in ("staff.txt", "passphrases.csv"):
        assert (demo / "keys" / secret).stat().st_mode & 0o777 == 0o600
        assert (demo / "keys" / secret).read_text("utf-8").split()[-1].rpartition(",")[2] not in said


def test_a_number_of_regions_that_there_are_not_is_a_usage_error(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "demo", "--regions", "509"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 64
    assert "between 1 and 508" in done.stderr
    assert list(tmp_path.iterdir()) == []
