"""One ceremony from its file to its sealed minutes, as its people do it: staff press buttons, guests follow links."""

import csv
from pathlib import Path
from typing import Any

from demo.browser import Staff
from demo.mailbox import Mailboxes
from demo.script import Cast
from demo.server import Deployment
from demo.staging import AT_ONCE, Bar, NotReached, all_at_once, until
from demo.visitors import Signatory, WitnessVisitor

# A region's document may take this long; a machine with other work to do is slow, not wrong.
PATIENCE_EACH = 3.0
LEAST_PATIENCE = 120.0
FAILED = ("freeze_failed",)


class TooEarly(Exception):
    """The application let somebody do what had to wait."""


class Ceremony:
    """A ceremony that exists on a running server, and all people who take part in it."""

    def __init__(self, deployment: Deployment, staff: Staff, file: Path, cast: Cast) -> None:
        """Create the ceremony of `file`, and test keys for its signatories."""
        self.deployment = deployment
        self.staff = staff
        self.cast = cast
        self.passphrases_file = deployment.data / "keys" / "passphrases.csv"
        made = deployment.run("ceremony", "create", str(file), "--test-keys", str(self.passphrases_file))
        self.id = made.split()[-1]
        self.passphrases = _passphrases(self.passphrases_file)
        self.mailboxes = Mailboxes(deployment.mailbox)
        self.patience = max(LEAST_PATIENCE, PATIENCE_EACH * len(cast.heads))

    def press(self, verb: str) -> None:
        """Press a button of the ceremony's page."""
        self.staff.press(self.id, verb)

    def standing(self) -> dict[str, Any]:
        """Return how the ceremony stands."""
        return self.staff.status(self.id)

    def documents(self) -> list[dict[str, Any]]:
        """Return its documents, in the order of their numbers."""
        return sorted(self.staff.documents(self.id), key=lambda document: str(document["number"]))

    def freeze(self, bar: Bar) -> None:
        """Have all documents rendered, numbered and sealed."""
        self.press("bekukan")
        self.wait_until_frozen(bar)

    def wait_until_frozen(self, bar: Bar) -> None:
        """Wait until every document is frozen; raises NotReached when one cannot be made."""
        until(bar, lambda: self._documents("frozen", "in_signing"), self.patience)

    def invite(self, bar: Bar) -> None:
        """Have everybody invited, and see that each of them got a letter."""
        self.press("undang")
        wanted = set(self.cast.everybody)
        until(bar, lambda: len(wanted & self.mailboxes.invited()), self.patience)

    def heads_sign(self, bar: Bar) -> None:
        """Let all heads sign, several at the same time."""
        all_at_once(bar, self.head_signs, self.cast.heads.values())

    def head_signs(self, address: str) -> None:
        """Let one head come through his link, read and sign."""
        with self.signatory(address) as head:
            head.arrive()
            (document,) = head.documents()
            head.sign(document, self.passphrases[address])

    def witness_comes_too_early(self) -> None:
        """See that a witness cannot attest before his head has signed; raises TooEarly."""
        address = next(iter(self.cast.local_witnesses.values()))[0]
        with self.witness(address) as witness:
            witness.arrive()
            witness.browser.open("/s/kesaksian")
            if witness.can_attest():
                raise TooEarly(f"{address} could attest to a signature that was not there")

    def witnesses_attest(self, bar: Bar) -> None:
        """Let the local witnesses attest to what their heads have signed."""
        local = [address for addresses in self.cast.local_witnesses.values() for address in addresses]
        all_at_once(bar, self.witness_attests, local)

    def witness_attests(self, address: str) -> None:
        """Let one witness come through his link and attest."""
        with self.witness(address) as witness:
            witness.arrive()
            witness.attest()

    def official_signs(self, bar: Bar) -> None:
        """Let the ministry's official sign document after document, as one person does."""
        with self.signatory(self.cast.official) as official:
            official.arrive()
            for document in official.documents():
                official.sign(document, self.passphrases[self.cast.official])
                bar.advance()

    def whole_is_witnessed(self, bar: Bar) -> None:
        """Let the witnesses of the whole ceremony attest."""
        all_at_once(bar, self.witness_attests, self.cast.witnesses)

    def archive(self, bar: Bar) -> None:
        """Wait until every completed document has its proofs for the long term."""
        until(bar, lambda: self._documents("archived"), self.patience)

    def seal(self, bar: Bar) -> None:
        """Have the minutes sealed."""
        self.press("segel")
        until(bar, lambda: int(bool(self.standing()["minutes_sha256"])), self.patience)

    def letters_are_out(self, bar: Bar) -> None:
        """Wait until no letter waits to be sent."""
        until(bar, lambda: bar.total - int(self.standing()["mails"].get("queued", 0) > 0), self.patience)

    def collect(self, bar: Bar, folder: Path) -> list[Path]:
        """Download all documents as PDF into `folder`, named by code and region; return the files."""
        folder.mkdir(exist_ok=True)
        documents = self.documents()
        files = [folder / f"{document['region']}-{_plain(document['region_name'])}.pdf" for document in documents]

        def one(numbered: tuple[Path, dict[str, Any]]) -> None:
            path, document = numbered
            path.write_bytes(self.staff.browser.fetch(str(document["pdf_address"])))

        all_at_once(bar, one, zip(files, documents, strict=True), AT_ONCE // 2)
        return files

    def minutes(self) -> bytes:
        """Return the sealed minutes (PDF)."""
        return self.staff.browser.fetch(f"/seremoni/{self.id}/berita-acara.pdf")

    def signatory(self, address: str) -> Signatory:
        """Return a signatory with an empty browser."""
        return Signatory(self.deployment.base_url, self.mailboxes, address)

    def witness(self, address: str) -> WitnessVisitor:
        """Return a witness with an empty browser."""
        return WitnessVisitor(self.deployment.base_url, self.mailboxes, address)

    def _documents(self, *statuses: str) -> int:
        counted = self.standing()["documents"]
        if any(counted.get(status, 0) for status in FAILED):
            raise NotReached(f"documents could not be made: {counted}\n{self.deployment.last_words()}")
        return sum(counted.get(status, 0) for status in statuses)


def _passphrases(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8", newline="") as rows:
        return {email: passphrase for email, _, passphrase in csv.reader(rows)}


def _plain(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name).split())
