"""How days, hours and numbers are written for people: always in a named zone. Knows no "now"."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_decimal

# English pages follow British order (20 May 2021): the order in which the documents themselves write a date.
_LOCALES = {"id": "id", "en": "en_GB"}
_CLOCKS = {"id": "HH.mm", "en": "HH:mm"}
_SECONDS = {"id": "HH.mm.ss", "en": "HH:mm:ss"}
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


def local(moment: datetime, zone: str) -> datetime:
    """Return an aware moment in a zone (WIB, WITA, WIT or an IANA name); raises ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be shown")
    return moment.astimezone(ZoneInfo(ZONES.get(zone, zone)))


def date(language: str, moment: datetime, zone: str) -> str:
    """Return weekday and date: `Kamis, 20 Mei 2021`."""
    return _written(language, local(moment, zone), "EEEE, d MMMM y")


def day(language: str, moment: datetime, zone: str) -> str:
    """Return the date in short: `20 Mei 2021`."""
    return _written(language, local(moment, zone), "d MMM y")


def clock(language: str, moment: datetime, zone: str) -> str:
    """Return hour and minute with the zone's name: `10.42 WIB`."""
    there = local(moment, zone)
    return f"{_written(language, there, _CLOCKS.get(language, 'HH:mm'))} {there.tzname()}"


def time(language: str, moment: datetime, zone: str) -> str:
    """Return hour, minute and second with the zone's name: `10.42.08 WIB`."""
    there = local(moment, zone)
    return f"{_written(language, there, _SECONDS.get(language, 'HH:mm:ss'))} {there.tzname()}"


def moment(language: str, at: datetime, zone: str) -> str:
    """Return date and time in short: `20 Mei 2021, 10.42.08 WIB`."""
    return f"{day(language, at, zone)}, {time(language, at, zone)}"


def number(language: str, value: float) -> str:
    """Return a number with the language's separators: `1.204`."""
    return str(format_decimal(value, locale=_LOCALES.get(language, language)))


def kilobytes(language: str, size: int) -> str:
    """Return a size in bytes as whole kilobytes, at least one, or as megabytes with one decimal: `56 KB`, `3,1 MB`."""
    mega = 1_000_000
    if size >= mega:
        return f"{number(language, round(size / mega, 1))} MB"
    return f"{number(language, max(1, round(size / 1000)))} KB"


def zone_name(zone: str) -> str:
    """Return what people call a zone: WIB for Asia/Jakarta; a zone that is none of ours keeps its name."""
    return next((short for short, name in ZONES.items() if name == zone), zone)


def iso(at: datetime) -> str:
    """Return the machine-readable form for a `datetime` attribute."""
    return at.isoformat(timespec="seconds")


def filters(language: str) -> dict[str, Callable[..., str]]:
    """Return the template filters of one language, by name."""
    spoken: dict[str, Callable[..., str]] = {
        "date": date,
        "day": day,
        "clock": clock,
        "time": time,
        "moment": moment,
        "number": number,
        "kilobytes": kilobytes,
    }
    return {name: partial(function, language) for name, function in spoken.items()} | {
        "iso": iso,
        "zone_name": zone_name,
    }


def _written(language: str, at: datetime, pattern: str) -> str:
    return str(format_datetime(at, pattern, locale=_LOCALES.get(language, language)))
