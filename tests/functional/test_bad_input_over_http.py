"""Bad input of every kind: a clear answer, and nothing is changed by it."""

from collections.abc import Iterator

import pytest

from demo.browser import Browser
from demo.ceremony import Ceremony
from demo.visitors import CONSENTS, Signatory
from tests.functional.stage import Stage, heads

FIRST, OTHER, FORGETFUL, RESENT = range(4)
NOT_A_PDF = b"Ini bukan naskah PDF, hanya catatan biasa.\n"


@pytest.fixture(scope="module")
def opened(stage: Stage) -> Ceremony:
    """Return an open ceremony of four regions, whose documents these tests must leave unsigned."""
    return stage.open(4)


@pytest.fixture(scope="module")
def head(opened: Ceremony) -> Iterator[Signatory]:
    """Yield the first head, on the page where he would sign."""
    with opened.signatory(heads(opened)[FIRST]) as signatory:
        signatory.arrive()
        yield signatory


@pytest.fixture(autouse=True)
def _nothing_changed(opened: Ceremony) -> Iterator[None]:
    before = [(document["sha256"], document["status"]) for document in opened.documents()]
    yield
    assert [(document["sha256"], document["status"]) for document in opened.documents()] == before


def test_a_wrong_passphrase_signs_nothing_and_is_recorded(stage: Stage, opened: Ceremony, head: Signatory) -> None:
    (document,) = head.documents()
    failed = stage.counted(opened)["signature.failed"]
    head.browser.open(f"{document}/setuju")
    page = head.try_to_sign(document, "bukan frasa sandinya")
    assert page.status == 422
    assert "Frasa sandi" in page.words
    assert all(page.checked(name) for name in CONSENTS)
    assert "bukan frasa sandinya" not in page.source
    assert stage.logged(opened, "signature.failed", failed + 1)


def test_a_statement_that_is_not_ticked_signs_nothing(opened: Ceremony, head: Signatory) -> None:
    (document,) = head.documents()
    head.browser.open(f"{document}/setuju")
    passphrase = opened.passphrases[head.address]
    page = head.browser.send(f"{document}/setuju", consent_read="on", passphrase=passphrase)
    assert page.status == 422
    assert "Ketiga pernyataan belum dicentang semuanya." in page.words
    assert passphrase not in page.source


def test_a_document_that_changed_since_it_was_read_is_not_signed(opened: Ceremony, head: Signatory) -> None:
    (document,) = head.documents()
    head.browser.open(f"{document}/setuju")
    ticked = dict.fromkeys(CONSENTS, "on")
    older = "0" * 64
    page = head.browser.send(f"{document}/setuju", **ticked, base=older, passphrase=opened.passphrases[head.address])
    assert page.status == 422
    assert "berubah sejak dibaca" in page.words


def test_a_form_that_no_page_of_ours_made_is_refused(opened: Ceremony, head: Signatory) -> None:
    (document,) = head.documents()
    head.browser.open(f"{document}/setuju")
    typed = {"csrf_token": "0" * 64, "passphrase": opened.passphrases[head.address], **dict.fromkeys(CONSENTS, "on")}
    page = head.browser.send(f"{document}/setuju", **typed)
    assert page.status == 403
    assert "form-forged" in page.words


def test_the_document_of_another_region_cannot_be_opened(opened: Ceremony, head: Signatory) -> None:
    with opened.signatory(heads(opened)[OTHER]) as other:
        other.arrive()
        (foreign,) = other.documents()
    for page in ("baca", "setuju", "selesai", "tolak", "perbaikan"):
        assert head.browser.get(f"{foreign}/{page}").status == 404
    for listed in opened.documents()[1:]:
        assert head.browser.get(str(listed["pdf_address"])).status == 404


def test_the_official_waits_for_the_head(opened: Ceremony) -> None:
    with opened.signatory(opened.cast.official) as official:
        official.arrive()
        document = official.documents()[0]
        page = official.browser.open(f"{document}/setuju")
        assert page.form(f"{document}/setuju") is None


def test_a_link_that_nobody_was_sent_is_unknown(stage: Stage, opened: Ceremony) -> None:
    link = opened.mailboxes.link(heads(opened)[FIRST])
    changed = link[:-1] + ("A" if link[-1] != "A" else "B")
    with Browser(stage.deployment.base_url) as stranger:
        page = stranger.get(changed)
        assert page.status == 404
        assert "Tautan ini tidak dikenal" in page.words
        assert heads(opened)[FIRST] not in page.source


def test_a_link_of_a_day_long_past_is_expired(stage: Stage) -> None:
    past = stage.invite(days_ago=40)
    with past.signatory(heads(past)[0]) as late:
        page = late.browser.get(past.mailboxes.link(late.address))
        assert page.status == 410
        assert "Masa berlakunya sudah lewat" in page.words


def test_a_link_that_was_sent_again_replaces_the_older_one(stage: Stage, opened: Ceremony) -> None:
    address = heads(opened)[RESENT]
    with opened.signatory(address) as head:
        older, letters = opened.mailboxes.link(address), len(opened.mailboxes.letters(address))
        stage.staff.browser.open(f"/seremoni/{opened.id}")
        stage.staff.browser.submit(f"/seremoni/{opened.id}/daerah/{list(opened.cast.heads)[RESENT]}/kirim-ulang")
        assert "Tautan sebelumnya tidak berlaku lagi" in opened.mailboxes.matching(address, "/t/", after=letters)
        assert opened.mailboxes.link(address) != older
        assert head.browser.get(older).status == 404
        head.arrive()


def test_after_five_wrong_codes_the_right_one_is_worthless(stage: Stage, opened: Ceremony) -> None:
    with opened.signatory(heads(opened)[FORGETFUL]) as head:
        head.begin()
        right = head.ask_for_code()
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        tries = [head.browser.send("/t/identitas", code=wrong) for _ in range(5)]
        assert ["Sisa 4" in tries[0].words, "Sisa 1" in tries[3].words, "Lima kali salah" in tries[4].words] == [
            True
        ] * 3
        page = head.browser.send("/t/identitas", code=right)
        assert page.refused
        head.browser.open("/t/naskah")
        assert head.browser.path == "/t/identitas"
    assert stage.logged(opened, "identity.failed", 6)


def test_a_witness_cannot_attest_before_his_head_has_signed(opened: Ceremony) -> None:
    with opened.witness(opened.cast.local_witnesses["33.13"][0]) as witness:
        witness.arrive()
        page = witness.browser.open("/s/kesaksian")
        assert not witness.can_attest()
        assert "Bupati Karanganyar belum menandatangani" in page.words
        token = page.form("/bahasa")
        assert token is not None
        sent = witness.browser.post(
            "/s/kesaksian", **token.values, base="0" * 64, attest_present="on", attest_free="on"
        )
        assert sent.refused


def test_a_page_for_staff_asks_to_log_in(stage: Stage, opened: Ceremony) -> None:
    with Browser(stage.deployment.base_url) as stranger:
        stranger.open(f"/seremoni/{opened.id}")
        assert stranger.path == "/masuk"
        page = stranger.send("/masuk", email="tidak.ada@contoh.invalid", password="bukan kata sandinya")
        assert page.refused
        assert "Surel atau kata sandi tidak cocok" in page.words


def test_a_file_that_is_no_pdf_is_told_as_unreadable(stage: Stage) -> None:
    with Browser(stage.deployment.base_url) as anybody:
        anybody.open("/v")
        page = anybody.upload("/v/berkas", "catatan.pdf", NOT_A_PDF)
        assert "unreadable" in page.words
