"""One head declines, one asks for a correction, one never opens his link: every place tells it, and none says all."""

import json
from pathlib import Path

import pytest

from demo.browser import Browser
from demo.ceremony import Ceremony
from tests.functional.stage import Stage, heads, quiet, text_of

pytestmark = pytest.mark.needs("thorough")  # a whole ceremony in which much goes wrong: a minute

REGIONS, SIGNED = 6, 3
DECLINED, RETURNED, SILENT = 3, 4, 5
WHY_NOT = "Naskah masih dibahas bersama DPRD contoh."
WHAT_IS_WRONG = "Gelar pada nama belum benar (contoh)."


@pytest.fixture(scope="module")
def ceremony(stage: Stage) -> Ceremony:
    """Return a sealed ceremony of six regions, three of which have signed."""
    ceremony = stage.open(REGIONS)
    addresses = heads(ceremony)
    for address in addresses[:SIGNED]:
        ceremony.head_signs(address)
    for number, way, reason in ((DECLINED, "tolak", WHY_NOT), (RETURNED, "perbaikan", WHAT_IS_WRONG)):
        with ceremony.signatory(addresses[number]) as head:
            head.arrive()
            (document,) = head.documents()
            head.refuse(document, way, reason)
    local = [ceremony.cast.local_witnesses[code] for code in ceremony.cast.heads]
    for witness in (address for addresses in local[:SIGNED] for address in addresses):
        ceremony.witness_attests(witness)
    with ceremony.signatory(ceremony.cast.official) as official:
        official.arrive()
        ready = {str(d["id"]) for d in ceremony.documents() if d["status"] == "in_signing"}
        for document in official.documents():
            page = official.browser.open(f"{document}/setuju")
            if page.form(f"{document}/setuju") is not None:
                official.sign(document, ceremony.passphrases[ceremony.cast.official])
        assert len(ready) == SIGNED + 1
    ceremony.whole_is_witnessed(quiet(1))
    ceremony.press("tutup")
    ceremony.archive(quiet(SIGNED))
    ceremony.seal(quiet(1))
    return ceremony


def test_every_document_keeps_its_own_truth(ceremony: Ceremony) -> None:
    assert ceremony.standing()["documents"] == {"archived": SIGNED, "declined": 1, "returned": 1, "expired": 1}
    statuses = [document["status"] for document in ceremony.documents()]
    assert statuses == ["archived"] * SIGNED + ["declined", "returned", "expired"]


def test_the_minutes_name_what_is_missing(ceremony: Ceremony) -> None:
    words = text_of(ceremony.minutes())
    for document in ceremony.documents():
        assert str(document["number"]) in words
    for told in ("menolak", "perbaikan", "kedaluwarsa"):
        assert told in words.lower()
    assert _nothing_says_all(words)
    assert WHY_NOT not in words


def test_the_dashboard_counts_three(stage: Stage, ceremony: Ceremony) -> None:
    for address in ("/seremoni", f"/seremoni/{ceremony.id}"):
        words = stage.staff.browser.open(address).words
        assert _nothing_says_all(words)
    for told in ("Ditolak", "Dikembalikan untuk diperbaiki", "Kedaluwarsa"):
        assert told in words


def test_a_document_without_all_signatures_is_told_as_incomplete(stage: Stage, ceremony: Ceremony) -> None:
    for document in ceremony.documents()[SIGNED:]:
        pdf = stage.staff.browser.fetch(str(document["pdf_address"]))
        with Browser(stage.deployment.base_url) as anybody:
            code = anybody.open(f"/v/{document['code']}").words
            assert str(document["number"]) not in code
            anybody.open("/v")
            words = anybody.upload("/v/berkas", "naskah.pdf", pdf).words
            assert "Belum lengkap: 0 dari 2 tanda tangan" in words


def test_the_command_tells_the_empty_fields(stage: Stage, ceremony: Ceremony, tmp_path: Path) -> None:
    files = ceremony.collect(quiet(REGIONS), tmp_path / "documents")
    root = stage.deployment.data / "keys" / "testpki" / "root.pem"
    done = stage.deployment.command("verify", "--json", "--trust", str(root), *map(str, files))
    assert [len(entry["empty_fields"]) for entry in json.loads(done.stdout)] == [0] * SIGNED + [2] * 3


def test_the_log_tells_the_same_and_is_sound(stage: Stage, ceremony: Ceremony) -> None:
    assert stage.logged(ceremony, "minutes.sealed", 1)
    counted = stage.counted(ceremony)
    assert counted["document.completed"] == counted["document.archived"] == SIGNED
    assert counted["signature.declined"] == counted["document.returned"] == counted["document.expired"] == 1
    assert counted["signature.signed"] == 2 * SIGNED
    closed = next(e for e in stage.events(ceremony) if e["type"] == "prasasti.ceremony.closed.v1")
    told = {name: closed["data"]["x"][name] for name in ("completed", "expired", "declined", "returned")}
    assert told == {"completed": SIGNED, "expired": 1, "declined": 1, "returned": 1}
    assert stage.deployment.command("log", "verify").returncode == 0


def test_nobody_signs_after_the_end(ceremony: Ceremony) -> None:
    with ceremony.signatory(heads(ceremony)[SILENT]) as late:
        late.arrive()
        (document,) = late.documents()
        page = late.browser.open(f"{document}/setuju")
        assert page.form(f"{document}/setuju") is None
        assert "Seremoni sudah ditutup" in page.words


def _nothing_says_all(words: str) -> bool:
    return not any(claim in words.lower() for claim in ("6 dari 6", "semua daerah", "semua naskah lengkap"))
