"""A checked file's result: reports to take along, pages beside the archived ones, and memory with a bound."""

import io
import json
import time
from datetime import timedelta
from threading import Thread
from typing import Any
from xml.etree.ElementTree import fromstring

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from backend.ceremonies.document import Document
from backend.ceremonies.queries import tracing
from backend.ceremonies.queries.tracing import Relation
from backend.verification.report import Report
from backend.verification.verdict import Verdict
from backend.web import quota
from backend.web.checking import RESULTS
from backend.web.results import LIFE, Result, Results
from tests import authority
from tests.fakes import Clock
from tests.integration.web.house import Browser, House


@pytest.fixture(autouse=True)
def fresh_quota() -> None:
    quota._limiter.storage.reset()


@pytest.fixture
def completed(house: House) -> tuple[House, Document, bytes, bytes]:
    """Return a completed document with its first revision and its newest bytes."""
    house.stage.open()
    (document,) = house.stage.documents()
    house.stage.complete(document)
    document = house.stage.again(document)
    assert document.current is not None
    vault = house.stage.tools.vault
    return house, document, vault.get(document.revisions[0].sha256), vault.get(document.current.sha256)


def result_of(browser: Browser, pdf: bytes, name: str = "naskah.pdf") -> str:
    """Upload a file and return the address of its result."""
    token = {"csrf_token": browser.token("/v")}
    answer = browser.client.post("/v/berkas", data=token, files={"file": (name, pdf)})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def changed(pdf: bytes) -> bytes:
    """Return a file that begins with `pdf` and shows something else on its page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    stream = generic.StreamObject(stream_data=b"BT /F1 14 Tf 72 700 Td (DIUBAH) Tj ET")
    page.get_object()["/Contents"] = writer.add_object(stream)
    writer.mark_update(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_json_xml_and_pdf_tell_of_the_same_file(completed: tuple[House, Document, bytes, bytes]) -> None:
    house, _, _, pdf = completed
    with house.browser() as nobody:
        address = result_of(nobody, pdf, "na\u202eskah <b>.pdf")
        told = nobody.get(f"{address}.json").json()
        xml = nobody.get(f"{address}.xml")
        paper = nobody.get(f"{address}.pdf")
    assert xml.headers["content-type"] == "application/xml"
    assert fromstring(xml.content).tag.endswith("ValidationReport")  # noqa: S314  because it is our own XML
    assert paper.headers["content-disposition"].startswith("attachment")
    with pikepdf.open(io.BytesIO(paper.content)) as report:
        attached = {name: file.get_file().read_bytes() for name, file in report.attachments.items()}
        title = str(report.docinfo.Title)
    assert json.loads(attached["laporan.json"]) == told
    assert attached["laporan.xml"] == xml.content
    assert "na<U+202E>skah <b>.pdf" in title


def test_the_printed_report_speaks_the_visitors_language_and_is_made_once(
    completed: tuple[House, Document, bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, _, _, pdf = completed
    with house.browser() as nobody:
        address = result_of(nobody, pdf)
        indonesian = nobody.get(f"{address}.pdf").content
        nobody.send("/v", "/bahasa", language="en", return_to="/v")
        english = nobody.get(f"{address}.pdf").content
        monkeypatch.setattr(house.site.printer, "run", lambda _task: pytest.fail("printed again"))
        assert nobody.get(f"{address}.pdf").content == english
    titles = []
    for paper in (indonesian, english):
        with pikepdf.open(io.BytesIO(paper)) as report:
            titles.append((str(report.Root.Lang)[:2], str(report.docinfo.Title)))
    assert [language for language, _ in titles] == ["id", "en"]
    assert titles[0][1] != titles[1][1]


def test_a_changed_file_is_shown_beside_the_archived_one(completed: tuple[House, Document, bytes, bytes]) -> None:
    house, document, _, pdf = completed
    with house.browser() as nobody:
        address = result_of(nobody, changed(pdf))
        assert document.number in nobody.get(address).text
        page = nobody.get(f"{address}/halaman").text
        assert "ditambahi di luar seremoni" in page
        assert "Halaman yang berbeda: 1." in page
        pictures = [nobody.get(f"{address}/halaman/{side}/1.webp") for side in ("arsip", "berkas")]
        assert {one.headers["content-type"] for one in pictures} == {"image/webp"}
        assert pictures[0].content != pictures[1].content
        for wrong in ("arsip/2", "berkas/0", "lain/1"):
            assert nobody.get(f"{address}/halaman/{wrong}.webp").status_code in {404, 422}
        assert RESULTS.upload(address.rsplit("/", 1)[-1]) == b"", "the upload is let go once it is drawn"


def test_revisions_are_known_by_their_bytes_and_copies_by_their_code(
    completed: tuple[House, Document, bytes, bytes],
) -> None:
    house, document, first, pdf = completed
    copy = authority.document(words=f"Kode {(document.code or '').upper()}")
    other = authority.document(words=f"Nomor {document.number}")
    with house.browser() as nobody:
        told = {}
        for name, file in (("same", pdf), ("earlier", first), ("copy", copy), ("number", other)):
            told[name] = nobody.get(f"{result_of(nobody, file)}/halaman").text
    assert "bita demi bita" in told["same"]
    assert "revisi terdahulu" in told["earlier"]
    assert "bukan bukti" in told["copy"]
    assert document.number in told["copy"]
    assert "Tidak ada naskah tersimpan" in told["number"], "a number can be guessed and shows nobody our pages"


def test_a_document_that_is_not_complete_is_shown_to_nobody(house: House) -> None:
    house.stage.open()
    (document,) = house.stage.documents()
    assert document.current is not None
    pdf = house.stage.tools.vault.get(document.current.sha256)
    assert tracing.by_bytes(house.stage.tools, pdf) is None
    assert tracing.by_code(house.stage.tools, document.code or "", pdf) is None


def test_who_may_sign_is_known_of_a_file_that_grew_from_ours(completed: tuple[House, Document, bytes, bytes]) -> None:
    house, document, first, pdf = completed
    tools = house.stage.tools
    grown = tracing.expectations(tools, first + b"1 0 obj null endobj\n%%EOF\n")
    assert grown is not None
    assert grown.recorded is False
    assert {slot.field for slot in document.slots} <= set(grown.expected or {})
    assert tracing.expectations(tools, b"%PDF-1.7\n%%EOF\n") is None
    found = tracing.by_bytes(tools, pdf + b"%%EOF" * 500)
    assert found is not None
    assert found.relation is Relation.EXTENDED


def of(name: str, at: Any) -> Result:
    return Result(name, 1, Report(sha256="", verdict=Verdict.UNSIGNED, checked_at=at), None, at)


def test_a_recorded_file_is_told_its_place_under_the_signed_log(
    completed: tuple[House, Document, bytes, bytes],
) -> None:
    house, document, _, pdf = completed
    with house.browser() as nobody:
        assert "Butir" not in nobody.get(result_of(nobody, pdf)).text
        house.stage.tools.bench.sequence()
        said = nobody.get(result_of(nobody, pdf)).text
    assert document.current is not None
    place = tracing.place_in_log(house.stage.tools, document.current.sha256)
    assert place is not None
    assert f"Butir {place[0]} dari {place[1]}." in said
    leaf = house.stage.rows(
        f"SELECT body FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id WHERE seq = {place[0] - 1}"
    )
    assert document.current.sha256.encode() in leaf[0][0]


def test_what_is_large_has_a_bound_and_the_oldest_goes_first(house: House) -> None:
    now = house.stage.tools.now()
    results = Results(most_bytes=1000)
    first, second = results.keep(of("a", now), b"x" * 600), results.keep(of("b", now), b"y" * 600)
    assert results.upload(first) == b""
    assert len(results.upload(second)) == 600
    made = [results.make(second, "pages", lambda: ("pages", 300), last=True) for _ in range(2)]
    assert made == ["pages", "pages"]
    assert results.upload(second) == b""
    assert results.find(first, now) is not None
    assert results.find(first, now + LIFE) is None
    assert results.find(second, now + LIFE - timedelta(seconds=1)) is None, "swept away with the first"


def test_the_same_thing_is_made_once_for_many_visitors(house: House) -> None:
    results, calls = Results(), []

    def slow() -> tuple[int, int]:
        calls.append(1)
        time.sleep(0.05)
        return len(calls), 1

    identifier = results.keep(of("a", house.stage.tools.now()))
    threads = [Thread(target=results.make, args=(identifier, "pages", slow)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    with pytest.raises(KeyError):
        results.make("tidak ada", "pages", slow)


def test_a_result_that_is_over_has_no_pages_and_no_reports(house: House) -> None:
    clock = Clock(house.stage.tools.now())
    with house.at(clock), house.browser() as nobody:
        address = result_of(nobody, b"%PDF-1.7 rekaan")
        clock.at += LIFE
        for ending in ("", ".json", ".xml", ".pdf", "/halaman", "/halaman/arsip/1.webp"):
            assert nobody.get(f"{address}{ending}").status_code == 404
