"""Dates and numbers in formal Indonesian words, as the opening sentence of an agreement states them."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date
from num2words import num2words


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


def full_name(person: Mapping[str, str], *, titles: bool) -> str:
    """Return a person's name (keys nama, gelar_depan, gelar_belakang), with the academic titles if `titles`."""
    name = person["nama"]
    if titles and person.get("gelar_depan"):
        name = f"{person['gelar_depan']} {name}"
    return f"{name}, {person['gelar_belakang']}" if titles and person.get("gelar_belakang") else name
