"""The technical part of a report: every aspect apart, ok only where it was looked at, each sentence in English too."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.languages import catalogue
from backend.verification.findings import (
    ASIDE,
    CLASSES,
    KINDS,
    NOT_REACHED,
    REASONS,
    SPOKEN,
    TITLES,
    Aspect,
    Finding,
    findings,
)
from backend.verification.knowledge import LogKnowledge
from backend.verification.points import State
from backend.verification.report import Report
from backend.verification.verdict import Note, Reason
from tests.unit.verification.conftest import World
from tests.unit.verification.pki import NOW

OF_THE_FILE = {Reason.LIMIT_REACHED, Reason.NOT_A_PDF, Reason.ENCRYPTED}


def told(report: Report, number: int = 0) -> dict[Aspect, Finding]:
    return {one.aspect: one for one in findings(report.signatures[number], report)}


def texts(finding: Finding) -> str:
    return " ".join(one.text % one.facts for one in finding.sentences)


def test_all_aspects_of_a_complete_file_stand_apart_and_are_ok(world: World) -> None:
    report = world.check(world.files["archived"], known=LogKnowledge(recorded=True))
    found = told(report, 1)
    assert list(found) == list(Aspect)
    assert {one.state for aspect, one in found.items() if aspect is not Aspect.LEVEL} == {State.OK}
    assert found[Aspect.LEVEL].state is None
    assert "Rr. Contoh Wulandari" in texts(found[Aspect.SIGNER])
    assert texts(found[Aspect.CHAIN]).count(" < ") == 2
    assert "tanda tangan lain" in texts(found[Aspect.CHANGES])
    assert texts(found[Aspect.LEVEL]) == "PAdES B-LTA"


def test_whose_clock_it_was_is_always_named(world: World) -> None:
    proven, claimed = told(world.check(world.files["approved"])), told(world.check(world.files["basic"]))
    assert "menurut stempel waktu di dalamnya, jam" in texts(proven[Aspect.TIME])
    assert "pernyataan penanda tangan sendiri" in texts(claimed[Aspect.TIME])
    assert claimed[Aspect.TIME].state is State.UNKNOWN
    assert "Tidak ada jam tepercaya" in texts(claimed[Aspect.TIME])


def test_a_change_is_bad_where_it_is_and_nowhere_else(world: World) -> None:
    changed = world.files["archived"].replace(b"Kesepakatan 1", b"Kesepakatan 7", 1)
    found = told(world.check(changed), 1)
    assert found[Aspect.INTEGRITY].state is State.BAD
    assert "cocok" not in texts(found[Aspect.INTEGRITY])
    assert {found[a].state for a in (Aspect.COVERAGE, Aspect.CHANGES, Aspect.SIGNER)} == {State.OK}


def test_what_no_step_reached_is_never_ok(world: World) -> None:
    report = world.check(world.files["archived"])
    stopped = replace(report.signatures[0], reasons=(Reason.LIMIT_REACHED,))
    found = told(replace(report, signatures=(stopped,)))
    assert {one.state for one in found.values()} == {State.UNKNOWN, None}
    assert found[Aspect.CHANGES].sentences == (NOT_REACHED,)


def test_an_unreadable_signature_tells_only_that(world: World) -> None:
    pdf = world.files["approved"]
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    found = told(world.check(pdf[:start] + b"00" * 40 + pdf[start + 80 :]))
    assert State.OK not in {found[a].state for a in (Aspect.INTEGRITY, Aspect.SIGNER, Aspect.CHAIN, Aspect.REVOCATION)}


def test_a_newest_timestamp_without_proof_is_not_called_proven(world: World) -> None:
    report = world.check(world.files["archived"])
    newest = report.signatures[-1]
    assert Note.NEWEST_UNPROVEN not in newest.notes or told(report, 3)[Aspect.REVOCATION].state is State.UNKNOWN
    unproven = replace(newest, notes=(Note.NEWEST_UNPROVEN,))
    found = told(replace(report, signatures=(unproven,)))[Aspect.REVOCATION]
    assert found.state is State.UNKNOWN
    assert "belum disertai bukti" in texts(found)


def test_every_reason_belongs_to_one_aspect_and_every_note_of_a_signature_too() -> None:
    placed = [reason for reasons in REASONS.values() for reason in reasons]
    assert sorted(placed) == sorted(set(Reason) - OF_THE_FILE)
    assert set(ASIDE) == set(Note) - {Note.MIXED_FORMATS}
    assert list(SPOKEN) == list(TITLES) == list(Aspect)


@pytest.mark.parametrize("known", [None, LogKnowledge(recorded=True), LogKnowledge(recorded=False)])
def test_every_sentence_has_its_english(world: World, known: LogKnowledge | None) -> None:
    english = catalogue("en")
    files = [world.check(pdf, known=known) for pdf in world.files.values()]
    files += [world.check(world.files["archived"] + b"x"), world.check(world.files["basic"], NOW + timedelta(9000))]
    spoken = {
        text
        for report in files
        for found in report.signatures
        for one in findings(found, report)
        for text in (one.title, *(sentence.text for sentence in one.sentences))
    }
    spoken |= {*KINDS.values(), *CLASSES.values(), NOT_REACHED.text}
    assert sorted(text for text in spoken if text not in english) == []
