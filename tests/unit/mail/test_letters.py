"""Letters: formal words in two languages, nothing smuggled in, the mark of a test wherever it must be."""

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from backend.languages import available
from backend.mail.message import AddressUnusable, Envelope, Stationery, check_address, one_line
from backend.mail.outbox import Message

TEMPLATES = Path(__file__).parents[3] / "templates"
STATIONERY = Stationery(TEMPLATES)
LINK = "http://127.0.0.1:8317/t/tautan-rekaan_1"
MARK = "UJI COBA - TIDAK SAH"
FACTS: dict[str, object] = {
    "name": "Ir. Contoh Rekaan",
    "office": "Bupati Rekaan",
    "salutation": "Bapak",
    "ministry": "Kementerian Contoh Digital",
    "contact": "(021) 555-0148",
    "title": "Nota Kesepakatan Layanan Rekaan",
    "number": "NK/02/REKAAN",
    "area": "Kabupaten Rekaan",
    "signatory": "Bupati Rekaan",
    "count": 48,
    "ceremony": "Seremoni Rekaan",
    "starts_at": datetime(2026, 12, 10, 3, 0, tzinfo=UTC),
    "zone": "WIB",
    "place": "Ruang Rekaan",
    "link": LINK,
    "expires_at": datetime(2026, 12, 10, 5, 0, tzinfo=UTC),
    "code": "482913",
    "minutes": 5,
    "signed_at": datetime(2026, 12, 10, 3, 41, 54, tzinfo=UTC),
    "completed_at": datetime(2026, 12, 10, 3, 42, 1, tzinfo=UTC),
    "sha256": "ab" * 32,
    "check_link": "http://127.0.0.1:8317/v/REKAAN",
    "told": "Naskah ditandatangani",
    "acted_at": datetime(2026, 12, 10, 3, 41, 54, tzinfo=UTC),
    "receipt_number": 812,
    "receipt_size": 1204,
    "log_link": "http://127.0.0.1:8317/log#periksa",
}
ENVELOPE = Envelope("Prasasti", "seremoni@rekaan.invalid", "Ir. Contoh", "bupati@rekaan.invalid", "<outbox-1@rekaan>")


def compose(message: Message, language: str = "id", mark: str | None = None, **facts: object) -> EmailMessage:
    return STATIONERY.compose(message, language, {**FACTS, **facts}, replace(ENVELOPE, mark=mark))


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


