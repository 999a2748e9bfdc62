"""Names of events are written into the log for ever: `event_names.txt` may grow, nothing in it may change or go."""

import re
from pathlib import Path

import pytest

from backend.audit.events import Event, kinds
from backend.languages import catalogue

FROZEN = Path(__file__).with_name("event_names.txt").read_text(encoding="utf-8").split()


def test_the_names_of_events_are_the_frozen_ones() -> None:
    assert sorted(kind.TYPE for kind in kinds()) == sorted(FROZEN)


def test_a_name_is_used_once_and_has_the_common_form() -> None:
    assert len(set(FROZEN)) == len(FROZEN)
    assert [name for name in FROZEN if not re.fullmatch(r"prasasti\.[a-z]+\.[a-z_]+\.v\d+", name)] == []


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_an_event_is_told_in_both_languages(kind: type[Event]) -> None:
    assert kind.TOLD
    assert kind.TOLD in catalogue("en"), f"no English for: {kind.TOLD}"
