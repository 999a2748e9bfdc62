"""A ceremony in which everybody does what is expected: from the file to minutes that anybody can check."""

import json
from pathlib import Path

import pytest

from demo.browser import Browser
from demo.ceremony import Ceremony
from tests.functional.stage import Stage, quiet, text_of

REGIONS = 3
SIGNATURES = ["seal", "signature", "signature", "timestamp"]


@pytest.fixture(scope="module")
def sealed(stage: Stage) -> Ceremony:
    """Return a ceremony of three regions that went all the way."""
    ceremony = stage.open(REGIONS)
    ceremony.heads_sign(quiet(REGIONS))
    ceremony.witnesses_attest(quiet(REGIONS))
    ceremony.official_signs(quiet(REGIONS))
    ceremony.whole_is_witnessed(quiet(1))
    ceremony.press("tutup")
    ceremony.archive(quiet(REGIONS))
    ceremony.seal(quiet(1))
    ceremony.letters_are_out(quiet(1))
    return ceremony


def test_every_document_and_the_minutes_verify_without_a_server(stage: Stage, sealed: Ceremony, tmp_path: Path) -> None:
    files = sealed.collect(quiet(REGIONS), tmp_path / "documents")
    minutes = tmp_path / "berita-acara.pdf"
    minutes.write_bytes(sealed.minutes())
    root = stage.deployment.data / "keys" / "testpki" / "root.pem"
    done = stage.deployment.command("verify", "--json", "--trust", str(root), *map(str, [*files, minutes]))
    judged = json.loads(done.stdout)
    assert done.returncode == 0
    assert [entry["verdict"] for entry in judged] == ["passed"] * (REGIONS + 1)
    for entry in judged[:REGIONS]:
        assert [signature["kind"] for signature in entry["signatures"]] == SIGNATURES
        assert {signature["level"] for signature in entry["signatures"][:3]} == {"B-LTA"}
        assert {signature["anchor_class"] for signature in entry["signatures"]} == {"test"}


def test_without_the_test_root_nothing_passes(stage: Stage, sealed: Ceremony, tmp_path: Path) -> None:
    files = sealed.collect(quiet(REGIONS), tmp_path / "documents")
    done = stage.deployment.command("verify", "--json", *map(str, files))
    assert done.returncode == 2
    assert {entry["verdict"] for entry in json.loads(done.stdout)} == {"indeterminate"}


def test_the_log_can_be_derived_again_and_tells_each_step_once(stage: Stage, sealed: Ceremony) -> None:
    done = stage.deployment.command("log", "verify")
    assert done.returncode == 0, done.stdout
    assert stage.logged(sealed, "minutes.sealed", 1)
    counted = stage.counted(sealed)
    once = {"ceremony.created", "ceremony.opened", "ceremony.closed", "minutes.requested", "minutes.sealed"}
    each = {"document.frozen", "document.completed", "document.archived"}
    assert {kind: counted[kind] for kind in once} == dict.fromkeys(once, 1)
    assert {kind: counted[kind] for kind in each} == dict.fromkeys(each, REGIONS)
    assert counted["signature.signed"] == counted["consent.given"] == 2 * REGIONS
    assert counted["witness.attested"] == len(sealed.cast.everybody) - REGIONS - 1


def test_no_name_and_no_address_is_in_the_log(stage: Stage, sealed: Ceremony) -> None:
    exported = stage.deployment.run("log", "export")
    names = {signer["name"] for document in sealed.documents() for signer in document["signers"]}
    assert len(names) == REGIONS + 1
    assert [known for known in (*names, *sealed.cast.everybody) if known in exported] == []


def test_the_minutes_tell_that_all_have_signed(sealed: Ceremony) -> None:
    words = text_of(sealed.minutes())
    assert "UJI COBA - TIDAK SAH" in words
    for document in sealed.documents():
        assert str(document["number"]) in words


def test_everybody_gets_his_letters(sealed: Ceremony) -> None:
    for address in sealed.cast.heads.values():
        assert sealed.mailboxes.matching(
            address, "Tanda tangan elektronik pada naskah berikut telah tercatat", patience=0
        )


def test_a_document_on_paper_leads_to_what_was_signed(stage: Stage, sealed: Ceremony) -> None:
    document = sealed.documents()[0]
    with Browser(stage.deployment.base_url) as anybody:
        page = anybody.open(f"/v/{document['code']}")
        assert str(document["number"]) in page.words
        assert page.shows(str(document["sha256"]))


def test_a_page_that_checks_a_file_says_passed_and_never_more(stage: Stage, sealed: Ceremony) -> None:
    pdf = stage.staff.browser.fetch(str(sealed.documents()[0]["pdf_address"]))
    with Browser(stage.deployment.base_url) as anybody:
        anybody.open("/v")
        page = anybody.upload("/v/berkas", "naskah.pdf", pdf)
        assert "Lulus pemeriksaan · UJI COBA, TIDAK SAH" in page.words
        assert "Tercatat dalam rekam jejak" in page.words
        anybody.open("/v")
        changed = anybody.upload("/v/berkas", "naskah.pdf", pdf.replace(b"/Type /Catalog", b"/Type  /Catalog", 1))
        assert "Lulus pemeriksaan" not in changed.words
