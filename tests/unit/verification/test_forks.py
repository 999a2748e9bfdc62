"""A file that begins with a recorded revision and goes on in its own way: its signers are held against the log's."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from backend.verification import keys
from backend.verification.knowledge import LogKnowledge, beginnings, from_export
from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import FIELDS, Signing, archived, sign

DOCUMENT = "ceremony/1/document/2"


def _event(kind: str, pdf: bytes, **more: str) -> str:
    data = {"object": {"kind": "pdf", "sha256": sha256(pdf).hexdigest()}, "x": more}
    return json.dumps({"type": f"prasasti.{kind}.v1", "subject": DOCUMENT, "data": data})


def _export(world: World, folder: Path, *, completed: bool) -> Path:
    """Return an export in which the sealed file was signed by both parties, one after the other."""
    people = {"sealed": world.ministry, "once": world.head, "twice": world.official}
    lines = [
        _event(
            "document.frozen" if name == "sealed" else "signature.signed",
            world.files[name],
            certificate_sha256=keys.sha256(member.certificate),
        )
        for name, member in people.items()
    ]
    if completed:
        lines.append(_event("document.completed", world.files["twice"]))
    path = folder / "log.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def fork(world: World) -> bytes:
    """The sealed file, taken out of the ceremony and signed in both places by one who was to sign only the second."""
    first = sign(world.files["sealed"], world.official, Signing(stamp=world.pki.tsa))
    second = sign(first, world.official, Signing(FIELDS[1], stamp=world.pki.tsa))
    return archived(second, world.pki, (world.ministry, world.official))


@pytest.fixture(scope="module")
def stranger(world: World) -> bytes:
    """The sealed file, signed by somebody whom the issuer knows and the log does not."""
    other = world.pki.person("Contoh Lain")
    first = sign(world.files["sealed"], other, Signing(stamp=world.pki.tsa))
    return archived(first, world.pki, (world.ministry, other))


def test_alone_such_a_file_looks_good(world: World, fork: bytes, stranger: bytes) -> None:
    assert world.check(fork).verdict is Verdict.PASSED
    assert world.check(stranger).verdict is Verdict.PASSED


def test_the_expected_signer_of_each_field_is_asked_for(world: World, fork: bytes) -> None:
    people = {"Segel": world.ministry, FIELDS[0]: world.head, FIELDS[1]: world.official}
    expected = {field: keys.sha256(member.certificate) for field, member in people.items()}
    report = world.check(fork, known=LogKnowledge(recorded=False, expected=expected))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.SIGNER_UNEXPECTED,))
    assert [found.field for found in report.signatures if found.reasons] == [FIELDS[0]]


def test_a_party_not_known_yet_may_be_anybody_but_no_field_may_be_added(world: World, stranger: bytes) -> None:
    expected = {"Segel": keys.sha256(world.ministry.certificate), FIELDS[0]: "", FIELDS[1]: ""}
    open_ = LogKnowledge(recorded=False, expected=expected)
    assert world.check(stranger, known=open_).verdict is Verdict.PASSED
    fewer = LogKnowledge(recorded=False, expected={name: expected[name] for name in ("Segel", FIELDS[1])})
    assert world.check(stranger, known=fewer).reasons == (Reason.SIGNER_UNEXPECTED,)


def test_an_export_of_the_log_finds_the_stranger(world: World, stranger: bytes, tmp_path: Path) -> None:
    known = from_export(_export(world, tmp_path, completed=True))
    report = world.check(stranger, known=known(stranger))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.SIGNER_UNEXPECTED,))
    assert report.known_to_log is False
    for name in ("sealed proven", "archived", "twice"):
        assert Reason.SIGNER_UNEXPECTED not in world.check(world.files[name], known=known(world.files[name])).reasons


def test_an_export_of_a_document_under_way_blames_nobody(world: World, stranger: bytes, tmp_path: Path) -> None:
    known = from_export(_export(world, tmp_path, completed=False))
    assert known(stranger) == LogKnowledge(recorded=False)
    assert known(world.files["once"]) == LogKnowledge(recorded=True)


def test_a_beginning_is_every_revision_with_and_without_its_line_end(world: World) -> None:
    pdf = world.files["archived"]
    found = set(beginnings(pdf))
    for name in ("sealed", "once", "twice", "archived"):
        assert sha256(world.files[name]).hexdigest() in found
        assert sha256(world.files[name].rstrip(b"\n")).hexdigest() in found
    assert len(list(beginnings(b"%%EOF" * 100_000))) <= 128
