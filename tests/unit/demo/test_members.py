"""The demo's list of members names real regions, and says of every one how sure its place on the list is."""

import csv
from collections import Counter
from pathlib import Path

from backend.regions.region import by_code

MEMBERS = Path(__file__).parents[3] / "demo" / "members.csv"


def _members() -> list[dict[str, str]]:
    with MEMBERS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_members_are_48_regions_with_an_elected_head() -> None:
    codes = [row["code"] for row in _members()]
    assert len(set(codes)) == len(codes) == 48
    assert not any(by_code(code).administrative for code in codes)


def test_every_member_bears_the_name_of_its_code() -> None:
    assert all(by_code(row["code"]).full_name == row["full_name"] for row in _members())


def test_ten_areas_and_the_new_capital_are_there() -> None:
    areas = {row["area"] for row in _members()}
    assert len(areas) == 11
    assert {"IKN", "Tanjung Kelayang"} <= areas


def test_the_list_says_which_members_were_chosen_and_why() -> None:
    sure = Counter(row["certainty"] for row in _members())
    assert sure == {"certain": 9, "strong": 12, "probable": 17, "chosen": 10}
    assert all(row["source"] for row in _members())
