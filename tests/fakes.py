"""Quick stand-ins for slow parts of the workshop; the postman that pretends is in `tests/contracts/mail_server.py`."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from backend import clock
from backend.documents import minutes, template
from backend.documents.refusals import PageMissing
from backend.documents.render import Rendered
from backend.documents.template import Facts
from backend.signing.seal import FIELD as SEAL_FIELD
from backend.verification.knowledge import LogKnowledge
from backend.verification.report import Report
from backend.verification.trust import Anchors
from backend.verification.verdict import Reason
from backend.verification.verify import unread
from tests import authority


class QuickRenderer:
    """Checks facts as the real renderer does, then makes a small PDF with the template's fields instead of pages."""

    def __init__(self) -> None:
        self.rendered: list[Facts] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def render(self, folder: Path, facts: Facts, when: datetime, *, mark: str) -> Rendered:
        """Return the small document of these facts; the same facts give the same bytes."""
        mou = template.load(folder)
        template.check_facts(mou, facts)
        self.rendered.append(facts)
        self.meanwhile()
        head, official = (slot.field for slot in sorted(mou.slots, key=lambda slot: slot.order))
        pdf = authority.document(
            words=f"{facts['nomor']['kesatu']} {when:%Y%m%d} {mark}", names=(SEAL_FIELD, official, head)
        )
        faces = dict.fromkeys((head, official), authority.FACE)
        return Rendered(
            pdf, faces, [{"kind": "paragraph", "runs": [[facts["nomor"]["kesatu"], ""]]}], facts, same_words=True
        )

    def run(self, task: partial[bytes]) -> bytes:
        """Return a small PDF in place of the minutes that `task` would make of the same facts."""
        folder, facts, when = task.args
        template.check_facts(minutes.load(folder), facts)
        self.rendered.append(facts)
        self.meanwhile()
        return authority.document(words=f"{facts['nomor']} {when:%Y%m%d}", names=(SEAL_FIELD, "a", "b"))

    def close(self) -> None:
        """Nothing to end."""


class QuickVerifier:
    """Reads no file: each is told as one whose limit was reached, with what the log knows of it."""

    def __init__(self, *_parts: object, **_options: object) -> None:
        self.at: datetime | None = None
        self.anchors = Anchors()

    def check(self, pdf: bytes, known: LogKnowledge | None = None) -> Report:
        """Return a report without findings."""
        moment = self.at or clock.now()
        sha256 = hashlib.sha256(pdf).hexdigest()
        return unread(sha256, Reason.LIMIT_REACHED, moment, known.recorded if known else None)

    def close(self) -> None:
        """Nothing to end."""


class QuickGallery:
    """Draws nothing: every file has one page."""

    def __init__(self, *_parts: object) -> None:
        """Take whatever the real one takes."""

    def count(self, _pdf: bytes, _sha256: str) -> int:
        """Return 1."""
        return 1

    def image(self, _pdf: bytes, _sha256: str, number: int, _width: int) -> bytes:
        """Return what stands for the picture of the only page; raises PageMissing for another."""
        if number != 1:
            raise PageMissing(page=number, pages=1)
        return b"RIFF\x04\x00\x00\x00WEBP"

    def close(self) -> None:
        """Nothing to end."""


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def anything(value: object) -> Any:
    """Return a fake as what a part expects; its behaviour is what the contract asks, its class is not."""
    return value
