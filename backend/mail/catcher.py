"""The development mail catcher: takes every letter, delivers none, and keeps them in a Maildir for the page /dev/mail.

What it keeps holds links and codes: it listens on a loopback address only, and its folder is for its owner alone.
"""

import ipaddress
import mailbox
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.errors import NotFound

_LINK = re.compile(r"https?://[^\s<>\"]+")
LARGEST = 5_000_000
RECIPIENTS = "X-Caught-For"


@dataclass(frozen=True)
class Caught:
    """One letter as the page shows it; `id` names it in the Maildir."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    date: str
    text: str
    links: tuple[str, ...]


class _Keeper:
    """What aiosmtpd calls with each letter."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._box = mailbox.Maildir(folder, create=True)
        for part in ("new", "cur", "tmp"):
            (folder / part).mkdir(mode=0o700, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 because aiosmtpd calls it so
        recipients = ", ".join(envelope.rcpt_tos).encode("ascii", "replace")
        self._box.add(RECIPIENTS.encode() + b": " + recipients + b"\r\n" + bytes(envelope.original_content or b""))
        return "250 kept"


@contextmanager
def catching(folder: Path, host: str, port: int) -> Iterator[None]:
    """Catch letters into the Maildir `folder` while the block runs; raises ValueError unless `host` is loopback."""
    address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    if not address.is_loopback:
        raise ValueError("the catcher shows everybody's letters: it listens on a loopback address only")
    controller = Controller(
        _Keeper(folder), hostname=str(address), port=port, data_size_limit=LARGEST, server_hostname=socket.gethostname()
    )
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def run(folder: Path, host: str, port: int) -> None:
    """Catch letters until the process is told to end; for a child process of `prasasti serve`."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    with catching(folder, host, port):
        signal.sigwait(ENDINGS)


ENDINGS = {signal.SIGTERM, signal.SIGINT}


def list_messages(folder: Path, limit: int = 200) -> list[Caught]:
    """Return the letters in the Maildir, the newest first; a folder that does not exist yet holds none."""
    if not (folder / "new").is_dir():
        return []
    box = mailbox.Maildir(folder, create=False)
    newest = sorted(box.keys(), key=_age, reverse=True)[:limit]
    return [_caught(box, key) for key in newest]


def read_message(folder: Path, message_id: str) -> Caught:
    """Return one letter; raises NotFound."""
    if not (folder / "new").is_dir():
        raise NotFound
    box = mailbox.Maildir(folder, create=False)
    if message_id not in box.keys():  # noqa: SIM118 because a Maildir looks an unknown name up as a path
        raise NotFound
    return _caught(box, message_id)


def _age(key: str) -> tuple[int, int, str]:
    """Return a key's time: seconds, microseconds and the rest, as Maildir writes them (`1732400000.M12P7Q3.host`)."""
    found = re.match(r"(\d+)\.M(\d+)P\d+Q(\d+)", key)
    return (int(found[1]), int(found[2]), found[3].zfill(9)) if found else (0, 0, key)


def _caught(box: mailbox.Maildir, key: str) -> Caught:
    letter = BytesParser(policy=policy.default).parsebytes(box.get_bytes(key))
    body = letter.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    return Caught(
        id=key,
        sender=str(letter["From"] or ""),
        recipients=tuple(filter(None, str(letter[RECIPIENTS] or "").split(", "))),
        subject=str(letter["Subject"] or "").strip(),
        date=str(letter["Date"] or ""),
        text=text,
        links=tuple(dict.fromkeys(link.rstrip(".,;:)") for link in _LINK.findall(text))),
    )
