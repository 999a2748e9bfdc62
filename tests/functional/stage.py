"""What the stories share: small ceremonies on a running server, texts of PDFs, the log's events."""

import json
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pypdfium2
from rich.progress import Progress

from demo import places, script
from demo.browser import Staff
from demo.ceremony import Ceremony
from demo.script import Production
from demo.server import Deployment
from demo.staging import Bar

STAFF, PASSWORD = "petugas@contoh.invalid", "contoh kata sandi petugas"
MINISTRY = "Kementerian Komunikasi dan Informatika"


def quiet(total: int) -> Bar:
    """Return a bar that draws nothing."""
    return Bar(Progress(disable=True), "", total)


def deploy(folder: Path, ports: tuple[int, int, int]) -> Deployment:
    """Install a deployment with one member of staff in `folder`; its server is not started."""
    deployment = Deployment(folder, ports, {"PRASASTI_MINISTRY": MINISTRY})
    deployment.clear()
    deployment.run("install")
    deployment.run("user", "create", STAFF, "--name", "Petugas Contoh", "--role", "organiser", typed=PASSWORD + "\n")
    return deployment


class Stage:
    """A server with staff logged in, on which a story puts its own ceremony."""

    def __init__(self, deployment: Deployment, staff: Staff, folder: Path) -> None:
        """Write the input of ceremonies into `folder`."""
        self.deployment = deployment
        self.staff = staff
        self._folder = folder

    def create(self, regions: int = 1, *, nature: str = "uji", days_ago: int = 0) -> Ceremony:
        """Create a ceremony with people of its own, scheduled so many days ago."""
        day = datetime.now(ZoneInfo("Asia/Jakarta")) - timedelta(days=days_ago)
        name = uuid4().hex[:8]
        title = f"Penandatanganan contoh {name}"
        production = Production(title, nature, day, f"{name}.contoh.invalid")
        file, cast = script.write(self._folder / name, places.choose(regions), production)
        return Ceremony(self.deployment, self.staff, file, cast)

    def invite(self, regions: int = 1, *, nature: str = "uji", days_ago: int = 0) -> Ceremony:
        """Create a ceremony, freeze its documents and invite everybody."""
        ceremony = self.create(regions, nature=nature, days_ago=days_ago)
        ceremony.freeze(quiet(regions))
        ceremony.invite(quiet(len(ceremony.cast.everybody)))
        return ceremony

    def open(self, regions: int = 1, *, nature: str = "uji") -> Ceremony:
        """Create a ceremony, freeze, invite, and open it."""
        ceremony = self.invite(regions, nature=nature)
        ceremony.press("buka")
        return ceremony

    def events(self, ceremony: Ceremony) -> list[dict[str, Any]]:
        """Return the ceremony's events that are in the log by now."""
        lines = self.staff.browser.fetch(f"/seremoni/{ceremony.id}/jejak.jsonl").decode().splitlines()
        return [json.loads(line) for line in lines]

    def counted(self, ceremony: Ceremony) -> Counter[str]:
        """Return how many events of each type are in the log by now, as `document.frozen`."""
        kinds = (str(event["type"]) for event in self.events(ceremony))
        return Counter(kind.removeprefix("prasasti.").removesuffix(".v1") for kind in kinds)

    def logged(self, ceremony: Ceremony, kind: str, count: int) -> bool:
        """Tell whether exactly `count` events of a type are in the log; numbering them may take a moment."""
        until = time.monotonic() + 30
        while self.counted(ceremony)[kind] < count and time.monotonic() < until:
            time.sleep(0.1)
        return self.counted(ceremony)[kind] == count


def heads(ceremony: Ceremony) -> list[str]:
    """Return the heads' addresses, in the order of the regions."""
    return list(ceremony.cast.heads.values())


def text_of(pdf: bytes) -> str:
    """Return the words of a PDF, white space collapsed."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())
