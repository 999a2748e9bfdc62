"""Runs a module as `python -m` does, and ends with its parent: a server that was killed leaves no process behind.

The parent holds the other end of standard input; when it is gone, by whatever cause, reading there ends.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE = 20.0


def main(module: str, *arguments: str) -> None:
    """Run `module` with `arguments` in this process until it ends or the parent does."""
    # The watching thread takes no signal: they belong to the module, which may wait for them.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    threading.Thread(target=_follow, name="leash", daemon=True).start()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _follow() -> None:
    while os.read(0, 1):
        continue
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
