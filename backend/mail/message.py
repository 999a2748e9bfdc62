"""Makes a letter: the words of `templates/mail/<message>/`, one recipient, headers that nothing can be smuggled into.

The HTML part is made from the text part, so the two cannot differ. No picture, no tracking.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend import clock
from backend.errors import Refusal
from backend.languages import translate
from backend.templating import moments

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.-]+@[A-Za-z0-9.-]+>")
_LINK = re.compile(r"https?://\S+")
_BLANKS = re.compile(r"\n{3,}")


class AddressUnusable(Refusal):
    """The text is no e-mail address that a message can be sent to."""

    code = "address-unusable"
    message = "Alamat surel %(address)s tidak dapat dipakai."
    remedy = "Perbaiki alamat surel penerima, lalu kirim ulang."


@dataclass(frozen=True)
class Envelope:
    """Who writes to whom under which Message-ID; `mark` (UJI COBA - TIDAK SAH), if any, leads subject and body."""

    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    message_id: str
    mark: str | None = None


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; `kind` is its media type."""

    name: str
    kind: str
    content: bytes


class Stationery:
    """The templates of all messages, ready to be filled."""

    def __init__(self, folder: Path) -> None:
        """Read templates from `folder` (the repository's `templates`, of which `mail` is a part)."""
        self._folder = folder
        self._environments: dict[tuple[str, bool], Environment] = {}

    def compose(
        self,
        message: str,
        language: str,
        facts: Mapping[str, object],
        envelope: Envelope,
        attached: Sequence[Attachment] = (),
    ) -> EmailMessage:
        """Return a finished message in the recipient's language, with what is `attached` to it.

        Which facts a message needs stands at the top of its body.txt. Raises jinja2.UndefinedError if one is missing
        and AddressUnusable for what is no address.
        """
        known = {**facts, "mark": envelope.mark}
        words = self._environment(language)
        text = _BLANKS.sub("\n\n", words.get_template(f"mail/{message}/body.txt").render(known)).strip() + "\n"
        subject = words.get_template(f"mail/{message}/subject.txt").render(known)
        letter = EmailMessage(policy=SMTP)
        letter["From"] = _address(envelope.sender_name, envelope.sender)
        letter["To"] = _address(envelope.recipient_name, envelope.recipient)
        letter["Subject"] = one_line(f"[{envelope.mark}] {subject}" if envelope.mark else subject)
        letter["Date"] = format_datetime(clock.now())
        letter["Message-ID"] = _message_id(envelope.message_id)
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text, cte="quoted-printable")
        letter.add_alternative(self._html(text, language, one_line(subject)), subtype="html", cte="quoted-printable")
        for file in attached:
            main, _, sub = file.kind.partition("/")
            letter.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
        letter["Content-Language"] = language  # last: adding a part moves Content-* headers into the first one
        return letter

    def _html(self, text: str, language: str, title: str) -> str:
        paragraphs = [
            [(line, bool(_LINK.fullmatch(line))) for line in p.splitlines()] for p in text.strip().split("\n\n")
        ]
        template = self._environment(language, escape=True).get_template("mail/_letter.html")
        return template.render(paragraphs=paragraphs, language=language, title=title)

    def _environment(self, language: str, *, escape: bool = False) -> Environment:
        """Return the templates in one language; two threads may make the same one twice, which does no harm."""
        kept = self._environments.get((language, escape))
        if kept is not None:
            return kept
        environment = Environment(
            loader=FileSystemLoader(self._folder),
            autoescape=escape,  # noqa: S701 because a plain text shows `&amp;` as it stands; the HTML part escapes
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.globals["_"] = partial(_say, language)
        environment.filters.update(moments.filters(language))
        self._environments[language, escape] = environment
        return environment


def _say(language: str, text: str, **facts: object) -> str:
    """Return a catalogue text in a language; what facts bring along stays within its line."""
    return translate(text, language, **{name: one_line(str(fact)) for name, fact in facts.items()})


def one_line(text: str) -> str:
    """Return a text without line breaks and control characters: a name cannot begin a header or a paragraph."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def check_address(address: str) -> str:
    """Return the address if a message can be sent to it; raises AddressUnusable."""
    if not _ADDRESS.fullmatch(address) or ".." in address:
        raise AddressUnusable(address=one_line(address))
    return address


def _address(name: str, address: str) -> Address:
    return Address(display_name=one_line(name), addr_spec=check_address(address))


def _message_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("a Message-ID is <left@right>")
    return message_id
