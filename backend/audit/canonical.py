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
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotCanonical(ValueError):
    """Bytes that are no leaf of this log: no JSON, a doubled key, another spelling of the same facts, a wrong shape."""


def leaf_body(event: Event, *, event_id: UUID, deployment: UUID, digests: Sequence[str]) -> bytes:
    """Return the RFC 8785 bytes of an event's envelope; `digests` are its disclosures' (RFC 9901 `_sd`).

    Empty members are left out, text is NFC. Raises ValueError where a code could hide free text, where a number is
    beyond 2^53 or where the leaf would be longer than MAX_BYTES.
    """
    envelope = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": f"urn:uuid:{deployment}",
        "type": event.TYPE,
        "subject": _subject(event),
        "time": clock.to_text(event.at),
        "data": _filled(_data(event, digests)),
    }
    body = rfc8785.dumps(_nfc(_filled(envelope)))
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
        value = json.loads(body, parse_float=_refuse, parse_constant=_refuse)
        canonical = rfc8785.dumps(_nfc(value))
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    if canonical != body:  # a doubled key ends here too: only its last value came back
        raise NotCanonical("another spelling of the same facts")
    _check_shape(value)
    envelope: dict[str, Any] = value
    return envelope


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
    if not all(isinstance(value.get(name), str) for name in ("id", "source", "type", "time")):
        raise NotCanonical("an envelope without id, source, type or time")
    try:
        UUID(value["id"])
        moment = clock.from_text(value["time"])
    except ValueError as error:
        raise NotCanonical(str(error)) from error
    if clock.to_text(moment) != value["time"]:
        raise NotCanonical("time without six fraction digits")
