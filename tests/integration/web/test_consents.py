"""What somebody agreed to is what his page showed, word for word: the event keeps the hash of exactly that."""

import hashlib
import re
from html import unescape

import pytest

from backend.audit import reader
from backend.audit.reader import LoggedEvent
from backend.ceremonies.actions import attest, sign
from backend.ceremonies.document import SlotStatus
from backend.languages import available
from tests.integration.web.house import Browser, House

LABEL = re.compile(r"<label\b[^>]*>(.*?)</label>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def statements(page: str, names: tuple[str, ...]) -> list[str]:
    """Return the words beside the boxes of these names, as a visitor reads them."""
    labels = [label for label in LABEL.findall(page) if any(f'name="{name}"' in label for name in names)]
    if not labels:
        labels = [re.search(rf'<label\b[^>]*for="[^"]*{name}"[^>]*>(.*?)</label>', page, re.DOTALL) for name in names]
        labels = [found.group(1) for found in labels if found]
    return [" ".join(unescape(TAG.sub("", label)).split()) for label in labels]


def told(house: House, kind: str) -> LoggedEvent:
    """Return the ceremony's newest event of a type."""
    with house.stage.tools.database.reading() as session:
        found = reader.events_of(session, house.stage.ceremony, limit=500)
    return [event for event in found if event.type == f"prasasti.{kind}.v1"][-1]


def speaks(browser: Browser, language: str) -> None:
    assert browser.send("/masuk", "/bahasa", language=language).status_code == 303


@pytest.mark.parametrize("language", available())
def test_a_signatory_agrees_to_the_words_on_his_page(house: House, language: str) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    head = house.stage.person_of(document)
    with house.guest(head) as guest:
        speaks(guest, language)
        page = guest.get(f"/t/naskah/{document.id}/setuju").text
        assert f'lang="{language}"' in page
        shown = statements(page, ("consent_read", "consent_authority", "consent_electronic"))
        assert tuple(shown) == sign.consent_texts(language, head.institution)
        assert guest.sign(document).status_code == 303
    assert house.stage.again(document).slots[0].status is SlotStatus.SIGNED
    event = told(house, "consent.given")
    assert event.extra["text_sha256"] == hashlib.sha256("\n".join(shown).encode()).hexdigest()
    assert event.extra["language"] == language


@pytest.mark.parametrize("language", available())
def test_a_witness_attests_in_the_words_on_his_page(house: House, language: str) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    house.stage.sign(document)
    witness = house.stage.witness(document)
    with house.guest(witness, root="/s") as guest:
        speaks(guest, language)
        page = guest.get("/s/kesaksian").text
        shown = statements(page, ("attest_present", "attest_free"))
        assert tuple(shown) == attest.statement_texts(language)
        ticked = {"attest_present": "on", "attest_free": "on"}
        assert guest.send("/s/kesaksian", "/s/kesaksian", **ticked).status_code == 303
    event = told(house, "witness.attested")
    assert event.extra["statement_sha256"] == hashlib.sha256("\n".join(shown).encode()).hexdigest()
    assert event.extra["language"] == language
    assert event.object_sha256 == house.stage.again(document).slots[0].signed_sha256


def test_what_was_not_ticked_was_not_agreed_to(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    with house.guest(house.stage.person_of(document)) as guest:
        answer = guest.sign(document, consent_authority="")
        assert answer.status_code == 422
        assert 'name="consent_read"' in answer.text
    assert house.stage.again(document).slots[0].signed_at is None


@pytest.mark.parametrize("path", ["/s/tidak-dapat", "/s/kesaksian"])
def test_a_witness_says_nothing_before_his_code(house: House, path: str) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    house.stage.sign(document)
    with house.guest(house.stage.witness(document), identified=False, root="/s") as guest:
        form = {"csrf_token": guest.token(), "attest_present": "on", "attest_free": "on"}
        signed = house.stage.again(document).slots[0].signed_sha256 or ""
        before = house.stage.dump()
        assert guest.post(path, {**form, "base": signed}).status_code in {303, 403}
        assert house.stage.dump() == before
