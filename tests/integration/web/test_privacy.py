"""Personal data on the pages: who is known, erasing with a ground and a statement, and pages that stand afterwards."""

from backend.ceremonies.actions import conduct
from backend.people.person import ERASED
from tests.integration.ceremonies.stage import STAFF
from tests.integration.web.house import AUDITOR, House


def over(house: House) -> str:
    """Play a ceremony that was cancelled; return the address of its people."""
    house.stage.open()
    for verb in ("pause", "cancel"):
        conduct.conduct(house.stage.tools, house.stage.account, house.stage.ceremony, verb)
    return f"/seremoni/{house.stage.ceremony}/data-pribadi"


def test_erasing_asks_for_a_ground_and_a_statement_first(house: House) -> None:
    people = over(house)
    (document,) = house.stage.documents()
    head = house.stage.person_of(document)
    page = f"{people}/{head.id}"
    with house.staff(STAFF) as staff:
        assert head.name in staff.get(people).text
        before = house.stage.dump()
        for typed in ({}, {"ground": "order"}, {"no_duty": "yes"}, {"ground": "iseng", "no_duty": "yes"}):
            answer = staff.send(page, page, **{"ground": "", **typed})
            assert (answer.status_code, "erasure" in answer.text or "Belum ada yang dihapus" in answer.text) == (
                422,
                True,
            )
        assert house.stage.dump() == before
        assert staff.send(page, page, ground="order", no_duty="yes").status_code == 303
        assert head.name not in staff.get(people).text
        assert staff.get(page).status_code == 409


def test_every_page_of_staff_stands_after_erasure_and_names_him_no_more(house: House) -> None:
    people = over(house)
    (document,) = house.stage.documents()
    head = house.stage.person_of(document)
    here = f"/seremoni/{house.stage.ceremony}"
    names = ("", "/saksi", "/jejak", "/naskah.json", "/status.json", f"/daerah/{document.region}", "/data-pribadi")
    with house.staff(STAFF) as staff:
        token = house.stage.token(head)
        staff.send(f"{people}/{head.id}", f"{people}/{head.id}", ground="retention-over", no_duty="yes")
        shown = {name: staff.get(here + name) for name in names}
        assert {name: answer.status_code for name, answer in shown.items()} == dict.fromkeys(names, 200)
        told = {name for name, answer in shown.items() for word in (head.name, head.email) if word in answer.text}
        assert told == set()
        assert ERASED in shown[f"/daerah/{document.region}"].text
        events = [link for link in staff.page(f"{here}/jejak").links if link.startswith("/jejak/")]
        pages = [staff.get(link).text for link in dict.fromkeys(events)]
    assert any("isian sudah dihapus" in page for page in pages)
    with house.browser() as holder:
        assert holder.get(f"/t/{token}").status_code == 410, "his link opens nothing any more"


def test_an_auditor_looks_and_erases_nothing(house: House) -> None:
    people = over(house)
    (document,) = house.stage.documents()
    head = house.stage.person_of(document)
    with house.staff(AUDITOR) as auditor:
        assert auditor.get(people).status_code == 200
        assert f"{people}/{head.id}" not in auditor.page(people).links
        assert auditor.get(f"{people}/{head.id}").status_code == 403
        answer = auditor.send(people, f"{people}/{head.id}", ground="order", no_duty="yes")
    assert answer.status_code == 403
    assert house.stage.events()[-1] == "permission.denied"


def test_a_person_of_another_ceremony_is_not_found(house: House) -> None:
    over(house)
    stranger = house.stage.person_of(house.stage.documents()[0])
    people = over(house)
    with house.staff(STAFF) as staff:
        assert staff.get(f"{people}/{stranger.id}").status_code == 404
        assert staff.send(people, f"{people}/{stranger.id}", ground="order", no_duty="yes").status_code == 404
