"""Dates and numbers in formal Indonesian words, as the opening sentence of an agreement states them."""

from collections.abc import Mapping
from datetime import date, timedelta

from babel.dates import format_date
from num2words import num2words

from backend import clock

ZONES = {"WIB": 7, "WITA": 8, "WIT": 9}  # hours east of Greenwich; Indonesia has no summer time


def in_words(number: int) -> str:
    """Return a whole number in Indonesian words: 2021 is `dua ribu dua puluh satu`."""
    return str(num2words(number, lang="id"))


def plain_date(text: str) -> str:
    """Return an ISO date as `20 Mei 2021`."""
    return str(format_date(date.fromisoformat(text), "d MMMM y", locale="id_ID"))


def solemn_date(text: str) -> str:
    """Return an ISO date as `Kamis, tanggal dua puluh, bulan Mei, tahun dua ribu dua puluh satu (20-05-2021)`."""
    day = date.fromisoformat(text)
    name, month = format_date(day, "EEEE", locale="id_ID"), format_date(day, "MMMM", locale="id_ID")
    words = f"tanggal {in_words(day.day)}, bulan {month}, tahun {in_words(day.year)}"
    return f"{name}, {words} ({day:%d-%m-%Y})"


def moment(text: str, zone: str) -> str:
    """Return a moment written by `clock.to_text` as `20 Mei 2021 09.14.05 WIB`, broken only after the date.

    `zone` is WIB, WITA or WIT.
    """
    local = clock.from_text(text) + timedelta(hours=ZONES[zone])
    day, time = plain_date(local.date().isoformat()), f"{local:%H.%M.%S} {zone}"
    return " ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in (day, time))


def clock_time(text: str, zone: str) -> str:
    """Return the time of day of a moment as `09.14 WIB`."""
    return f"{clock.from_text(text) + timedelta(hours=ZONES[zone]):%H.%M} {zone}"


def full_name(person: Mapping[str, str], *, titles: bool) -> str:
    """Return a person's name (keys nama, gelar_depan, gelar_belakang), with the academic titles if `titles`."""
    name = person["nama"]
    if titles and person.get("gelar_depan"):
        name = f"{person['gelar_depan']} {name}"
    return f"{name}, {person['gelar_belakang']}" if titles and person.get("gelar_belakang") else name
