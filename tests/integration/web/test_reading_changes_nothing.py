"""GET changes nothing and tells the log nothing: mail scanners follow every link (invariant 7)."""

import pytest

from tests.integration.ceremonies.stage import STAFF
from tests.integration.web.house import House
from tests.integration.web.test_headers import PARTS, addresses


@pytest.mark.parametrize("root", ["/t", "/s"])
def test_a_link_that_is_only_looked_at_stays_as_it_was(house: House, root: str) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    who = house.stage.person_of(document) if root == "/t" else house.stage.witness(document)
    before = house.stage.dump()
    with house.browser() as scanner:
        for _ in range(20):
            answer = scanner.get(f"{root}/{house.stage.token(who)}")
            assert answer.status_code == 200
            assert "set-cookie" not in answer.headers
        scanner.client.head(f"{root}/{house.stage.token(who)}")
        scanner.client.options(f"{root}/{house.stage.token(who)}")
    assert house.stage.dump() == before


def test_no_get_changes_anything_whoever_asks(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    head = house.stage.person_of(document)
    assert document.current is not None
    real = {
        PARTS["ceremony_id"]: str(house.stage.ceremony),
        PARTS["document_id"]: str(document.id),
        PARTS["person_id"]: str(head.id),
        PARTS["region"]: document.region,
        PARTS["sha256"]: document.current.sha256,
        PARTS["code"]: document.code,
        PARTS["event_id"]: str(house.stage.rows("SELECT max(id) FROM audit_event")[0][0]),
    }
    paths = [path for method, path in addresses(house) if method == "GET"]
    for invented, known in real.items():
        paths = [path.replace(invented, known) for path in paths]
    with house.staff(STAFF) as staff, house.guest(head) as guest, house.browser() as nobody:
        before, jobs = house.stage.dump(), house.stage.queued()
        answers = [browser.get(path).status_code for browser in (staff, guest, nobody) for path in paths]
        assert house.stage.dump() == before
        assert house.stage.queued() == jobs
    assert answers.count(200) > 20, "pages were really shown"
    assert 500 not in answers


def test_public_checks_tell_the_log_nothing(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    assert document.current is not None
    pdf = house.stage.tools.vault.get(document.current.sha256)
    with house.browser() as nobody:
        before = house.stage.dump()
        token = nobody.token("/v")
        answer = nobody.client.post("/v/berkas", data={"csrf_token": token}, files={"file": ("n.pdf", pdf)})
        assert answer.status_code == 303
        assert nobody.get(answer.headers["location"]).status_code == 200
        assert nobody.client.post("/api/v1/verify", files={"file": ("n.pdf", pdf)}).json()["known_to_log"] is True
        assert nobody.get(f"/v/{document.code}").status_code == 200
        assert nobody.get(f"/api/v1/documents/{document.code}").json() == {"complete": False}
        assert house.stage.dump() == before
