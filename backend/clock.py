"""The one place that asks what time it is, and the one text form in which times are kept."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment in UTC, to the microsecond."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """Return an aware moment as RFC 3339 in UTC with exactly six fraction digits and `Z`."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be stored")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str) -> datetime:
    """Return the moment that `to_text` wrote; raises ValueError for any other form."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
