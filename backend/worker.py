"""The worker's door: runs jobs, numbers the log, signs checkpoints. Holds the seal; the web never does."""

import logging
import signal
import socket
import sys
import threading
from functools import partial
from types import FrameType

from backend import wiring
from backend.audit.anchoring import StampAway
from backend.ceremonies.actions import archive, freeze, give_up, seal_minutes, send_mail
from backend.ceremonies.tools import Tools
from backend.errors import Refusal
from backend.jobs.catalogue import JobName
from backend.jobs.engine import Engine, Handler
from backend.settings import load_settings

NUMBERING_EVERY = 0.1
PAUSE_AFTER_REFUSAL = 5.0
ANCHORING_EVERY = 1.0
PUBLISHING_EVERY = 0.5
LONGEST_PAUSE = 600.0
JOINED_WITHIN = 5.0

_log = logging.getLogger(__name__)


def handlers(tools: Tools) -> dict[JobName, Handler]:
    """Return what each kind of job does."""
    return {
        JobName.FREEZE: partial(freeze.freeze_document, tools),
        JobName.ARCHIVE: partial(archive.archive, tools),
        JobName.MINUTES: partial(seal_minutes.seal_minutes, tools),
        JobName.MAIL: partial(send_mail.send_mail, tools),
        JobName.CODE: partial(send_mail.send_mail, tools),
    }


def number_log(tools: Tools, stopping: threading.Event) -> None:
    """Number and sign what waits, again and again; a log that refuses is told plainly and not touched."""
    pause = NUMBERING_EVERY
    while not stopping.wait(pause):
        pause = NUMBERING_EVERY
        try:
            tools.bench.sequence()
        except Refusal as refusal:
            _log.error("%s", refusal)
            pause = PAUSE_AFTER_REFUSAL
        except Exception:  # noqa: BLE001 because a thread that ends would leave the log unnumbered in silence
            _log.exception("numbering the log")
            pause = PAUSE_AFTER_REFUSAL


def anchor_log(tools: Tools, stopping: threading.Event) -> None:
    """Take a timestamp over a checkpoint whenever one is due; an authority that is away is asked ever less often."""
    pause, failures = ANCHORING_EVERY, 0
    while not stopping.wait(pause):
        pause = ANCHORING_EVERY
        try:
            tools.bench.anchor(tools.now())
            failures = 0
        except StampAway as away:
            failures += 1
            pause = min(PAUSE_AFTER_REFUSAL * 2.0 ** (failures - 1), LONGEST_PAUSE)
            _log.warning("no timestamp over the log: %s, again in %g s", away.reason, pause)
        except Exception:  # noqa: BLE001 because a thread that ends would leave the log without times in silence
            _log.exception("anchoring the log")
            pause = PAUSE_AFTER_REFUSAL


def publish_log(tools: Tools, stopping: threading.Event) -> None:
    """Ask cosigners for their signatures whenever that is due; who is away is told in the log and stops nothing."""
    pause = PUBLISHING_EVERY
    while not stopping.wait(pause):
        pause = PUBLISHING_EVERY
        try:
            tools.bench.publish(tools.now())
        except Refusal as refusal:
            _log.error("%s", refusal)
            pause = PAUSE_AFTER_REFUSAL
        except Exception:  # noqa: BLE001 because a thread that ends would leave the log without cosigners in silence
            _log.exception("publishing the log")
            pause = PAUSE_AFTER_REFUSAL


def main(slot: int = 0) -> int:
    """Work until SIGTERM or SIGINT, finish what is under way, and return the exit status."""
    logging.basicConfig(level=logging.INFO, format="worker %(levelname)s %(message)s")
    tools = wiring.worker_tools(load_settings())
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    engine = Engine(tools.database, f"{socket.gethostname()}-{slot}", handlers(tools), partial(give_up.give_up, tools))
    engine.start()
    tools.bench.renderer.warm_up()
    works = (number_log, anchor_log, publish_log)
    threads = [threading.Thread(target=work, args=(tools, stopping), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    while not stopping.wait(1.0) and not engine.superseded.is_set():
        continue
    stopping.set()
    for thread in threads:
        thread.join(JOINED_WITHIN)
    engine.stop()
    tools.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:2])))
