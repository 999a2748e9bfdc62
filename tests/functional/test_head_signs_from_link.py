"""A head of region signs from the link in his letter, and from nothing else."""

import hashlib
import re

from tests.functional.stage import Stage, heads, text_of


def test_a_head_reads_signs_and_gets_a_receipt(stage: Stage) -> None:
    ceremony = stage.open()
    (address,) = heads(ceremony)
    with ceremony.signatory(address) as head:
        assert "Bupati Karanganyar" in head.follow_link().words
        head.arrive()
        (document,) = head.documents()
        number = str(ceremony.documents()[0]["number"])
        reading = head.read(document)
        assert number in reading.words
        assert "MAKSUD DAN TUJUAN" in reading.words
        receipt = head.sign(document, ceremony.passphrases[address])
        listed = ceremony.documents()[0]
        assert listed["status"] == "in_signing"
        assert str(listed["sha256"]) in receipt.words
        pdf = head.browser.fetch(str(listed["pdf_address"]))
        assert hashlib.sha256(pdf).hexdigest() == listed["sha256"]
        assert number in text_of(pdf)
        assert "UJI COBA - TIDAK SAH" in text_of(pdf)
        letter = ceremony.mailboxes.matching(address, re.escape(str(listed["sha256"])))
        assert "Tanda tangan elektronik pada naskah berikut telah tercatat" in letter


def test_the_second_use_of_a_link_shows_what_was_signed_and_signs_nothing(stage: Stage) -> None:
    ceremony = stage.open()
    (address,) = heads(ceremony)
    ceremony.head_signs(address)
    signed = ceremony.documents()
    with ceremony.signatory(address) as again:
        again.arrive()
        (document,) = again.documents()
        page = again.browser.open(f"{document}/setuju")
        assert page.form(f"{document}/setuju") is None
        assert "tandatangani" in page.words
        assert signed[0]["sha256"] in page.words
    assert ceremony.documents() == signed


def test_before_the_opening_a_document_can_be_read_but_not_signed(stage: Stage) -> None:
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
        head.sign(document, ceremony.passphrases[address])


def test_a_paused_ceremony_is_signed_after_it_goes_on(stage: Stage) -> None:
    ceremony = stage.open()
    (address,) = heads(ceremony)
    with ceremony.signatory(address) as head:
        head.arrive()
        (document,) = head.documents()
        ceremony.press("jeda")
        assert "sedang dijeda" in head.browser.open(f"{document}/setuju").words
        ceremony.press("lanjutkan")
        head.sign(document, ceremony.passphrases[address])


def test_a_mail_scanner_that_follows_a_link_changes_nothing(stage: Stage) -> None:
    ceremony = stage.open()
    (address,) = heads(ceremony)
    before, events = ceremony.standing(), stage.counted(ceremony.id)
    link = ceremony.mailboxes.link(address)
    for _ in range(20):
        with ceremony.signatory(address) as scanner:
            assert scanner.browser.get(link).status == 200
    assert ceremony.standing() == before
    assert stage.counted(ceremony.id) == events
    assert before["slots"]["invited"] == 2


def test_whoever_is_not_meant_closes_the_link(stage: Stage) -> None:
    ceremony = stage.open()
    (address,) = heads(ceremony)
    with ceremony.signatory(address) as stranger:
        stranger.begin()
        stranger.browser.open("/t/bukan-saya")
        assert "tautan ini sudah ditutup" in stranger.browser.submit("/t/bukan-saya").words
        assert stranger.browser.get(ceremony.mailboxes.link(address)).status == 410
    assert ceremony.documents()[0]["status"] == "in_signing"
