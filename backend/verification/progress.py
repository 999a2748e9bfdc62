"""How far a long check has come, told on a terminal: one line that is written over, never into a file or a pipe."""

import time
from typing import TextIO

from backend.languages import translate

PAUSE = 0.2


class Progress:
    """Counts files and now and then says how many are done, and how long the rest will take."""

    def __init__(self, files: int, err: TextIO, language: str) -> None:
        """Remember how many there are; nothing is said of a single one, or where nobody looks on."""
        self._files, self._err, self._language = files, err, language
        self._wanted = files > 1 and err.isatty()
        self._done = 0
        self._began = time.monotonic()
        self._told = self._began

    def advance(self) -> None:
        """Count one file."""
        self._done += 1
        now = time.monotonic()
        if self._wanted and (now - self._told >= PAUSE or self._done == self._files):
            self._told = now
            rest = (now - self._began) / self._done * (self._files - self._done)
            said = translate(
                "%(done)d dari %(files)d berkas, kira-kira %(rest)d detik lagi",
                self._language,
                done=self._done,
                files=self._files,
                rest=round(rest),
            )
            self._err.write(f"\r{said}\x1b[K")
            self._err.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._wanted:
            self._err.write("\r\x1b[K")
            self._err.flush()
