"""The play: a whole ceremony on a fresh deployment, stage by stage, judged at the end by `prasasti verify`."""

import os
import secrets
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from demo import evidence, places, script, verdicts
from demo.browser import Staff
from demo.ceremony import Ceremony
from demo.cosigners import INSTITUTIONS, Cosigners
from demo.places import Place
from demo.script import Cast, Production
from demo.server import Deployment
from demo.staging import Stagebook

STAFF = "petugas@djai.contoh.invalid"
MINISTRY = "Kementerian Komunikasi dan Informatika"
PASSWORD_BYTES = 15
REHEARSED = 3


@dataclass(frozen=True)
class Outcome:
    """How it ended: documents, how many of them passed, and whether the minutes, the log and the evidence did."""

    documents: int
    passed: int
    minutes: bool
    log: bool
    evidence: bool

    @property
    def good(self) -> bool:
        """Tell whether everything verifies."""
        return self.documents == self.passed and self.minutes and self.log and self.evidence


class Play:
    """One run on one deployment."""

    def __init__(self, deployment: Deployment, console: Console, regions: list[Place]) -> None:
        """Prepare; nothing is started yet."""
        self.deployment = deployment
        self.console = console
        self.regions = regions
        self.book = Stagebook(deployment, console)
        self.cosigners = Cosigners(deployment)
        self.data = deployment.data
        self.password_file = self.data / "keys" / "staff.txt"
        self.bundle, self.policy = self.data / "ceremony.asice", self.data / "policy"

    def perform(self) -> Outcome:
        """Run all stages and print what came of them; the server is stopped by the caller."""
        with closing(self.cosigners), closing(self._set_up()) as staff:
            ceremony = self._create(staff, "uji", self.regions)
            self._sign(ceremony)
            self._end(ceremony)
            outcome = self._judge(ceremony)
            self._leave_a_rehearsal(staff)
        self.book.write(
            self.data / "figures.json", regions=len(self.regions), backend="pkcs12", cores=os.cpu_count() or 1
        )
        return outcome

    def _set_up(self) -> Staff:
        with self.book.stage("Set up a fresh deployment", 5) as bar:
            self.deployment.clear()
            bar.advance()
            self.deployment.run("install")
            bar.advance()
            self.cosigners.set_up()
            bar.advance()
            password = secrets.token_urlsafe(PASSWORD_BYTES)
            _write_private(self.password_file, f"{STAFF}\n{password}\n")
            self.deployment.run(
                "user", "create", STAFF, "--name", "Petugas Seremoni", "--role", "organiser", typed=password + "\n"
            )
            bar.advance()
            self.deployment.start()
        return Staff(self.deployment.base_url, STAFF, password)

    def _create(self, staff: Staff, nature: str, regions: list[Place]) -> Ceremony:
        with self.book.stage("Create the ceremony", 1):
            file, cast = self._write_input("input", regions, _production(nature))
            return Ceremony(self.deployment, staff, file, cast)

    def _write_input(self, folder: str, regions: list[Place], production: Production) -> tuple[Path, Cast]:
        return script.write(self.data / folder, regions, production)

    def _sign(self, ceremony: Ceremony) -> None:
        count, cast = len(self.regions), ceremony.cast
        with self.book.stage("Freeze: render, number, seal", count) as bar:
            ceremony.freeze(bar)
        with self.book.stage("Invite by mail", len(cast.everybody)) as bar:
            ceremony.invite(bar)
        with self.book.stage("Open the ceremony", 1):
            ceremony.press("buka")
            ceremony.witness_comes_too_early()
        with self.book.stage("Heads of region sign", count) as bar:
            ceremony.heads_sign(bar)
        with self.book.stage("Local witnesses attest", sum(map(len, cast.local_witnesses.values()))) as bar:
            ceremony.witnesses_attest(bar)
        with self.book.stage("The ministry's official signs", count) as bar:
            ceremony.official_signs(bar)
        with self.book.stage("The minister attests", len(cast.witnesses)) as bar:
            ceremony.whole_is_witnessed(bar)

    def _end(self, ceremony: Ceremony) -> None:
        with self.book.stage("Close the ceremony", 1):
            ceremony.press("tutup")
        with self.book.stage("Archive: proofs for the long term", len(self.regions)) as bar:
            ceremony.archive(bar)
        with self.book.stage("Seal the minutes", 1) as bar:
            ceremony.seal(bar)
        with self.book.stage("Cosigners sign the sealed log", len(INSTITUTIONS)):
            self.cosigners.wait_for(ceremony.id)
        with self.book.stage("Send what is left in the outbox", 1) as bar:
            ceremony.letters_are_out(bar)

    def _judge(self, ceremony: Ceremony) -> Outcome:
        trust, minutes = self.data / "trust.pem", self.data / "berita-acara.pdf"
        with self.book.stage("Collect the PDFs", len(self.regions)) as bar:
            files = ceremony.collect(bar, self.data / "documents")
            minutes.write_bytes(ceremony.minutes())
            shutil.copyfile(self.data / "keys" / "testpki" / "root.pem", trust)
        with self.book.stage("Verify every PDF, without a server", len(files) + 1):
            *judged, of_minutes = verdicts.verify(self.deployment, [*files, minutes], trust)
        with self.book.stage("Verify the audit log", 1):
            log = self.deployment.command("log", "verify")
            cosigned = self.deployment.command("--language", "en", "log", "cosigners", "--ceremony", ceremony.id)
        proved = self._hand_out(ceremony, trust)
        verdicts.show(self.console, ceremony.documents(), judged)
        self.console.print(f"Minutes: {' '.join((of_minutes.verdict, *of_minutes.reasons))}, level {of_minutes.level}")
        self.console.print(f"Audit log: {'sound' if log.returncode == 0 else (log.stdout + log.stderr).strip()}")
        self.console.print(cosigned.stdout.strip())
        self.console.print(f"Evidence (prasasti verify {self.bundle.name} --policy {self.policy.name}): {proved.line}")
        passed = sum(verdict.passed for verdict in judged)
        return Outcome(len(judged), passed, of_minutes.passed, log.returncode == 0, proved.passed)

    def _hand_out(self, ceremony: Ceremony, trust: Path) -> evidence.Judged:
        """Let an auditor take the evidence away and check it with a policy that he keeps himself."""
        with self.book.stage("An auditor takes the evidence", 1):
            evidence.take(self.deployment, ceremony.id, self.bundle, self.policy)
        with self.book.stage("Verify the evidence", 1):
            return evidence.verify(self.deployment, self.bundle, self.policy, trust)

    def _leave_a_rehearsal(self, staff: Staff) -> None:
        """Leave a small rehearsal open and unsigned, so that whoever starts `make serve` has something to sign."""
        regions = places.for_rehearsal(self.regions, REHEARSED)
        production = _production("gladi")
        with self.book.stage("Leave a rehearsal open", len(regions)) as bar:
            ceremony = Ceremony(self.deployment, staff, *self._write_input("input-gladi", regions, production))
            ceremony.freeze(bar)
            ceremony.press("undang")
            ceremony.press("buka")
            ceremony.letters_are_out(bar)


def _production(nature: str) -> Production:
    today = datetime.now(ZoneInfo("Asia/Jakarta"))
    if nature == "gladi":
        title = "Gladi Penandatanganan Nota Kesepakatan Gerakan Menuju Kota Cerdas"
        return Production(title, nature, today, "gladi.contoh.invalid", "GLADI")
    return Production("Penandatanganan Nota Kesepakatan Gerakan Menuju Kota Cerdas", nature, today)


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")
