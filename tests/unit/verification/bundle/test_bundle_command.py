"""The command tells every point, translates it, and ends with a status that a script can trust."""

import io
import json
from pathlib import Path

import pytest

from backend.audit.checkpoint import SigningKey
from backend.audit.policy import Policy
from backend.documents import asic
from backend.languages import catalogue
from backend.verification.bundle import layout
from backend.verification.bundle.command import is_bundle, run_bundle
from backend.verification.bundle.findings import TABLE, TITLES, Code, Point
from backend.verification.trust import Anchors

NOBODY = Anchors()


def hollow(folder: Path) -> Path:
    """Return a container that is one, and holds next to nothing."""
    parts = [asic.part("events.jsonl", b"")]
    manifest = asic.part(layout.MANIFEST, asic.manifest(parts, layout.TIMESTAMP))
    path = folder / "bukti.asice"
    path.write_bytes(b"".join(asic.stream(layout.MEDIA_TYPE, [*parts, manifest])))
    return path


def policy(folder: Path) -> Path:
    """Return the file of an auditor's policy."""
    path = folder / "policy"
    path.write_text(Policy.of(SigningKey.generate("log.contoh.invalid").public, (), 0).to_text(), "utf-8")
    return path


def test_every_point_and_code_has_a_sentence_in_both_languages() -> None:
    english = catalogue("en")
    assert TABLE.keys() == set(Code)
    assert TITLES.keys() == set(Point)
    assert [s for s in (*TITLES.values(), *(row.sentence for row in TABLE.values())) if s not in english] == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_hollow_container_fails_point_by_point(tmp_path: Path, language: str) -> None:
    out = io.StringIO()
    status = run_bundle(hollow(tmp_path), policy=policy(tmp_path), trust=NOBODY, language=language, out=out)
    lines = out.getvalue().splitlines()
    assert (status, len(lines)) == (1, len(Point))  # the whole in front, no documents to tell of
    assert ("Invalid" if language == "en" else "Tidak sah") in lines[0]
    assert any("(file-missing)" in line for line in lines)


def test_json_holds_every_point_with_its_codes(tmp_path: Path) -> None:
    out = io.StringIO()
    run_bundle(hollow(tmp_path), policy=None, trust=NOBODY, json=True, out=out)
    told = json.loads(out.getvalue())
    points = {point["point"]: point for point in told["points"]}
    assert (told["verdict"], points["container"]["verdict"]) == ("failed", "passed")
    assert points["log-signature"]["findings"] == [{"code": "policy-not-given"}]


def test_what_is_no_container_is_unreadable(tmp_path: Path) -> None:
    out, path = io.StringIO(), tmp_path / "bukti\u202e\x1b[2J.asice"
    path.write_bytes(b"PK\3\4")
    assert run_bundle(path, policy=None, trust=NOBODY, out=out) == 4
    assert "not-a-container" in out.getvalue()
    assert "\x1b" not in out.getvalue()
    assert run_bundle(tmp_path / "nowhere.asice", policy=None, trust=NOBODY, out=out) == 4


def test_an_unusable_policy_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"log \xff\n")
    empty = tmp_path / "empty"
    empty.write_text("", "utf-8")
    for wrong in (broken, empty, tmp_path / "nowhere"):
        assert run_bundle(hollow(tmp_path), policy=wrong, trust=NOBODY) == 64
        assert "kebijakan" in capsys.readouterr().err


def test_a_bundle_is_known_by_its_name_or_its_first_bytes(tmp_path: Path) -> None:
    renamed, pdf = tmp_path / "bukti.zip", tmp_path / "a.pdf"
    renamed.write_bytes(hollow(tmp_path).read_bytes())
    pdf.write_bytes(b"%PDF-1.7\n")
    assert [is_bundle(path) for path in (renamed, hollow(tmp_path), pdf, tmp_path)] == [True, True, False, False]
