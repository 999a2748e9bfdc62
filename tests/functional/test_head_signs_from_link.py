"""A head of region signs from the link in his letter, and from nothing else."""

import hashlib
import re
import time
from collections import Counter
from typing import Any

import pytest

from demo.ceremony import Ceremony
from tests.functional.stage import Stage, heads, quiet, text_of

SIGNER, SCANNED, STRANGER = 0, 1, 2


@pytest.fixture(scope="module")
def opened(stage: Stage) -> Ceremony:
    """Return an open ceremony of three regions, each of which has a story here."""
    return stage.open(3)


def test_a_head_reads_signs_gets_a_receipt_and_signs_no_second_time(opened: Ceremony) -> None:
    address = heads(opened)[SIGNER]
    number = str(opened.documents()[SIGNER]["number"])
    with opened.signatory(address) as head:
        assert "Bupati Karanganyar" in head.follow_link().words
        head.arrive()
        (document,) = head.documents()
        reading = head.read(document)
        assert number in reading.words
        assert "MAKSUD DAN TUJUAN" in reading.words
        receipt = head.sign(document, opened.passphrases[address])
        listed = opened.documents()[SIGNER]
        assert listed["status"] == "in_signing"
        assert receipt.shows(str(listed["sha256"]))
        pdf = head.browser.fetch(str(listed["pdf_address"]))
    assert hashlib.sha256(pdf).hexdigest() == listed["sha256"]
    assert number in text_of(pdf)
    assert "UJI COBA - TIDAK SAH" in text_of(pdf)
    letter = opened.mailboxes.matching(address, re.escape(str(listed["sha256"])))
    assert "Tanda tangan elektronik pada naskah berikut telah tercatat" in letter
    with opened.signatory(address) as again:
        again.arrive()
        page = again.browser.open(f"{document}/setuju")
        assert page.form(f"{document}/setuju") is None
        assert page.shows(str(listed["sha256"]))
    assert opened.documents()[SIGNER] == listed


def _settled(stage: Stage, ceremony: Ceremony) -> tuple[dict[str, Any], Counter[str]]:
    """Return standing and events once they have stayed the same for a second: work of earlier stories may still end."""
    last: tuple[dict[str, Any], Counter[str]] = ceremony.standing(), stage.counted(ceremony)
    for _ in range(30):
        time.sleep(1.0)
        now = ceremony.standing(), stage.counted(ceremony)
        if now == last:
            break
        last = now
    return last


def test_a_mail_scanner_that_follows_a_link_changes_nothing(stage: Stage, opened: Ceremony) -> None:
    opened.letters_are_out(quiet(1))
    assert stage.logged(opened, "mail.accepted", sum(opened.standing()["mails"].values()))
    before, events = _settled(stage, opened)
    link = opened.mailboxes.link(heads(opened)[SCANNED])
    for _ in range(20):
        with opened.signatory(heads(opened)[SCANNED]) as scanner:
            assert scanner.browser.get(link).status == 200
    assert opened.documents()[SCANNED]["signers"][0]["status"] == "invited"
    assert opened.standing() == before
    assert stage.counted(opened) == events


def test_whoever_is_not_meant_closes_the_link(opened: Ceremony) -> None:
    address = heads(opened)[STRANGER]
    with opened.signatory(address) as stranger:
        stranger.begin()
        stranger.browser.open("/t/bukan-saya")
        assert "tautan ini sudah ditutup" in stranger.browser.submit("/t/bukan-saya").words
        assert stranger.browser.get(opened.mailboxes.link(address)).status == 410
    assert opened.documents()[STRANGER]["status"] == "in_signing"


def test_before_the_opening_and_in_a_pause_a_document_is_read_and_not_signed(stage: Stage) -> None:
    ceremony = stage.invite()
    (address,) = heads(ceremony)
    with ceremony.signatory(address) as head:
        head.arrive()
        (document,) = head.documents()
        assert "MAKSUD DAN TUJUAN" in head.read(document).words
        page = head.browser.open(f"{document}/setuju")
        assert page.form(f"{document}/setuju") is None
        assert "Penandatanganan dibuka pukul" in page.words
        ceremony.press("buka")
        ceremony.press("jeda")
        page = head.browser.open(f"{document}/setuju")
        assert page.form(f"{document}/setuju") is None
        assert "sedang dijeda" in page.words
        ceremony.press("lanjutkan")
        head.sign(document, ceremony.passphrases[address])
