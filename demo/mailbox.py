"""The mailboxes of all people, as the development mail catcher keeps them: one Maildir, read from its files."""

import re
import threading
import time
from collections import defaultdict
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path

_CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
_LINK = re.compile(r"https?://\S+/[ts]/[\w-]+")
_LOOK_EVERY = 0.05


class NoMail(Exception):
    """Nobody got the expected letter in time."""


class Mailboxes:
    """Letters by recipient, in the order of their arrival. Safe to use from several threads."""

    def __init__(self, maildir: Path) -> None:
        """Read the Maildir `maildir`; it may come into being later."""
        self._new = maildir / "new"
        self._parser = BytesParser(policy=policy.default)
        self._seen: set[str] = set()
        self._letters: dict[str, list[str]] = defaultdict(list)
        self._reading = threading.Lock()

    def letters(self, address: str) -> list[str]:
        """Return the texts of all letters to an address so far."""
        with self._reading:
            self._look()
            return list(self._letters[address])

    def invited(self) -> set[str]:
        """Return the addresses to which a link was sent so far."""
        with self._reading:
            self._look()
            return {address for address, texts in self._letters.items() if any(map(_LINK.search, texts))}

    def link(self, address: str, *, patience: float = 60.0) -> str:
        """Return the newest personal link sent to an address; waits for one up to `patience` seconds, else NoMail."""
        return self._wait(address, _LINK, 0, patience)[0]

    def code(self, address: str, after: int, *, patience: float = 60.0) -> str:
        """Return the newest one-time code sent to an address after its first `after` letters; else NoMail."""
        return self._wait(address, _CODE, after, patience)[1]

    def matching(self, address: str, pattern: str, after: int = 0, *, patience: float = 60.0) -> str:
        """Return the newest letter to an address, after its first `after`, that holds a pattern; else NoMail."""
        return self._wait(address, re.compile(pattern), after, patience).string

    def _wait(self, address: str, wanted: re.Pattern[str], after: int, patience: float) -> re.Match[str]:
        until = time.monotonic() + patience
        while True:
            for text in reversed(self.letters(address)[after:]):
                if found := wanted.search(text):
                    return found
            if time.monotonic() > until:
                raise NoMail(f"no letter with what was awaited reached {address} within {patience:.0f} seconds")
            time.sleep(_LOOK_EVERY)

    def _look(self) -> None:
        if not self._new.is_dir():
            return
        fresh = [entry for entry in self._new.iterdir() if entry.name not in self._seen]
        for path in sorted(fresh, key=lambda p: p.stat().st_mtime_ns):
            self._seen.add(path.name)
            letter = self._parser.parsebytes(path.read_bytes())
            text = _text(letter)
            for _, address in getaddresses([str(letter["To"] or "")]):
                self._letters[address].append(text)


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
