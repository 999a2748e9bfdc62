"""Files that other signers made are judged as EU DSS judges them; how they came about: tests/outside/foreign."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from backend.clock import from_text
from backend.verification.report import Report
from backend.verification.trust import from_files
from backend.verification.verdict import Reason, Verdict
from backend.verification.verify import verify

FILES = Path(__file__).parent / "foreign"
EXPECTED: dict[str, Any] = json.loads((FILES / "expected.json").read_text())
AT: datetime = from_text(EXPECTED["at"])
SAME = {"TOTAL_PASSED": Verdict.PASSED, "TOTAL_FAILED": Verdict.FAILED, "INDETERMINATE": Verdict.INDETERMINATE}
# docs/verification-differences.md: unseen by EU DSS, and a signature value with something after it.
UNSEEN, STRICTER = "openpdf-x509", "pdfbox-locked"
PROVEN = [
    name
    for name, fields in EXPECTED["files"].items()
    if any(f["indication"] == "TOTAL_PASSED" for f in fields.values())
]


def _check(name: str, pdf: bytes | None = None) -> Report:
    whole = pdf or (FILES / f"{name}.pdf").read_bytes()
    return verify(whole, from_files([FILES / "root.pem"]), AT)


def _signed(report: Report) -> dict[str, Verdict]:
    return {found.field: found.verdict for found in report.signatures if found.kind != "timestamp"}


@pytest.mark.parametrize("name", sorted({*EXPECTED["files"]} - {UNSEEN, STRICTER}))
def test_each_signature_is_judged_as_eu_dss_judges_it(name: str) -> None:
    theirs = {field: SAME[said["indication"]] for field, said in EXPECTED["files"][name].items()}
    assert _signed(_check(name)) == theirs


@pytest.mark.parametrize("name", sorted({*EXPECTED["files"]} - {UNSEEN, STRICTER}))
def test_what_is_missing_is_named(name: str) -> None:
    for found in _check(name).signatures:
        said = EXPECTED["files"][name].get(found.field, {})
        if said.get("sub") == "CERTIFICATE_CHAIN_GENERAL_FAILURE":
            assert Reason.REVOCATION_UNKNOWN in found.reasons
        if said.get("sub") == "NO_CERTIFICATE_CHAIN_FOUND":
            assert Reason.ISSUER_UNKNOWN in found.reasons


@pytest.mark.parametrize("name", PROVEN)
def test_a_baseline_level_with_its_proofs_is_named_as_eu_dss_names_it(name: str) -> None:
    theirs = {field: said["level"] for field, said in EXPECTED["files"][name].items()}
    for found in _check(name).signatures:
        if "BASELINE" in theirs.get(found.field, ""):
            assert found.level == f"B-{theirs[found.field].rpartition('-')[2]}"


@pytest.mark.parametrize("name", [UNSEEN, "openpdf-sha1-visible", "pdfbox-adbe.pkcs7.sha1", "pdfbox-SHA1"])
def test_sha1_is_too_weak_to_pass_and_no_reason_to_fail(name: str) -> None:
    report = _check(name)
    assert report.verdict is Verdict.INDETERMINATE
    assert Reason.ALGORITHM_WEAK in report.reasons


@pytest.mark.parametrize("name", sorted(EXPECTED["files"]))
def test_a_changed_byte_makes_each_of_them_fail(name: str) -> None:
    pdf = (FILES / f"{name}.pdf").read_bytes()
    place = pdf.index(b"\n%") + 2  # in the comment of the second line, which no reader reads
    changed = _check(name, pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :])
    assert changed.verdict is Verdict.FAILED
    assert {Reason.DIGEST_MISMATCH, Reason.SIGNATURE_INVALID, Reason.BYTERANGE_INVALID} & {*changed.reasons}
