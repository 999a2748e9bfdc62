"""Limits: attempts at passwords, codes, passphrases and links; sizes of uploads; how long a result is kept."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from backend.people.identity import LoginRefused
from backend.web import public
from backend.web.visitor import CODES, LOGINS, PASSPHRASES, WRONG_LINKS, TooManyAttempts
from tests.fakes import Clock
from tests.integration.ceremonies.stage import PASSWORD, STAFF
from tests.integration.web.house import Browser, House

WRONG = "kata sandi yang salah"


def log_in(browser: Browser, email: str, password: str) -> httpx.Response:
    return browser.send("/masuk", "/masuk", email=email, password=password)


def test_passwords_are_guessed_ten_times_and_not_once_more(house: House) -> None:
    with house.browser() as browser:
        statuses = [log_in(browser, STAFF, WRONG).status_code for _ in range(LOGINS.amount)]
        assert set(statuses) == {LoginRefused.status}
        assert log_in(browser, STAFF, PASSWORD).status_code == TooManyAttempts.status
        assert log_in(browser, f" {STAFF.upper()} ", PASSWORD).status_code == TooManyAttempts.status
        assert "set-cookie" not in log_in(browser, STAFF, PASSWORD).headers


def test_a_refused_login_never_says_which_half_was_wrong(house: House) -> None:
    with house.browser() as browser:
        known, unknown = log_in(browser, STAFF, WRONG), log_in(browser, "tidak-ada@contoh.invalid", WRONG)
    assert known.text.replace(STAFF, "") == unknown.text.replace("tidak-ada@contoh.invalid", "")
    assert WRONG not in known.text


def test_passphrases_codes_and_links_are_limited_too(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    head = house.stage.person_of(document)
    with house.guest(head) as guest:
        tries = [guest.sign(document, passphrase=WRONG) for _ in range(PASSPHRASES.amount + 1)]
        assert [TooManyAttempts.code in t.text or "15 menit" in t.text for t in tries[-2:]] == [False, True]
        assert house.stage.events().count("signature.failed") >= PASSPHRASES.amount
    with house.guest(head, identified=False) as guest:
        form = {"csrf_token": guest.token()}
        # One code was asked for when the first visit was confirmed.
        asked = [guest.post("/t/identitas/kode", form).status_code for _ in range(CODES.amount)]
    assert asked == [303] * (CODES.amount - 1) + [429]
    with house.browser() as nobody:
        form = {"csrf_token": nobody.token(), "token": "tautan-rekaan"}
        opened = [nobody.post("/t/buka", form).status_code for _ in range(WRONG_LINKS.amount + 1)]
    assert opened == [404] * WRONG_LINKS.amount + [429]


@pytest.mark.parametrize("path", ["/v/berkas", "/api/v1/verify"])
def test_a_file_over_20_mb_is_refused(house: House, path: str) -> None:
    with house.browser() as nobody:
        token = {"csrf_token": nobody.token("/v")}
        for size, refused in ((public.LARGEST, False), (public.LARGEST + 1, True), (public.LARGEST + 2_000_000, True)):
            answer = nobody.client.post(path, data=token, files={"file": ("besar.pdf", b"%" * size)})
            assert (answer.status_code == 413) is refused, size
            assert refused or answer.status_code in {200, 303}


def test_a_body_that_tells_no_length_is_cut_off_too(house: House) -> None:
    def endless() -> Iterator[bytes]:
        yield b'--batas\r\nContent-Disposition: form-data; name="file"; filename="besar.pdf"\r\n\r\n'
        for _ in range(60):
            yield b"%" * 1_000_000

    kind = {"Content-Type": "multipart/form-data; boundary=batas"}
    with house.browser() as nobody:
        try:
            status = nobody.client.post("/api/v1/verify", content=endless(), headers=kind).status_code
        except httpx.TransportError:
            status = 413  # the server hung up while the client was still sending
        assert status == 413
        assert nobody.get("/sehat").json() == {"ok": True}


def test_a_form_without_a_file_says_so(house: House) -> None:
    with house.browser() as nobody:
        answer = nobody.send("/v", "/v/berkas")
        assert answer.status_code == public.FileMissing.status
        assert nobody.client.post("/api/v1/verify").json()["code"] == public.FileMissing.code


def test_a_result_is_kept_fifteen_minutes_under_an_id_that_nobody_guesses(house: House) -> None:
    clock = Clock(house.stage.tools.now())
    with house.at(clock), house.browser() as nobody:
        token = {"csrf_token": nobody.token("/v")}
        files = {"file": ("<b>naskah</b>.pdf", b"%PDF-1.7 rekaan")}
        place = nobody.client.post("/v/berkas", data=token, files=files).headers["location"]
        again = nobody.client.post("/v/berkas", data=token, files=files).headers["location"]
        assert len(place.removeprefix("/v/hasil/")) >= 32
        assert place != again
        clock.at += timedelta(minutes=15) - timedelta(seconds=1)
        page = nobody.get(place)
        assert page.status_code == 200
        assert "<b>naskah</b>" not in page.text
        assert nobody.get(f"{place}.json").json()["verdict"] == "unreadable"
        clock.at += timedelta(seconds=1)
        for gone in (place, f"{place}.json", "/v/hasil/rekaan"):
            assert nobody.get(gone).status_code == 404
