"""A reader who leaves early, as in `prasasti log export | head`, is no fault: no traceback, no complaint at exit."""

import os
import subprocess
import sys

from tests.integration.ceremonies.stage import Stage


def test_a_command_ends_quietly_when_nobody_reads_on(on: Stage) -> None:
    on.create()
    on.tools.bench.sequence()
    settings = on.settings
    environment = {**os.environ, "PRASASTI_DATA": str(settings.data), "PRASASTI_DATABASE": settings.database}
    command = f"{sys.executable} -m backend.cli log export | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 74
    assert done.stderr == ""
