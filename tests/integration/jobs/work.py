"""A worker process for tests: `python -m tests.integration.jobs.work URL SLOT`. It is killed, never asked."""

import os
import signal
import sys
import threading
import time

from backend.database import Database
from backend.jobs import engine, heartbeat
from backend.jobs.catalogue import JobName
from tests.integration.jobs.effects import leave, note_run

heartbeat.EVERY = 0.2
heartbeat.DEAD_AFTER = 1.0
engine.DEADLY = 2


def main() -> None:
    """Work until killed, or until another process takes the slot."""
    url, slot = sys.argv[1:]
    database = Database(url)

    def work(name: str) -> None:
        with database.writing() as session:
            note_run(session, name)
        time.sleep(0.05)  # long enough to be killed between having begun and having left the effect
        with database.writing() as session:
            leave(session, name)

    def deadly(name: str) -> None:
        with database.writing() as session:
            note_run(session, name)
        os.kill(os.getpid(), signal.SIGKILL)

    worker = engine.Engine(database, slot, {JobName.FREEZE: work, JobName.ARCHIVE: deadly})
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    worker.start()
    while not stop.wait(0.05) and not worker.superseded.is_set():
        pass
    worker.stop(patience=5)
    database.close()


main()
