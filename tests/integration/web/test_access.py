"""Who sees what: staff's pages for staff, a document for its parties, nothing for who merely guesses."""

from dataclasses import replace
from typing import Any

from backend.ceremonies.document import SlotRole
from backend.errors import Forbidden
from tests.integration.ceremonies.stage import STAFF
from tests.integration.web.house import AUDITOR, Browser, House, application, serving


def staff_pages(house: House) -> list[str]:
    """Return addresses of everything that only staff may see, of a real ceremony."""
    (document,) = house.stage.documents()
    here = f"/seremoni/{house.stage.ceremony}"
    names = (
        "",
        "/saksi",
        "/jejak",
        "/jejak/serah",
        "/data-pribadi",
        "/jejak.jsonl",
        "/status.json",
        "/naskah.json",
        f"/daerah/{document.region}",
    )
    return ["/seremoni", "/jejak", *(here + name for name in names)]


def test_the_pages_of_staff_are_for_staff(house: House) -> None:
    house.stage.open()
    head = house.stage.person_of(house.stage.documents()[0])
    with house.browser() as nobody, house.guest(head) as guest, house.staff(STAFF) as staff:
        for path in staff_pages(house):
            for other in (nobody, guest):
                answer = other.get(path)
                assert (answer.status_code, answer.headers["location"]) == (303, f"/masuk?next={path}")
            assert staff.get(path).status_code == 200
        for other in (nobody, guest):
            answer = other.post(f"/seremoni/{house.stage.ceremony}/tutup", {"csrf_token": other.token()})
            assert answer.status_code == 401


def test_an_auditor_sees_everything_and_changes_nothing(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    here = f"/seremoni/{house.stage.ceremony}"
    witness = house.stage.witness()
    with house.staff(AUDITOR) as auditor:
        token = auditor.token("/seremoni")
        for path in staff_pages(house):
            page = auditor.page(path)
            assert page.status == 200
            pressed = {form.action for form in page.forms if form.method == "post"}
            assert pressed <= {"/keluar", "/bahasa", f"{here}/jejak/serah"}, path
        before = house.stage.dump()
        verbs = ("bekukan", "undang", "ingatkan", "buka", "jeda", "lanjutkan", "batal", "tutup", "segel")
        more = (
            f"daerah/{document.region}/kirim-ulang",
            f"daerah/{document.region}/bekukan",
            f"saksi/{witness.id}/kirim-ulang",
        )
        for verb in (*verbs, *more):
            answer = auditor.post(f"{here}/{verb}", {"csrf_token": token})
            assert (answer.status_code, Forbidden.code in answer.text) == (403, True), verb
        again = auditor.post(f"{here}/tutup", {"csrf_token": token})
        assert again.status_code == 403
        assert deeds(house.stage.dump()) == deeds(before)
    denied = house.stage.events()[len(before["audit_event"]) :]
    assert denied == ["permission.denied"] * len((*verbs, *more)), "each is told, and told once"


def deeds(dump: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows but the log's, which also tells what was refused."""
    return {name: rows for name, rows in dump.items() if not name.startswith("audit_")}


def seen(browser: Browser, house: House, index: int) -> list[int]:
    """Return the status of every page and file of one document."""
    document = house.stage.documents()[index]
    assert document.current is not None
    sha256, base = document.current.sha256, f"/t/naskah/{document.id}"
    steps = ("baca", "setuju", "tolak", "perbaikan")
    paths = [f"{base}/{step}" for step in steps] + [f"/n/{sha256}.pdf", f"/n/{sha256}/hal/1.webp"]
    return [browser.get(path).status_code for path in paths]


def test_a_link_opens_its_own_document_and_no_other(house: House) -> None:
    house.stage.open(2)
    first, second = house.stage.documents()
    head, official = house.stage.person_of(first), house.stage.person_of(first, SlotRole.MINISTRY)
    witness = house.stage.witness(first)
    with house.guest(head) as guest, house.guest(official) as both:
        assert (seen(guest, house, 0), seen(guest, house, 1)) == ([200] * 6, [404] * 6)
        assert (seen(both, house, 0), seen(both, house, 1)) == ([200] * 6, [200] * 6)
        before = house.stage.dump()
        for way in ("setuju", "tolak", "perbaikan"):
            path = f"/t/naskah/{second.id}/{way}"
            answer = guest.post(path, {"csrf_token": guest.token(), "reason": "rekaan"})
            assert answer.status_code in {404, 422}, way
        assert house.stage.dump() == before
    with house.guest(witness, root="/s") as beside, house.browser() as nobody:
        assert seen(beside, house, 0)[4:] == [200, 200]
        assert seen(beside, house, 1)[4:] == [404, 404]
        assert seen(nobody, house, 0) == [401, 401, 401, 401, 404, 404]


def test_without_a_code_nothing_is_read_and_nothing_signed(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    with house.guest(house.stage.person_of(document), identified=False) as guest:
        for step in ("baca", "setuju"):
            answer = guest.get(f"/t/naskah/{document.id}/{step}")
            assert (answer.status_code, answer.headers.get("location")) == (303, "/t/identitas")
        assert document.current is not None
        assert guest.get(f"/n/{document.current.sha256}.pdf").status_code in {401, 403, 404}
        for step in ("setuju", "tolak"):
            answer = guest.send("/t/identitas", f"/t/naskah/{document.id}/{step}", reason="tidak jadi")
            assert answer.status_code == 403
    assert house.stage.again(document).slots[0].signed_at is None


def test_a_link_that_was_replaced_ends_every_visit(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    head = house.stage.person_of(document)
    with house.guest(head) as guest, house.staff(STAFF) as staff:
        address = f"/seremoni/{house.stage.ceremony}/daerah/{document.region}"
        assert staff.send(address, f"{address}/kirim-ulang").status_code == 303
        assert guest.get("/t").status_code == 401
        assert guest.get(f"/t/naskah/{document.id}/baca").status_code == 401


def test_before_completion_a_code_tells_only_that_signing_is_under_way(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    head = house.stage.person_of(document)
    with house.browser() as nobody:
        text = nobody.get(f"/v/{document.code}").text
        assert [word for word in (head.name, document.number, head.office) if word in text] == []
        assert nobody.get(f"/v/{document.code}/naskah.pdf").status_code == 404
        assert nobody.get(f"/v/{document.code}/hal/1.webp").status_code == 404
        assert nobody.get("/v/tidakada").status_code == 404


def test_no_page_shows_staff_a_signers_link(house: House) -> None:
    house.stage.open()
    tokens = [house.stage.token(house.stage.person_of(d)) for d in house.stage.documents()]
    with house.staff(STAFF) as staff:
        for path in staff_pages(house):
            text = staff.get(path).text
            assert [token for token in tokens if token in text] == []


def test_caught_mail_is_shown_in_development_only(house: House) -> None:
    with house.browser() as nobody:
        assert nobody.get("/dev/mail").status_code == 200
    app = application(house.stage.settings, DEVELOPMENT="false")
    with serving(app) as address, replace(house, app=app, address=address).browser() as nobody:
        for route in ("/dev/mail", "/dev/mail/apa-saja"):
            assert nobody.get(route).status_code == 404
