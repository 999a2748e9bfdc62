"""A form counts only if a page of ours made it for this browser; everything else changes nothing."""

from collections.abc import Mapping

import pytest

from backend.ceremonies.ceremony import CeremonyStatus
from backend.ceremonies.document import SlotStatus
from backend.web.login import local_path
from backend.web.visitor import FormForged
from tests.integration.ceremonies.stage import PASSPHRASE, STAFF
from tests.integration.web.house import House
from tests.integration.web.test_headers import addresses

OURS = {"Sec-Fetch-Site": "same-origin"}
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8317"},
    {"Origin": "https://jahat.contoh.invalid"},
    {"Origin": "null"},
]


def test_no_post_of_ours_is_accepted_without_a_token(house: House) -> None:
    house.stage.open()
    head = house.stage.person_of(house.stage.documents()[0])
    posts = [path for method, path in addresses(house) if method == "POST" and not path.startswith("/api/")]
    assert len(posts) > 10
    with house.staff(STAFF) as staff, house.guest(head) as guest, house.browser() as nobody:
        before = house.stage.dump()
        for browser in (staff, guest, nobody):
            for path in posts:
                for fields in ({}, {"csrf_token": "0" * 64}, {"csrf_token": ""}):
                    answer = browser.post(path, fields)
                    assert FormForged.code in answer.text or answer.status_code in {401, 422}, path
                    assert answer.status_code >= 400
        assert house.stage.dump() == before


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_form_of_another_site_is_refused_even_with_the_right_token(house: House, headers: Mapping[str, str]) -> None:
    house.stage.freeze()
    with house.staff(STAFF) as staff:
        address = f"/seremoni/{house.stage.ceremony}"
        token = staff.token(address)
        before = house.stage.dump()
        answer = staff.post(f"{address}/buka", {"csrf_token": token}, headers)
        assert (answer.status_code, FormForged.code in answer.text) == (403, True)
        assert house.stage.dump() == before


@pytest.mark.parametrize("headers", [OURS, {"Origin": ""}, {"Origin": "http://127.0.0.1:8317"}], ids=str)
def test_a_form_of_ours_is_accepted(house: House, headers: dict[str, str]) -> None:
    house.stage.freeze()
    headers = {"Origin": house.address} if headers.get("Origin") == "" else headers
    with house.staff(STAFF) as staff:
        address = f"/seremoni/{house.stage.ceremony}"
        assert staff.post(f"{address}/buka", {"csrf_token": staff.token(address)}, headers).status_code == 303
    assert house.stage.status() is CeremonyStatus.OPEN


def test_the_token_of_another_browser_is_worthless(house: House) -> None:
    house.stage.open(2)
    first, second = house.stage.documents()
    with (
        house.guest(house.stage.person_of(first)) as mine,
        house.guest(house.stage.person_of(second)) as other,
        house.staff(STAFF) as staff,
        house.browser() as nobody,
    ):
        path = f"/t/naskah/{first.id}/setuju"
        page = mine.page(path)
        form = page.form(path)
        assert form is not None
        ticked = {**form.values, "consent_read": "1", "consent_authority": "1", "consent_electronic": "1"}
        tokens = {mine.token(path), other.token("/masuk"), staff.token("/masuk"), nobody.token("/masuk")}
        assert len(tokens) == 4, "every browser has its own"
        for stolen in tokens - {mine.token(path)}:
            answer = mine.post(path, {**ticked, "csrf_token": stolen, "passphrase": PASSPHRASE})
            assert FormForged.code in answer.text
        assert house.stage.again(first).slots[0].status is SlotStatus.IDENTIFIED
        assert mine.post(path, {**ticked, "passphrase": PASSPHRASE}).status_code == 303
    assert house.stage.again(first).slots[0].status is SlotStatus.SIGNED


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/seremoni/1", "/seremoni/1"),
        ("/", "/"),
        ("", "/x"),
        ("seremoni", "/x"),
        ("//jahat.contoh.invalid", "/x"),
        ("/\\jahat.contoh.invalid", "/x"),
        ("https://jahat.contoh.invalid/", "/x"),
        ("javascript:alert(1)", "/x"),
        ("/a\r\nSet-Cookie: x=y", "/x"),
        ("/\t/jahat.contoh.invalid", "/x"),
        ("/a\u2028b", "/x"),
    ],
)
def test_nobody_is_sent_away_by_a_link_of_ours(path: str, expected: str) -> None:
    assert local_path(path, "/x") == expected


def test_logging_in_leads_where_one_wanted_to_go_and_nowhere_else(house: House) -> None:
    with house.browser() as browser:
        answer = browser.get("/seremoni?q=//jahat")
        assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?next=/seremoni")
        form = browser.page("/masuk?next=//jahat.contoh.invalid").form("/masuk")
        assert form is not None
        assert form.values["next"] == "/seremoni"
        answer = browser.send(
            "/masuk", "/masuk", email=STAFF, password="kata sandi rekaan", next="//jahat.contoh.invalid"
        )
        assert answer.headers["location"] == "/seremoni"