class _Words(HTMLParser):
    def __init__(self, letter: EmailMessage) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        part = letter.get_body(("html",))
        assert part is not None
        self.feed(part.get_content().partition("<body>")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert {name for name, _ in attrs} <= {"href"}

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("language", available())
@pytest.mark.parametrize("message", Message)
def test_every_message_is_complete_in_every_language(message: Message, language: str) -> None:
    letter = compose(message, language)
    text = text_of(letter)
    assert letter["Content-Language"] == language
    assert "Ir. Contoh Rekaan, Bupati Rekaan," in text
    assert "Kementerian Contoh Digital" in text
    assert "{" not in text + letter["Subject"]
    assert "%(" not in text + letter["Subject"]
    assert "\n\n\n" not in text
    assert text.strip() == text.rstrip("\n").lstrip()


@pytest.mark.parametrize("message", Message)
def test_the_english_letter_says_it_in_english(message: Message) -> None:
    indonesian = set(text_of(compose(message)).splitlines())
    english = set(text_of(compose(message, "en")).splitlines())
    # Only what is neither words nor dates is the same: links, codes, digests, empty lines.
    assert {line for line in indonesian & english if " " in line} == set()


@pytest.mark.parametrize("message", Message)
def test_the_html_part_says_the_same_and_shows_no_picture(message: Message) -> None:
    letter = compose(message, "id", MARK)
    html = _Words(letter)
    assert html.words.split() == text_of(letter).split()
    assert html.tags <= {"p", "br", "a"}
    assert html.links == [line for line in text_of(letter).splitlines() if line.startswith("http")]


@pytest.mark.parametrize("message", Message)
def test_a_test_says_so_in_subject_and_first_line(message: Message) -> None:
    assert compose(message, "en", MARK)["Subject"].startswith(f"[{MARK}] ")
    assert text_of(compose(message, "en", MARK)).startswith(MARK)
    assert MARK not in str(compose(message, "en"))


def test_an_invitation_tells_who_asks_what_when_and_until_when_the_link_works() -> None:
    letter = text_of(compose(Message.INVITE_HEAD))
    for told in ("Kementerian Contoh Digital", "NK/02/REKAAN", "Kamis, 10 Desember 2026 pukul 10.00 WIB", LINK):
        assert told in letter
    assert "berlaku sampai Kamis, 10 Desember 2026 pukul 12.00 WIB" in letter
    assert "tidak pernah meminta frasa sandi" in letter


def test_the_zone_of_the_region_is_the_zone_of_its_letter() -> None:
    assert "pukul 12.00 WIT\n" in text_of(compose(Message.INVITE_HEAD, zone="WIT"))


@pytest.mark.parametrize(
    ("salutation", "indonesian", "english"),
    [
        ("Bapak", "Yang terhormat Bapak Ir. Contoh Rekaan", "Dear Mr Ir. Contoh Rekaan"),
        ("Ibu", "Yang terhormat Ibu Ir. Contoh Rekaan", "Dear Ms Ir. Contoh Rekaan"),
        (None, "Yang terhormat Ir. Contoh Rekaan", "Dear Ir. Contoh Rekaan"),
    ],
)
def test_heads_are_addressed_from_their_data(salutation: str | None, indonesian: str, english: str) -> None:
    assert indonesian in text_of(compose(Message.INVITE_HEAD, salutation=salutation))
    assert english in text_of(compose(Message.INVITE_HEAD, "en", salutation=salutation))


def test_a_code_is_not_shown_on_a_locked_screen() -> None:
    letter = compose(Message.CODE)
    assert "482913" not in letter["Subject"]
    assert "\n482913\n" in text_of(letter)
    assert "faktor" not in text_of(letter)


def test_a_receipt_holds_number_time_and_fingerprint() -> None:
    letter = text_of(compose(Message.RECEIPT))
    for told in ("NK/02/REKAAN", "pukul 10.41.54 WIB", "ab" * 32, "http://127.0.0.1:8317/v/REKAAN"):
        assert told in letter


@pytest.mark.parametrize("fact", ["link", "name", "expires_at"])
def test_a_missing_fact_is_an_error_and_not_a_gap(fact: str) -> None:
    facts = {name: value for name, value in FACTS.items() if name != fact}
    with pytest.raises(UndefinedError):
        STATIONERY.compose(Message.INVITE_HEAD, "id", facts, ENVELOPE)


HOSTILE = "Contoh\r\nBcc: jahat@rekaan.invalid\r\n\r\n<script>x</script> {{ 7*7 }} %(link)s"


def test_a_hostile_name_begins_no_header_no_paragraph_and_no_tag() -> None:
    envelope = Envelope("Pra\nsasti", "a@rekaan.invalid", HOSTILE, "b@rekaan.invalid", "<1@rekaan>", "UJI\r\nCOBA")
    facts = {**FACTS, "name": HOSTILE, "ceremony": HOSTILE, "title": HOSTILE}
    letter = STATIONERY.compose(Message.INVITE_HEAD, "id", facts, envelope)
    head = bytes(letter).partition(b"\r\n\r\n")[0]
    assert letter["Bcc"] is None
    assert b"\r\nbcc" not in head.lower()
    assert [address.addr_spec for address in letter["To"].addresses] == ["b@rekaan.invalid"]
    assert "49" not in text_of(letter)
    assert not any(line.startswith(("Bcc", "<script")) for line in text_of(letter).splitlines())
    assert "script" not in _Words(letter).tags


@given(st.text())
def test_one_line_is_one_printable_line(text: str) -> None:
    assert one_line(text).isprintable()
    assert one_line(text) == one_line(one_line(text))


@given(st.text(max_size=60))
def test_a_name_of_any_letters_gives_a_message_with_the_same_headers(name: str) -> None:
    envelope = Envelope(name, "a@rekaan.invalid", name, "b@rekaan.invalid", "<1@rekaan>")
    letter = STATIONERY.compose(Message.CODE, "id", {**FACTS, "name": name, "ceremony": name}, envelope)
    head = bytes(letter).partition(b"\r\n\r\n")[0].decode("ascii")
    names = [line.partition(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]
    assert sorted(names) == sorted(letter.keys())


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bupati",
        "bupati@",
        "@rekaan.invalid",
        "a b@rekaan.invalid",
        "a@rekaan.invalid, b@rekaan.invalid",
        "a@rekaan.invalid\r\nBcc: c@rekaan.invalid",
        "Bupati <a@rekaan.invalid>",
        "a@rekaan..invalid",
        "a@-rekaan",
        "à@rekaan.invalid",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(AddressUnusable) as refused:
        check_address(address)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("address", ["bupati@rekaan.go.id", "sekda.kab-rekaan+mou@kab.rekaan.invalid"])
def test_an_ordinary_address_is_kept_as_it_is(address: str) -> None:
    assert check_address(address) == address


def test_a_message_id_is_fixed_so_that_a_repeat_can_be_recognised() -> None:
    assert compose(Message.CODE)["Message-ID"] == compose(Message.CODE)["Message-ID"] == "<outbox-1@rekaan>"
    with pytest.raises(ValueError, match="Message-ID"):
        STATIONERY.compose(Message.CODE, "id", FACTS, Envelope("a", "a@b.c", "b", "b@b.c", "<1@x>\r\nBcc: c@b.c"))
