"""Verdicts that are remembered: the same answer in no time, never a stale or an unlucky one."""

import hashlib
from collections.abc import Iterator

import pytest

from backend.verification.knowledge import LogKnowledge
from backend.verification.reader import Verifier
from backend.verification.report import Report
from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import LATER, World


@pytest.fixture
def verifier(world: World) -> Iterator[Verifier]:
    made = Verifier(world.anchors, processes=1)
    yield made
    made.close()


def test_the_second_check_is_the_first_one_and_says_when_it_was_made(world: World, verifier: Verifier) -> None:
    first = verifier.check(world.files["archived"])
    again = verifier.check(world.files["archived"])
    assert again is first
    assert verifier.check(world.files["archived"], fresh=True).checked_at > first.checked_at


def test_another_file_another_log_and_another_moment_are_checked_anew(world: World, verifier: Verifier) -> None:
    pdf = world.files["archived"]
    first = verifier.check(pdf)
    assert verifier.check(pdf + b"\n").sha256 != first.sha256
    assert verifier.check(pdf, LogKnowledge(recorded=True)).known_to_log is True
    stranger = verifier.check(pdf, LogKnowledge(recorded=True, expected={}))
    assert stranger.reasons == (Reason.SIGNER_UNEXPECTED,)
    assert verifier.check(pdf, LogKnowledge(recorded=True)).verdict is not Verdict.FAILED
    assert verifier.check(pdf, at=first.checked_at) is not first


def test_a_limit_reached_on_a_busy_machine_is_not_remembered(
    world: World, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_verifier: Verifier, pdf: bytes, *_: object) -> Report:
        return Report(
            sha256=hashlib.sha256(pdf).hexdigest(),
            verdict=Verdict.UNREADABLE,
            checked_at=LATER,
            reasons=(Reason.LIMIT_REACHED,),
        )

    with monkeypatch.context() as patch:
        patch.setattr(Verifier, "_read", busy)
        assert verifier.check(world.files["archived"]).verdict is Verdict.UNREADABLE
    assert verifier.check(world.files["archived"]).verdict is not Verdict.UNREADABLE


def test_what_is_not_to_be_remembered_is_not(world: World) -> None:
    forgetful = Verifier(world.anchors, processes=1, remembered=0)
    try:
        assert forgetful.check(world.files["plain"]) is not forgetful.check(world.files["plain"])
    finally:
        forgetful.close()
