"""The one place that asks what time it is, and the one text form in which times are kept."""

import re
from datetime import UTC, datetime

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def now() -> datetime:
    """Return the present moment in UTC, to the microsecond."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """Return an aware moment as RFC 3339 in UTC with exactly six fraction digits and `Z`."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be stored")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def from_text(text: str) -> datetime:
    """Return the moment that `to_text` wrote; raises ValueError for any other form."""
    if not _FORM.fullmatch(text):
        raise ValueError(f"no moment in our form: {text!r}")
    return datetime.fromisoformat(text)
