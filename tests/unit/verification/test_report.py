"""What is said of a file: its JSON, its headline, the four points; nothing says more than is known."""

import json
from dataclasses import fields as dataclass_fields

import pytest

from backend.languages import catalogue
from backend.verification import points, verdict
from backend.verification.knowledge import LogKnowledge
from backend.verification.points import State, four_points, log_point
from backend.verification.published import OF_A_FILE, OF_A_SIGNATURE
from backend.verification.trust import Anchor, AnchorClass, Anchors
from backend.verification.verdict import (
    NOTES,
    ONLY_STAMPED,
    PASSED_SAID,
    SAID,
    TABLE,
    Note,
    Reason,
    Verdict,
    judge,
    judge_file,
)
from backend.verification.verify import verify
from tests.unit.verification.conftest import LATER, World
from tests.unit.verification.files import plain, prove, stamp

FIRST_KEYS = ["file", "sha256", "verdict", "reasons", "signatures", "empty_fields", "known_to_log"]
FIRST_SIGNATURE_KEYS = ["field", "signer", "issuer", "kind", "intact", "covers", "changes_after", "trusted"]
FIRST_SIGNATURE_KEYS += ["anchor_class", "level", "signed_at", "timestamp_at"]


def _as(world: World, kind: AnchorClass) -> Anchors:
    anchor = world.anchors.anchors[0]
    return Anchors((Anchor(anchor.der, kind, anchor.valid_from, anchor.valid_until),))


def test_the_json_has_exactly_the_published_keys(world: World) -> None:
    published = json.loads(json.dumps(world.check(world.files["archived"]).to_json("naskah.pdf")))
    assert list(published) == list(OF_A_FILE)
    assert [list(one) for one in published["signatures"]] == [list(OF_A_SIGNATURE)] * 4
    assert list(published)[: len(FIRST_KEYS)] == FIRST_KEYS
    assert list(OF_A_SIGNATURE)[: len(FIRST_SIGNATURE_KEYS)] == FIRST_SIGNATURE_KEYS
    assert published["verdict"] == "passed"
    assert published["signatures"][1]["timestamp_at"] == "2026-11-20T03:00:00.000000Z"
    assert published["signatures"][3]["level"] is None
    assert published["known_to_log"] is None


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (AnchorClass.CERTIFIED, "Sah"),
        (AnchorClass.OTHER, "Lulus pemeriksaan"),
        (AnchorClass.TEST, "Lulus pemeriksaan · UJI COBA, TIDAK SAH"),
    ],
)
def test_only_a_certified_root_makes_a_file_sah(world: World, kind: AnchorClass, said: str) -> None:
    assert verify(world.files["archived"], _as(world, kind), LATER).headline == said


def test_the_weakest_anchor_names_the_file() -> None:
    assert verdict.weakest([AnchorClass.CERTIFIED, AnchorClass.TEST]) is AnchorClass.TEST
    assert verdict.weakest([AnchorClass.CERTIFIED, AnchorClass.OTHER]) is AnchorClass.OTHER
    assert verdict.weakest([]) is AnchorClass.OTHER


def test_failed_wins_over_indeterminate_and_both_over_passed() -> None:
    assert judge([Reason.REVOCATION_UNKNOWN, Reason.DIGEST_MISMATCH]) is Verdict.FAILED
    assert judge([Reason.REVOCATION_UNKNOWN]) is Verdict.INDETERMINATE
    assert judge([]) is Verdict.PASSED
    assert judge_file([Verdict.PASSED, Verdict.INDETERMINATE, Verdict.FAILED]) is Verdict.FAILED
    assert judge_file([]) is Verdict.UNSIGNED


def test_every_code_has_its_row_and_every_sentence_its_english() -> None:
    assert set(TABLE) == set(Reason)
    assert set(NOTES) == set(Note)
    english = catalogue("en")
    said = [row.sentence for row in TABLE.values()] + [*NOTES.values(), *SAID.values(), *PASSED_SAID.values()]
    assert [sentence for sentence in [*said, verdict.INCOMPLETE] if sentence not in english] == []


def test_the_four_points_of_a_complete_file_are_ok_in_their_order(world: World) -> None:
    told = four_points(world.check(world.files["archived"]))
    assert [point.title for point in told] == ["Penanda tangan", "Keutuhan", "Stempel waktu", "Daya tahan"]
    assert {point.state for point in told} == {State.OK}
    assert "Rr. Contoh Wulandari" in told[0].sentence % told[0].facts


def test_what_is_missing_is_unknown_and_not_bad(world: World) -> None:
    told = four_points(world.check(world.files["basic"]))
    assert [point.state for point in told] == [State.UNKNOWN, State.OK, State.UNKNOWN, State.UNKNOWN]


def test_what_is_wrong_is_bad(world: World) -> None:
    changed = world.files["archived"].replace(b"Nota Kesepakatan 1", b"Nota Kesepakatan 7", 1)
    told = four_points(world.check(changed))
    assert told[1].state is State.BAD
    assert told[0].state is State.UNKNOWN


def test_an_unsigned_file_has_no_points(world: World) -> None:
    assert four_points(world.check(world.files["plain"])) == ()


def test_the_log_is_a_point_of_its_own(world: World) -> None:
    pdf = world.files["archived"]
    assert log_point(world.check(pdf)) is None
    recorded = log_point(world.check(pdf, known=LogKnowledge(recorded=True)))
    assert recorded
    assert recorded.state is State.OK
    unknown = log_point(world.check(pdf, known=LogKnowledge(recorded=False)))
    assert unknown
    assert unknown.state is State.UNKNOWN


def test_every_sentence_of_the_points_has_its_english(world: World) -> None:
    english = catalogue("en")
    files = [world.files[key] for key in ("archived", "basic", "approved proven", "twice")]
    files += [world.files["archived"] + b"x", world.files["archived"].replace(b"Kesepakatan 1", b"Kesepakatan 7", 1)]
    told = [point for pdf in files for point in four_points(world.check(pdf))]
    told += [point for known in (True, False) if (point := log_point(world.check(files[0], known=LogKnowledge(known))))]
    assert [text for point in told for text in (point.title, point.sentence) if text not in english] == []
    assert dataclass_fields(points.Point)


def test_a_file_with_nothing_but_timestamps_is_not_called_valid(world: World) -> None:
    report = world.check(prove(stamp(plain(()), world.pki.tsa), world.pki, ()))
    assert [found.kind for found in report.signatures] == ["timestamp"]
    assert report.headline == ONLY_STAMPED
