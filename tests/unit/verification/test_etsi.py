"""The XML of ETSI TS 119 102-2: valid by its schema, and saying of each signature what our own report says."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from backend.verification import etsi_terms as terms
from backend.verification.etsi import to_xml
from backend.verification.knowledge import LogKnowledge
from backend.verification.report import Report
from backend.verification.verdict import TABLE, Reason, Verdict
from tests.needs import etsi_schema
from tests.unit.verification.conftest import LATER, World
from tests.unit.verification.pki import NOW

PROGRAM = "Prasasti 0"
NAMES = {"r": terms.REPORT, "d": terms.XML_SIGNATURE}
SCHEMA = "TS119102-2-v141.xsd"
# The schema names its imports by addresses of their publishers; EU DSS ships them under these names.
SHIPPED_AS = {"ts_119612v020201_201601xsd.xsd": "ts_119612v020101_xsd.xsd"}


def tree(report: Report) -> Element:
    return fromstring(to_xml(report, PROGRAM))  # noqa: S314  because it is our own XML


def texts(where: Element, path: str) -> list[str]:
    return [one.text or "" for one in where.findall(path, NAMES)]


def every_kind(world: World) -> dict[str, Report]:
    archived = world.files["archived"]
    reports = {name: world.check(pdf) for name, pdf in world.files.items()}
    reports["trailing"] = world.check(archived + b"x")
    reports["changed"] = world.check(archived.replace(b"Kesepakatan 1", b"Kesepakatan 7", 1))
    reports["no pdf"] = world.check(b"bukan pdf")
    reports["known"] = world.check(archived, known=LogKnowledge(recorded=True, expected={"Pihak1": "00" * 32}))
    reports["late"] = world.check(world.files["basic"], at=NOW + timedelta(days=9000))
    hostile = replace(reports["archived"].signatures[0], signer="<a>&\x00\x1b\ud800]]>", field="\x07")
    reports["hostile"] = replace(reports["archived"], signatures=(hostile,))
    return reports


@lru_cache(maxsize=1)
def schema() -> Callable[[bytes], list[str]]:
    """Return what validates XML by ETSI's schema, read out of EU DSS's archives."""
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415  because lxml has no types and is needed here only

    files: dict[str, bytes] = {}
    for jar in etsi_schema().glob("specs-*.jar"):
        with zipfile.ZipFile(jar) as opened:
            files |= {Path(n).name: opened.read(n) for n in opened.namelist() if n.endswith(".xsd")}

    class Shipped(etree.Resolver):  # type: ignore[misc]  # because lxml has no types
        def resolve(self, url: str, _public: str, context: Any) -> Any:
            name = url.rsplit("/", 1)[-1]
            return self.resolve_string(files.get(SHIPPED_AS.get(name, name), b""), context, base_url=url)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Shipped())
    made = etree.XMLSchema(etree.fromstring(files[SCHEMA], parser))

    def faults(xml: bytes) -> list[str]:
        made.validate(etree.fromstring(xml))
        return [f"{one.line}: {one.message}" for one in made.error_log]

    return faults


@pytest.mark.needs("etsi-schema")
def test_every_report_is_valid_by_the_schema_of_etsi(world: World) -> None:
    faults = schema()
    assert faults(b"<ValidationReport xmlns='%s'/>" % terms.REPORT.encode()) != []
    told = {name: faults(to_xml(report, PROGRAM)) for name, report in every_kind(world).items()}
    assert [(name, found) for name, found in told.items() if found] == []


def test_every_verdict_and_reason_has_its_term() -> None:
    assert set(terms.MAIN) == set(Verdict)
    assert set(terms.SUB) == set(Reason)
    # EN 319 102-1 clause 5.1.3: these belong to TOTAL-FAILED. Our own constraint on signers is the one exception.
    failing = {"FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE", "REVOKED", "EXPIRED"}
    ours = {
        reason for reason, row in TABLE.items() if row.verdict is Verdict.FAILED and terms.SUB[reason] not in failing
    }
    assert ours == {Reason.SIGNER_UNEXPECTED}
    assert not {terms.SUB[reason] for reason, row in TABLE.items() if row.verdict is Verdict.INDETERMINATE} & failing


def test_a_complete_file_passes_and_names_its_times_and_chain(world: World) -> None:
    report = world.check(world.files["archived"])
    root = tree(report)
    told = root.findall("r:SignatureValidationReport", NAMES)
    assert len(told) == 3
    assert (
        texts(root, "r:SignatureValidationReport/r:SignatureValidationStatus/r:MainIndication")
        == [terms.MAIN[Verdict.PASSED]] * 3
    )
    assert texts(told[1], ".//r:POETime") == ["2026-11-20T03:00:00.000000Z"]
    assert texts(told[1], ".//r:Signer") == ["Rr. Contoh Wulandari"]
    known = {one.get("id") for one in root.findall(".//r:ValidationObject", NAMES)}
    referred = {e.get("VOReference") for e in root.iter() if e.get("VOReference")}
    assert referred <= known
    assert len(told[1].findall(".//r:CertificateChain/r:IntermediateCertificate", NAMES)) == 1


def test_a_document_timestamp_is_an_object_with_a_report_of_its_own(world: World) -> None:
    root = tree(world.check(world.files["archived"]))
    (stamp,) = [
        one
        for one in root.findall(".//r:ValidationObject", NAMES)
        if one.findtext("r:ObjectType", "", NAMES) == terms.TIMESTAMP
    ]
    assert texts(stamp, "r:ValidationReport/r:SignatureValidationStatus/r:MainIndication") == [
        terms.PARTIAL[Verdict.PASSED]
    ]
    assert len(root.findall(".//r:DocTimeStamp", NAMES)) == 3


@pytest.mark.parametrize(
    ("name", "main", "sub"),
    [
        ("basic", Verdict.INDETERMINATE, ["TRY_LATER"]),
        ("late", Verdict.INDETERMINATE, ["OUT_OF_BOUNDS_NO_POE", "TRY_LATER"]),
        ("changed", Verdict.FAILED, ["HASH_FAILURE"]),
        ("trailing", Verdict.FAILED, ["FORMAT_FAILURE"]),
    ],
)
def test_a_fault_is_told_in_the_terms_of_etsi(world: World, name: str, main: Verdict, sub: list[str]) -> None:
    status = tree(every_kind(world)[name]).find(".//r:SignatureValidationStatus", NAMES)
    assert status is not None
    assert texts(status, "r:MainIndication") == [terms.MAIN[main]]
    assert texts(status, "r:SubIndication") == [f"urn:etsi:019102:subindication:{one}" for one in sub]


def test_a_signer_the_log_did_not_expect_fails_by_our_own_constraint(world: World) -> None:
    (told, *_) = [
        one
        for one in tree(every_kind(world)["known"]).findall("r:SignatureValidationReport", NAMES)
        if "Pihak1" in texts(one, ".//r:PAdESFieldName")
    ]
    by_constraint = {
        one.findtext("r:ValidationConstraintIdentifier", "", NAMES).rsplit(":", 1)[-1]: texts(
            one, ".//r:MainIndication"
        )
        for one in told.findall(".//r:ValidationConstraint", NAMES)
    }
    assert by_constraint["signer"] == [terms.PARTIAL[Verdict.FAILED]]
    assert by_constraint["integrity"] == by_constraint["log"] == [terms.PARTIAL[Verdict.PASSED]]


def test_a_certificate_used_before_its_time_is_not_called_expired(world: World) -> None:
    found = world.check(world.files["archived"]).signatures[0]
    assert found.certificate_until
    early = replace(found, proven_at=found.certificate_until - timedelta(days=9000))
    late = replace(found, proven_at=found.certificate_until + timedelta(days=9000))
    assert terms.sub_indication(Reason.CERTIFICATE_EXPIRED, early).endswith(":NOT_YET_VALID")
    assert terms.sub_indication(Reason.CERTIFICATE_EXPIRED, late).endswith(":EXPIRED")


def test_what_has_no_signature_or_cannot_be_read_says_so(world: World) -> None:
    reports = every_kind(world)
    for name, main in (("plain", Verdict.UNSIGNED), ("no pdf", Verdict.UNREADABLE)):
        assert texts(tree(reports[name]), ".//r:MainIndication") == [terms.MAIN[main]]


def test_hostile_names_stay_text(world: World) -> None:
    assert texts(tree(every_kind(world)["hostile"]), ".//r:Signer") == ["<a>&\ufffd\ufffd\ufffd]]>"]


def test_nothing_is_claimed_about_who_checked(world: World) -> None:
    root = tree(world.check(world.files["archived"], LATER))
    assert [one.tag.rsplit("}", 1)[-1] for one in root.findall("r:SignatureValidator//*", NAMES)] == [
        "DigitalId",
        "Other",
    ]
    assert root.findall(".//r:SignatureValidationProcess", NAMES) == []
