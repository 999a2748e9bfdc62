"""Days, hours and numbers for people: with their zone, in the visitor's language."""

from datetime import UTC, datetime

import pytest

from backend.templating import moments

AT = datetime(2021, 5, 20, 3, 42, 8, tzinfo=UTC)
LATE = datetime(2021, 5, 19, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("WIB", "10.42.08 WIB"),
        ("Asia/Jakarta", "10.42.08 WIB"),
        ("WITA", "11.42.08 WITA"),
        ("Asia/Jayapura", "12.42.08 WIT"),
    ],
)
def test_an_hour_names_its_zone(zone: str, told: str) -> None:
    assert moments.time("id", AT, zone) == told


def test_a_date_is_the_date_there() -> None:
    assert moments.date("id", LATE, "WIB") == "Kamis, 20 Mei 2021"
    assert moments.date("en", AT, "WIB") == "Thursday, 20 May 2021"
    assert moments.moment("id", AT, "WIB") == "20 Mei 2021, 10.42.08 WIB"
    assert moments.clock("en", AT, "WIT") == "12:42 WIT"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        moments.time("id", AT.replace(tzinfo=None), "WIB")


def test_numbers_follow_the_language() -> None:
    assert moments.number("id", 1204) == "1.204"
    assert moments.number("en", 1204) == "1,204"


@pytest.mark.parametrize(("size", "told"), [(1, "1 KB"), (56_200, "56 KB"), (999_499, "999 KB"), (3_140_000, "3,1 MB")])
def test_sizes_are_short(size: int, told: str) -> None:
    assert moments.kilobytes("id", size) == told


def test_the_machine_readable_form_keeps_the_offset() -> None:
    assert moments.iso(AT) == "2021-05-20T03:42:08+00:00"
