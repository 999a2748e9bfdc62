"""The region table says what the Republic looks like: counts, zones and the traps of equal names."""

from collections import Counter

import pytest

from backend.languages import translate
from backend.regions import region

ZONES = {
    "WIB": "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62",
    "WITA": "51 52 53 63 64 65 71 72 73 74 75 76",
    "WIT": "81 82 91 92 93 94 95 96",
}
IANA = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


def test_there_are_416_kabupaten_and_98_kota() -> None:
    counted = Counter(r.kind for r in region.all_regions())
    assert counted == {region.Kind.KABUPATEN: 416, region.Kind.KOTA: 98}


def test_there_are_38_provinces_and_every_region_lies_in_the_one_of_its_code() -> None:
    names = {province.code: province.name for province in region.provinces()}
    assert len(names) == 38
    assert len(set(names.values())) == 38
    assert all(r.code.startswith(r.province_code + ".") for r in region.all_regions())


@pytest.mark.parametrize("label", ZONES)
def test_a_province_keeps_one_time(label: str) -> None:
    expected = set(ZONES[label].split())
    found = {r.province_code for r in region.all_regions() if r.zone_label == label}
    assert found == expected
    assert {r.zone for r in region.all_regions() if r.zone_label == label} == {IANA[label]}


def test_codes_and_full_names_are_unique() -> None:
    regions = region.all_regions()
    assert len({r.code for r in regions}) == 514
    assert len({(r.full_name, r.province) for r in regions}) == 514


def test_26_names_are_borne_by_a_kabupaten_and_a_kota() -> None:
    kota = {r.name for r in region.all_regions() if r.kind is region.Kind.KOTA}
    kabupaten = {r.name for r in region.all_regions() if r.kind is region.Kind.KABUPATEN}
    assert len(kota & kabupaten) == 26


def test_508_regions_elect_their_head_and_six_of_jakarta_do_not() -> None:
    administrative = [r for r in region.all_regions() if r.administrative]
    assert len(administrative) == 6
    assert {r.province_code for r in administrative} == {"31"}
    assert len(region.all_regions()) - len(administrative) == 508


def test_the_title_of_the_head_follows_the_kind() -> None:
    titles = {(r.kind, r.head_title) for r in region.all_regions()}
    assert titles == {(region.Kind.KABUPATEN, "Bupati"), (region.Kind.KOTA, "Wali Kota")}


def test_the_full_name_says_the_kind() -> None:
    karanganyar = region.by_code("33.13")
    assert karanganyar.full_name == "Kabupaten Karanganyar"
    assert karanganyar.zone == "Asia/Jakarta"
    assert region.by_code("33.73").full_name == "Kota Salatiga"


@pytest.mark.parametrize("code", ["", "33", "33.99", "3313", " 33.13", "33.13\n", "٣٣.١٣"])
def test_an_unknown_code_is_refused_by_its_name(code: str) -> None:
    with pytest.raises(region.UnknownRegion) as refusal:
        region.by_code(code)
    assert refusal.value.code == "region-unknown"
    assert translate(refusal.value.message, "en", **refusal.value.facts) == f"Region code {code} is not known."
