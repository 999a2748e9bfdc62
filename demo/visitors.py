"""People who come through a link in a letter: a signatory and a witness, each with a browser and a mailbox."""

from types import TracebackType
from typing import Self

from demo.browser import Browser, Refused
from demo.mailbox import Mailboxes
from demo.paper import Page

CONSENTS = ("consent_read", "consent_authority", "consent_electronic")
STATEMENTS = ("attest_present", "attest_free")


class Guest:
    """Whoever holds a link. `root` is where his pages are: /t for signatories, /s for witnesses."""

    root = "/t"

    def __init__(self, base_url: str, mailboxes: Mailboxes, address: str) -> None:
        """Come with an empty browser; `address` is the mail address that the invitation goes to."""
        self.browser = Browser(base_url)
        self.address = address
        self._mailboxes = mailboxes

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the browser."""
        self.browser.close()

    def follow_link(self) -> Page:
        """Open the newest link from the mailbox; nothing is pressed yet."""
        return self.browser.open(self._mailboxes.link(self.address))

    def begin(self) -> Page:
        """Follow the link and press its button; the answer is the page that asks for the code."""
        self.follow_link()
        return self.browser.submit(f"{self.root}/buka")

    def ask_for_code(self) -> str:
        """Ask for a one-time code and return it from the mailbox."""
        before = len(self._mailboxes.letters(self.address))
        self.browser.submit(f"{self.root}/identitas/kode")
        return self._mailboxes.code(self.address, before)

    def arrive(self) -> Page:
        """Follow the link, begin, ask for the code and confirm it; the answer is where the person has to go."""
        self.begin()
        code = self.ask_for_code()
        return self.browser.submit(f"{self.root}/identitas", code=code)


class Signatory(Guest):
    """A head of region or the ministry's official."""

    def documents(self) -> list[str]:
        """Return the addresses of the documents to read, of which a head has one."""
        if self.browser.path.endswith("/baca"):
            return [self.browser.path.removesuffix("/baca")]
        if self.browser.path != "/t/naskah":
            self.browser.open("/t/naskah")
        found = (link.removesuffix("/baca") for link in self.browser.page.links if link.endswith("/baca"))
        return list(dict.fromkeys(found))

    def read(self, document: str) -> Page:
        """Open the reading view of a document."""
        return self.browser.open(f"{document}/baca")

    def try_to_sign(self, document: str, passphrase: str) -> Page:
        """Tick all statements on the page that is shown, give the passphrase, send; the answer, whatever its status."""
        ticked = dict.fromkeys(CONSENTS, "on")
        return self.browser.send(f"{document}/setuju", **ticked, passphrase=passphrase)

    def sign(self, document: str, passphrase: str) -> Page:
        """Read a document, agree, sign; the answer is the receipt. Raises Refused."""
        if self.browser.path != f"{document}/baca":
            self.read(document)
        self.browser.open(f"{document}/setuju")
        if any(self.browser.page.checked(name) for name in CONSENTS):
            raise Refused(self.browser.page, "a statement was ticked in advance")
        page = self.try_to_sign(document, passphrase)
        if page.refused or not self.browser.path.endswith("/selesai"):
            raise Refused(page, "sign")
        return page

    def refuse(self, document: str, way: str, reason: str) -> Page:
        """Decline (`tolak`) or ask for a correction (`perbaikan`)."""
        self.browser.open(f"{document}/{way}")
        return self.browser.submit(f"{document}/{way}", reason=reason)


class WitnessVisitor(Guest):
    """A witness of one region, or of the whole ceremony."""

    root = "/s"

    def can_attest(self) -> bool:
        """Tell whether the shown page offers to attest."""
        return self.browser.page.form("/s/kesaksian") is not None

    def attest(self) -> Page:
        """Tick both statements and send them; the answer is the receipt. Raises Refused."""
        if not self.can_attest():
            self.browser.open("/s/kesaksian")
        page = self.browser.submit("/s/kesaksian", **dict.fromkeys(STATEMENTS, "on"), note="")
        if self.can_attest():
            raise Refused(page, "attest")
        return page
