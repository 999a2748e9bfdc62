"""A mail server that refuses as told (aiosmtpd), and a postman that only pretends: both obey test_mail.py."""

import socket
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.mail.delivery import MailRefused, MailTryLater

REFUSED = "ditolak@rekaan.invalid"
BUSY = "sibuk@rekaan.invalid"
UNWANTED = "isi-ditolak@rekaan.invalid"
SENDER_REFUSED = "pengirim-ditolak@rekaan.invalid"


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Refusing:
    """What aiosmtpd calls; keeps the letters it takes."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.connections = 0

    async def handle_EHLO(  # noqa: N802 because aiosmtpd calls it so
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802 because aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address == SENDER_REFUSED:
            return "550 who are you, " + address
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(  # noqa: N802 because aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answers = {REFUSED: "550 no such box: " + address, BUSY: "451 come back later"}
        if address not in answers:
            envelope.rcpt_tos.append(address)
        return answers.get(address, "250 ok")

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 because aiosmtpd calls it so
        if envelope.rcpt_tos == [UNWANTED]:
            return "554 not this letter"
        self.taken.append(bytes(envelope.original_content or b""))
        return "250 taken"


def server(handler: Refusing, port: int) -> Controller:
    """Return a server on a loopback port, not yet started."""
    return Controller(handler, hostname="127.0.0.1", port=port, server_hostname="rekaan.invalid")


class PretendingPostman:
    """A postman without a network, for tests of what uses one; `away` is a server that does not answer."""

    def __init__(self) -> None:
        self.away = False
        self.taken: list[EmailMessage] = []

    def send(self, letter: EmailMessage) -> None:
        """Take the letter or refuse it as a server would."""
        (recipient,) = letter["To"].addresses
        (sender,) = letter["From"].addresses
        if self.away:
            raise MailTryLater("server-away")
        if sender.addr_spec == SENDER_REFUSED:
            raise MailTryLater("smtp-550")
        if recipient.addr_spec == BUSY:
            raise MailTryLater("smtp-451")
        if recipient.addr_spec in (REFUSED, UNWANTED):
            raise MailRefused(550 if recipient.addr_spec == REFUSED else 554)
        self.taken.append(letter)

    def close(self) -> None:
        """Nothing to end."""
