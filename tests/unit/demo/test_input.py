"""The demo's input, and the example in the documentation of its format, are what the application accepts."""

import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend.ceremonies import intake
from backend.ceremonies.ceremony import Nature
from demo import places, script
from demo.places import FEATURED
from demo.script import Production

DOCUMENTED = Path(__file__).parents[3] / "docs" / "ceremony-file.md"
TODAY = datetime(2026, 5, 20, 7, 30, tzinfo=ZoneInfo("Asia/Jakarta"))


@pytest.mark.parametrize("count", [1, 48, 508])
def test_the_input_of_a_demo_is_accepted(tmp_path: Path, count: int) -> None:
    file, cast = script.write(tmp_path, places.choose(count), Production("Uji coba", "uji", TODAY))
    entry = intake.read(file)
    assert len(entry.regions) == len(cast.heads) == count
    assert entry.nature is Nature.TEST
    assert entry.starts_at.date() == TODAY.date()
    assert len({region.number for region in entry.regions}) == count


def test_nobody_shares_a_mailbox_or_a_name(tmp_path: Path) -> None:
    file, cast = script.write(tmp_path, places.choose(508), Production("Uji coba", "uji", TODAY))
    assert max(Counter(cast.everybody).values()) == 1
    names = [region.head.name for region in intake.read(file).regions]
    assert max(Counter(names).values()) == 1


def test_karanganyar_has_its_three_witnesses_and_others_one(tmp_path: Path) -> None:
    file, _ = script.write(tmp_path, places.choose(48), Production("Uji coba", "uji", TODAY))
    offices = {region.code: [witness.office for witness in region.witnesses] for region in intake.read(file).regions}
    assert [office.removesuffix(" Kabupaten Karanganyar") for office in offices.pop(FEATURED)] == list(
        script.FEATURED_WITNESSES
    )
    assert {len(others) for others in offices.values()} == {1}


def test_a_rehearsal_takes_other_regions_while_there_are_any() -> None:
    taken = places.choose(48)
    rehearsed = places.for_rehearsal(taken, 3)
    assert not {place.code for place in rehearsed} & {place.code for place in taken}
    assert places.for_rehearsal(places.choose(508), 3) == places.choose(508)[:3]


@pytest.mark.parametrize("count", [0, 509])
def test_a_number_of_regions_that_there_are_not_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 508"):
        places.choose(count)


def test_the_documented_example_is_accepted(tmp_path: Path) -> None:
    toml, regions, witnesses = re.findall(r"```(?:toml|csv)\n(.*?)```", DOCUMENTED.read_text("utf-8"), re.DOTALL)
    (tmp_path / "seremoni.toml").write_text(toml, "utf-8")
    (tmp_path / "daerah.csv").write_text(regions, "utf-8")
    (tmp_path / "saksi.csv").write_text(witnesses, "utf-8")
    entry = intake.read(tmp_path / "seremoni.toml")
    assert [region.code for region in entry.regions] == [FEATURED]
    assert len(entry.regions[0].witnesses) == 2


def test_the_documentation_names_every_key_and_column() -> None:
    text = DOCUMENTED.read_text("utf-8")
    named = {*intake.HEAD_KEYS, *intake.REGION_COLUMNS, *intake.WITNESS_COLUMNS, *intake.NATURES}
    assert [name for name in sorted(named) if f"`{name}`" not in text] == []


def test_the_example_file_and_the_documented_one_are_the_same() -> None:
    example = script.EXAMPLE.read_text("utf-8")
    assert example[example.index("[seremoni]") :] in DOCUMENTED.read_text("utf-8")
