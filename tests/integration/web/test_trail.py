"""The rekam jejak as people read it: by query, with proofs that anybody can check; receipts for whoever acted."""

import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from backend.audit import browsing, merkle
from backend.audit.browsing import Wanted
from backend.audit.events import DocumentDrafted, Event
from backend.audit.policy import Policy
from backend.audit.proof import InvalidProof, TlogProof
from backend.people.person import Person
from tests.integration.ceremonies.stage import STAFF, Stage
from tests.integration.web.house import AUDITOR, Browser, House


def newest(stage: Stage, kind: type[Event]) -> UUID:
    """Return the id of the ceremony's newest event of a kind."""
    with stage.tools.database.reading() as session:
        found = browsing.newest_of(session, Wanted(ceremony=stage.ceremony), [kind.TYPE])
    assert found is not None
    return found


def check(proof: httpx.Response, leaf: httpx.Response, policy: str) -> int:
    """Check a leaf and its proof as a stranger would; return its place. Raises InvalidProof."""
    read = TlogProof.from_text(proof.text)
    read.verify(merkle.leaf_hash(leaf.content), Policy.from_text(policy))
    return read.index


def test_a_receipt_is_checked_with_what_the_page_hands_out(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    with house.guest(house.stage.person_of(document)) as guest, house.browser() as nobody:
        assert guest.sign(document).status_code == 303
        done = f"/t/naskah/{document.id}/selesai"
        waiting = guest.get(done)
        assert waiting.headers["refresh"] == "4", "the page looks again by itself, without script"
        assert "tlog-proof" not in waiting.text
        house.stage.tools.bench.sequence()
        page = guest.get(done)
        assert "refresh" not in page.headers
        links = [link for link in guest.page(done).links if link.startswith("/tanda-terima/")]
        leaf, proof = (guest.get(link) for link in sorted(links))
        policy = nobody.get("/log/kebijakan").text
        assert json.loads(leaf.content)["type"] == "prasasti.signature.signed.v1"
        assert check(proof, leaf, policy) >= 0
        changed = httpx.Response(200, content=leaf.content.replace(b"signature.signed", b"signature.failed"))
        with pytest.raises(InvalidProof):
            check(proof, changed, policy)
        assert [nobody.get(link).status_code for link in links] == [401, 401]
    with house.guest(house.stage.witness(document), root="/s") as other:
        assert [other.get(link).status_code for link in links] == [404, 404]


@pytest.mark.parametrize("way", ["tolak", "perbaikan"])
def test_who_does_not_sign_gets_a_receipt_too(house: House, way: str) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    path = f"/t/naskah/{document.id}"
    with house.guest(house.stage.person_of(document)) as guest:
        assert guest.send(f"{path}/{way}", f"{path}/{way}", reason="Nomor rekaan keliru").status_code == 303
        house.stage.tools.bench.sequence()
        links = [link for link in guest.page(f"{path}/setuju").links if link.endswith(".tlog-proof")]
        assert guest.get(links[0]).text.startswith("c2sp.org/tlog-proof@v1")


def test_a_witness_gets_a_receipt(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    house.stage.sign(document)
    with house.guest(house.stage.witness(document), root="/s") as witness:
        page = "/s/kesaksian"
        assert witness.send(page, page, attest_present="yes", attest_free="yes").status_code == 303
        house.stage.tools.bench.sequence()
        links = sorted(link for link in witness.page(page).links if link.startswith("/tanda-terima/"))
        assert json.loads(witness.get(links[0]).content)["type"] == "prasasti.witness.attested.v1"


def test_a_receipt_goes_with_the_letter(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    house.stage.sign(document)
    house.stage.work()
    letter = next(m for m in reversed(house.stage.postman.taken) if "Tanda terima" in str(m["Subject"]))
    files = {str(part.get_filename()): part.get_payload(decode=True) for part in letter.iter_attachments()}
    leaf = next(content for name, content in files.items() if name.endswith(".json"))
    proof = next(content for name, content in files.items() if name.endswith(".tlog-proof"))
    assert isinstance(leaf, bytes)
    assert isinstance(proof, bytes)
    TlogProof.from_text(proof.decode()).verify(merkle.leaf_hash(leaf), house.stage.tools.policy())
    assert letter["Content-Language"] == "id"


def test_an_event_tells_its_bytes_its_proof_and_what_is_personal(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    head = house.stage.person_of(document)
    event = newest(house.stage, DocumentDrafted)
    with house.staff(AUDITOR) as auditor:
        page = f"/jejak/{event}"
        assert "menunggu nomor" in auditor.get(page).text
        assert auditor.get(f"{page}/butir.tlog-proof").status_code == 404
        house.stage.tools.bench.sequence()
        text = auditor.get(page).text
        assert "tercakup titik periksa" in text
        assert "UTC)" in text
        leaf, proof = auditor.get(f"{page}/butir.json"), auditor.get(f"{page}/butir.tlog-proof")
        assert check(proof, leaf, auditor.get("/log/kebijakan").text) >= 0
    assert [word for word in (head.name, head.email) if word not in text] == [], "staff see what is personal"
    assert [word for word in (head.name, head.email) if word in leaf.text] == [], "the leaf does not hold it"


def listed(browser: Browser, address: str) -> list[str]:
    """Return the titles of the events on a page."""
    text = browser.get(address).text
    return [part.split("</b>")[0] for part in text.split("<td><b>")[1:]]


def test_the_filter_finds_by_kind_region_role_outcome_and_time(house: House) -> None:
    house.stage.open(2)
    first, _second = house.stage.documents()
    house.stage.sign(first)
    here = f"/seremoni/{house.stage.ceremony}/jejak"
    past = (house.stage.tools.now() - timedelta(days=400)).strftime("%Y-%m-%dT%H:%M")
    with house.staff(STAFF) as staff:
        assert listed(staff, f"{here}?kind=signature") == ["Naskah ditandatangani"]
        assert set(listed(staff, f"{here}?role=signer")) == {
            "Sertifikat penanda tangan dicatat",
            "Tautan dibuka",
            "Identitas diperiksa",
            "Persetujuan dinyatakan",
            "Naskah ditandatangani",
        }
        frozen = [title for title in listed(staff, f"{here}?region={first.region}") if "dibekukan" in title]
        assert len(frozen) == 1
        assert listed(staff, f"{here}?outcome=denied") == []
        assert listed(staff, f"{here}?until={past}") == []
        assert len(listed(staff, f"{here}?since={past}")) > 10
        assert listed(staff, f"{here}?order=terbaru")[0] == "Naskah ditandatangani"
        assert listed(staff, f"{here}?since=kemarin&kind=x&role=%27&outcome=x") == listed(staff, here)


def test_the_whole_log_tells_log_ins_and_the_installation(house: House) -> None:
    with house.staff(AUDITOR) as auditor:
        assert "Petugas masuk" in listed(auditor, "/jejak?order=terbaru")
        first = listed(auditor, "/jejak")
    assert first[:3] == ["Rekam jejak dibuka", "Skema basis data dimutakhirkan", "Kunci didaftarkan"]


def test_the_log_leaves_with_personal_values_only_on_the_record(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    head = house.stage.person_of(document)
    house.stage.tools.bench.sequence()
    here = f"/seremoni/{house.stage.ceremony}"
    with house.staff(AUDITOR) as auditor:
        before = house.stage.events().count("log.read")
        plain = auditor.get(f"{here}/jejak.jsonl")
        assert head.name not in plain.text
        assert house.stage.events().count("log.read") == before
        taken = auditor.send(f"{here}/jejak/serah", f"{here}/jejak/serah")
        assert house.stage.events().count("log.read") == before + 1
    with zipfile.ZipFile(io.BytesIO(taken.content)) as packed:
        assert packed.read("events.jsonl") == plain.content
        numbers = packed.read("events.idx").decode().split()
        assert len(numbers) == len(plain.text.splitlines())
        disclosed = [json.loads(line) for line in packed.read("disclosures.jsonl").decode().splitlines()]
    assert {one["event"] for one in disclosed} <= {json.loads(line)["id"] for line in plain.text.splitlines()}
    assert disclosed


def test_the_public_page_names_nobody(house: House) -> None:
    house.stage.open()
    house.stage.tools.bench.sequence()
    (document,) = house.stage.documents()
    people: list[Person] = [house.stage.person_of(document), house.stage.witness(document)]
    with house.browser() as nobody:
        pages = [nobody.get(path) for path in ("/log", "/log/titik-periksa", "/log/kunci", "/log/kebijakan")]
        assert [page.status_code for page in pages] == [200] * 4
        assert nobody.get("/log/titik-periksa/999999").status_code == 404
        told = "".join(page.text for page in pages)
    secret = [word for who in people for word in (who.name, who.email, who.pseudonym, who.office)]
    assert [word for word in (*secret, str(house.stage.ceremony), document.number) if word in told] == []


def test_the_letter_of_a_complete_document_brings_the_proof_again(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    house.stage.complete(document)
    house.stage.work()
    letter = next(m for m in reversed(house.stage.postman.taken) if "Naskah telah lengkap" in str(m["Subject"]))
    names = [str(part.get_filename()) for part in letter.iter_attachments()]
    assert [name.rpartition(".")[2] for name in names] == ["json", "tlog-proof"]
