"""Rosette and strip: one mark per region, shaped by the hash, without styles."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.templating.drawings import BARS, PETALS, rosette, strip

SEED = "ab" * 32


def petals(svg: str) -> list[str]:
    return re.findall(r'class="p (\w+)"', svg)


@given(st.lists(st.sampled_from(PETALS), max_size=60))
def test_a_petal_for_every_region_and_a_fan_where_they_are_few(states: list[str]) -> None:
    svg = rosette(SEED, states)
    drawn = len(petals(svg)) // max(len(states), 1)
    assert sorted(petals(svg)) == sorted(states * drawn)
    assert drawn == 1 if len(states) >= 20 else len(petals(svg)) >= min(len(states), 1) * 20
    assert "style" not in svg
    ET.fromstring(svg)  # noqa: S314 because it was drawn a line above


def test_unsigned_petals_lie_below_signed_ones() -> None:
    states = ["new"] + ["on", "off"] * 12
    assert petals(rosette(SEED, states)) == ["off"] * 12 + ["on"] * 12 + ["new"]


def test_the_seed_shapes_it_and_the_same_seed_draws_the_same() -> None:
    states = ["on"] * 48
    assert rosette(SEED, states) == rosette(SEED, list(states))
    assert rosette(SEED, states) != rosette("cd" * 32, states)


def test_508_regions_stay_light() -> None:
    svg = rosette(SEED, ["on"] * 508, nest=5)
    assert len(petals(svg)) == 508
    assert len(svg) < 250_000


def test_unknown_states_are_refused() -> None:
    with pytest.raises(ValueError, match="gilded"):
        rosette(SEED, ["gilded"])
    with pytest.raises(ValueError, match="gilded"):
        strip([["gilded"]])


@given(st.lists(st.lists(st.sampled_from(BARS), max_size=9), max_size=9))
def test_a_bar_for_every_region_within_the_frame(groups: list[list[str]]) -> None:
    svg = strip(groups)
    bars = ET.fromstring(svg).findall("rect")  # noqa: S314 because it was drawn a line above
    assert [bar.attrib["class"] for bar in bars] == [f"s-{bar}" for group in groups for bar in group]
    assert all(0 <= float(bar.attrib["x"]) <= 960 - float(bar.attrib["width"]) for bar in bars)
