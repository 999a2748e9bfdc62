"""The exact bytes of a leaf: CloudEvents 1.0 in RFC 8785 JSON. Pure: facts in, bytes out; nothing is stored here.

These bytes outlive every version of this program (DESIGN 12): members may be added, none may change its meaning.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Never
from uuid import UUID

import rfc8785

from backend import clock
from backend.audit.events import Event

MAX_BYTES = 0xFFFF
"""tlog-tiles stores the length of an entry in 16 bits."""

_CODE = re.compile(r"[A-Za-z0-9_./:-]{1,128}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TEXTS = ("id", "source", "type", "time")
_SHA256 = re.compile(r"[0-9a-f]{64}")


_LARGEST = 2**53 - 1
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)


class NotCanonical(ValueError):
    """Bytes that are no leaf of this log: no JSON, a doubled key, another spelling of the same facts, a wrong shape."""


def leaf_body(event: Event, *, event_id: UUID, deployment: UUID, digests: Sequence[str]) -> bytes:
    """Return the RFC 8785 bytes of an event's envelope; `digests` are its disclosures' (RFC 9901 `_sd`).

    Empty members are left out, text is NFC. Raises ValueError where a code could hide free text, where a number is
    beyond 2^53 or where the leaf would be longer than MAX_BYTES.
    """
    return spelt(envelope(event, event_id=event_id, deployment=deployment, digests=digests))


def envelope(event: Event, *, event_id: UUID, deployment: UUID, digests: Sequence[str]) -> dict[str, Any]:
    """Return what `leaf_body` spells. Raises ValueError where a code could hide free text."""
    members = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": f"urn:uuid:{deployment}",
        "type": event.TYPE,
        "subject": _subject(event),
        "time": clock.to_text(event.at),
        "data": _filled(_data(event, digests)),
    }
    return _filled(members)


def spelt(envelope: dict[str, Any]) -> bytes:
    """Return the RFC 8785 bytes of an envelope, its text in NFC.

    Raises ValueError where a number is beyond 2^53 or where the leaf would be longer than MAX_BYTES.
    """
    body = _plain(envelope) if all(map(_is_safe, envelope["data"].get("x", {}).values())) else None
    if body is None:
        body = rfc8785.dumps(_nfc(envelope))
    if len(body) > MAX_BYTES:
        raise ValueError(f"an event of {len(body)} bytes does not fit into a leaf")
    return body


def parse(body: bytes) -> dict[str, Any]:
    """Return the envelope that `leaf_body` wrote; kinds of event unknown to this version are accepted.

    Raises NotCanonical for doubled keys, for anything that is not its own canonical form, and for a wrong envelope.
    """
    if len(body) > MAX_BYTES:
        raise NotCanonical("too long")
    try:
        value = _DECODER.decode(body.decode())
        same = _plain(value) == body or rfc8785.dumps(_nfc(value)) == body
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    if not same:  # a doubled key ends here too: only its last value came back
        raise NotCanonical("another spelling of the same facts")
    _check_shape(value)
    found: dict[str, Any] = value
    return found


def _plain(value: object) -> bytes | None:
    """Return the RFC 8785 bytes of a value that is written in ASCII alone and without fractions; None for another.

    The standard library's encoder, written in C, spells such a value as section 3.2 demands: the escapes are the same,
    names of ASCII sort alike by code point and by UTF-16, and numbers are whole and below 2^53 (the caller sees to it).
    """
    text = _ENCODER.encode(value)
    return text.encode("ascii") if text.isascii() else None


def _is_safe(value: object) -> bool:
    return isinstance(value, str | list) or (isinstance(value, int) and abs(value) <= _LARGEST)


def _integer(text: str) -> int:
    number = int(text)
    if abs(number) > _LARGEST:
        raise NotCanonical(f"{text} is no number of a leaf")
    return number


def _subject(event: Event) -> str | None:
    parts = (("ceremony", event.ceremony), ("document", event.document))
    return "/".join(f"{name}/{value}" for name, value in parts if value is not None) or None


def _data(event: Event, digests: Sequence[str]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "ceremony": event.ceremony and str(event.ceremony),
        "actor": _code(event.actor.pseudonym),
        "role": event.actor.role.value,
        "on_behalf": event.actor.on_behalf and _code(event.actor.on_behalf),
        "outcome": event.outcome.value,
        "reason": event.reason and _code(event.reason),
        "_sd": sorted(digests),
        "_sd_alg": "sha-256" if digests else None,
        "x": _filled(event.extra()),
    }
    if event.subject is not None:
        if not _SHA256.fullmatch(event.subject.sha256):
            raise ValueError("a file is named by the 64 hex digits of its SHA-256")
        data["object"] = {"kind": _code(event.subject.kind), "sha256": event.subject.sha256}
    return data


def _code(text: str) -> str:
    """Let a code pass; whoever puts a sentence or an address where a code belongs is stopped here."""
    if not _CODE.fullmatch(text):
        raise ValueError("free text where a code belongs: it goes into `personal`")
    return text


def _filled(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", [], {}, ())}


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_nfc(name): _nfc(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_nfc(member) for member in value]
    return value


def _refuse(text: str) -> Never:
    raise NotCanonical(f"{text} is no number of a leaf")


def _check_shape(value: object) -> None:
    if not isinstance(value, dict) or value.get("specversion") != "1.0" or not isinstance(value.get("data"), dict):
        raise NotCanonical("no CloudEvents 1.0 envelope")
    if not {str} == {type(value.get(name)) for name in _TEXTS}:
        raise NotCanonical("an envelope without id, source, type or time")
    if not _UUID.fullmatch(value["id"]):
        raise NotCanonical("an id that is no UUID")
    try:
        clock.from_text(value["time"])  # takes no other form than the one with six fraction digits
    except ValueError as error:
        raise NotCanonical(str(error)) from error


_DECODER = json.JSONDecoder(parse_float=_refuse, parse_int=_integer, parse_constant=_refuse)
"""Made once: `json.loads` with these hooks would make one for every leaf."""
