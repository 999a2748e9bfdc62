"""Timestamps over checkpoints of the log, in the form in which they are kept and handed out: RFC 3161 TimeStampResp."""

from collections.abc import Callable
from urllib.parse import urlsplit

from backend.audit.anchoring import Stamp, StampAway
from backend.signing import der
from backend.signing.fetch import Unreachable
from backend.signing.timestamps import BadToken, TimestampAway, Timestamps, Token, granted, read_token

_GRANTED = der.sequence(der.integer(0))
"""PKIStatusInfo: status granted (RFC 3161 section 2.4.2)."""


def name_of(url: str) -> str:
    """Return the name under which the log knows an authority: its address without credentials, query and fragment."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def stamper(timestamps: Timestamps) -> Callable[[bytes], Stamp]:
    """Return what stamps a note for backend.audit.anchoring: status, nonce, imprint and signature were checked."""

    def stamp(note: bytes) -> Stamp:
        try:
            response = der.sequence(_GRANTED, timestamps.stamp(note).der)
            return Stamp(response, read_response(response, note).at)  # as it will be read from the database
        except TimestampAway as away:
            unreachable = isinstance(away.__cause__, Unreachable)
            raise StampAway("unreachable" if unreachable else away.reason.replace(" ", "-")) from away
        except BadToken as error:
            raise StampAway("unusable") from error

    return stamp


def read_response(response: bytes, note: bytes) -> Token:
    """Return the token of a stored answer over `note`; raises BadToken when it proves nothing about these bytes.

    Whether the authority is trusted is not asked here.
    """
    return read_token(granted(response), [note])
