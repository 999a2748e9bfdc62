"""Evidence leaves the house only sealed, only for somebody, and never unseen; personal data only as far as allowed."""

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from backend.audit import disclosures
from backend.audit.reader import ceremony_events
from backend.ceremonies.actions import erase, export, staff
from backend.ceremonies.actions.export import EvidenceUnstamped, RecipientMissing
from backend.ceremonies.permissions import NotSealedYet
from backend.clock import now
from backend.documents.refusals import VaultDamaged, VaultMissing
from backend.people.person import Account, AccountRole
from backend.signing.fetch import Fetcher
from backend.signing.timestamps import Timestamps
from backend.verification.bundle import container, layout
from backend.verification.bundle.check import check_bundle
from backend.verification.bundle.examine import examine
from backend.verification.trust import from_files
from backend.verification.verdict import Verdict
from tests.integration.ceremonies.stage import PASSWORD, Stage
from tests.integration.evidence.kit import REASON, RECIPIENT, seal, stamp, take, wrong


def disclosed(data: bytes, folder: Path) -> set[tuple[str, str]]:
    """Return field and value of everything personal in a bundle."""
    path = folder / "bukti.asice"
    path.write_bytes(data)
    lines = container.read(path).contents[layout.DISCLOSURES].splitlines()
    found = [disclosures.read(json.loads(line)["disclosure"]) for line in lines]
    return {(one.field, one.value) for one in found}


def test_the_evidence_of_a_whole_ceremony_holds_with_the_auditors_own_policy(on: Stage, tmp_path: Path) -> None:
    seal(on)
    path = tmp_path / "bukti.asice"
    path.write_bytes(take(on))
    anchors = from_files([on.settings.keys / "testpki" / "root.pem"])
    report = check_bundle(path, on.tools.policy(), anchors)
    assert (report.verdict, report.ceremony) == (Verdict.PASSED, str(on.ceremony)), report.to_json("-")
    assert report.headline == "Lulus pemeriksaan · UJI COBA, TIDAK SAH"
    assert [name for name, _ in report.documents][-1] == layout.MINUTES
    assert {one.known_to_log for _, one in report.documents} == {True}
    assert check_bundle(path, None, anchors).verdict is Verdict.INDETERMINATE


def test_nothing_leaves_before_the_minutes_are_sealed(on: Stage) -> None:
    on.open()
    before = on.events()
    with pytest.raises(NotSealedYet):
        export.export(on.tools, on.account, on.ceremony, RECIPIENT, REASON)
    assert on.events() == before


def test_it_is_told_before_the_first_byte_leaves_and_nobody_is_named_in_the_log(on: Stage) -> None:
    seal(on)
    bundle = export.export(on.tools, on.account, on.ceremony, RECIPIENT, REASON)
    assert on.events()[-1] == "bundle.exported"
    stamp(on)
    with on.tools.database.reading() as session:
        leaf = ceremony_events(session, on.ceremony)[-1]
        told = on.tools.log.disclosed(session, [UUID(json.loads(leaf)["id"])])
    assert json.loads(leaf)["data"]["x"]["size"] == bundle.length
    assert RECIPIENT.encode() not in leaf
    assert {(d.field, d.value) for d in next(iter(told.values()))} == {("recipient", RECIPIENT), ("reason", REASON)}


@pytest.mark.parametrize(("recipient", "reason"), [("", REASON), (RECIPIENT, "  "), ("x" * 201, REASON)])
def test_somebody_must_be_named_and_a_reason_given(on: Stage, recipient: str, reason: str) -> None:
    with pytest.raises(RecipientMissing):
        export.export(on.tools, on.account, on.ceremony, recipient, reason)


def test_an_auditor_hands_out_names_and_offices_an_organiser_also_words_and_nobody_addresses(
    on: Stage, tmp_path: Path
) -> None:
    seal(on)
    auditor: Account = staff.create_account(
        on.tools, "a@contoh.invalid", "Auditor Rekaan", AccountRole.AUDITOR, PASSWORD
    )
    seen = disclosed(take(on, auditor), tmp_path)
    assert {field for field, _ in seen} == {"name", "office"}
    assert "email" not in {field for field, _ in disclosed(take(on), tmp_path)}


def test_erased_values_break_nothing_and_are_told(on: Stage, tmp_path: Path) -> None:
    seal(on)
    who = on.person_of(on.documents()[0])
    erase.erase(on.tools, on.account, who.id, "subject-request", no_duty_to_keep=True)
    stamp(on)
    path = tmp_path / "bukti.asice"
    path.write_bytes(take(on))
    found = examine(path, on.tools.policy(), from_files([on.settings.keys / "testpki" / "root.pem"]), now())
    assert wrong(found) == {}
    assert found.erased == (who.pseudonym,)
    assert "prasasti.document.drafted.v1" in {kind for _, kind, _ in found.gone}
    assert who.name not in {value for _, value in disclosed(path.read_bytes(), tmp_path)}


def test_a_stored_file_that_was_changed_or_lost_makes_no_evidence(on: Stage) -> None:
    seal(on)
    current = on.documents()[0].current
    assert current is not None
    path = on.tools.vault.path(current.sha256)
    good = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(good[:-1] + b"?")
    with pytest.raises(VaultDamaged):
        take(on)
    path.unlink()
    before = on.events()
    with pytest.raises(VaultMissing):
        take(on)
    assert on.events() == before


def test_without_the_timestamp_authority_nothing_leaves_and_nothing_is_told(on: Stage) -> None:
    seal(on)
    before = on.events()
    with Fetcher(budget=0.5) as fetcher:
        alone = replace(on.tools, timestamps=Timestamps("http://127.0.0.1:9/", fetcher))
        with pytest.raises(EvidenceUnstamped):
            export.export(alone, on.account, on.ceremony, RECIPIENT, REASON)
    assert on.events() == before
