"""The page of a sealed ceremony hands its evidence to staff, with a recipient; to nobody else, and not before."""

from backend.ceremonies.actions.export import RecipientMissing
from backend.ceremonies.permissions import NotSealedYet
from backend.verification.bundle import container, layout
from demo.paper import Page
from tests.integration.ceremonies.stage import STAFF
from tests.integration.evidence.kit import REASON, RECIPIENT, seal
from tests.integration.web.house import AUDITOR, House

GIVEN = {"recipient": RECIPIENT, "reason": REASON}


def test_an_auditor_takes_the_evidence_from_the_ceremonys_page(house: House) -> None:
    seal(house.stage)
    here = f"/seremoni/{house.stage.ceremony}"
    with house.staff(AUDITOR) as auditor:
        assert f"{here}/bukti" in auditor.page(here).links
        assert {form.action for form in auditor.page(f"{here}/bukti").forms} >= {f"{here}/bukti"}
        before = house.stage.events()
        answer = auditor.send(f"{here}/bukti", f"{here}/bukti", **GIVEN)
    assert (answer.status_code, answer.headers["content-type"]) == (200, layout.MEDIA_TYPE)
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["cache-control"] == "no-store"
    path = house.stage.settings.data / "bukti.asice"
    path.write_bytes(answer.content)
    assert layout.MINUTES in container.read(path).entries
    assert house.stage.events() == [*before, "bundle.exported"]


def test_a_form_without_a_recipient_comes_back_as_typed(house: House) -> None:
    seal(house.stage)
    here = f"/seremoni/{house.stage.ceremony}/bukti"
    with house.staff(STAFF) as staff:
        before = house.stage.events()
        answer = staff.send(here, here, recipient="", reason=REASON)
        assert answer.status_code == RecipientMissing.status
        assert f'value="{REASON}"' in answer.text
        assert staff.post(here, GIVEN).status_code == 403
        assert house.stage.events() == before


def test_before_the_seal_there_is_nothing_to_take(house: House) -> None:
    house.stage.open()
    here = f"/seremoni/{house.stage.ceremony}"
    with house.staff(STAFF) as staff:
        assert f"{here}/bukti" not in staff.page(here).links
        answer = staff.get(f"{here}/bukti")
        assert (answer.status_code, NotSealedYet.code in answer.text) == (409, True)
        answer = staff.post(f"{here}/bukti", {**GIVEN, "csrf_token": staff.token(here)})
        assert (answer.status_code, NotSealedYet.code in answer.text) == (409, True)


def test_nobody_else_takes_it(house: House) -> None:
    seal(house.stage)
    here = f"/seremoni/{house.stage.ceremony}/bukti"
    head = house.stage.person_of(house.stage.documents()[0])
    before = house.stage.events()
    with house.browser() as nobody, house.guest(head) as guest:
        for other in (nobody, guest):
            assert other.get(here).status_code == 303
            assert other.post(here, {**GIVEN, "csrf_token": other.token()}).status_code == 401
    assert "bundle.exported" not in house.stage.events()[len(before) :]


def test_a_recipients_name_is_shown_as_words(house: House) -> None:
    seal(house.stage)
    here = f"/seremoni/{house.stage.ceremony}/bukti"
    with house.staff(STAFF) as staff:
        answer = staff.send(here, here, recipient='"><script>x</script>', reason="")
    assert "<script>x" not in answer.text
    assert Page(here, 422, answer.text).form(here) is not None
