"""Makes one signature with a key at hand: prepares the PDF, signs its digest, adds a timestamp where one can be had."""

import dataclasses
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from backend.signing.cms import Container
from backend.signing.identity import Identity
from backend.signing.pdf import Prepared, prepare, signature_value
from backend.signing.signed_data import digest
from backend.signing.signer import Signed
from backend.signing.timestamps import TimestampAway, Timestamps, Token


@dataclass(frozen=True)
class Place:
    """Where a signature goes: the field, its new appearance (None keeps the old one), certification or not."""

    pdf: bytes = dataclasses.field(repr=False)
    field: str
    face: bytes | None = dataclasses.field(default=None, repr=False)
    certify: bool = False


def apply(place: Place, identity: Identity, timestamps: Timestamps | None, clock: Callable[[], datetime]) -> Signed:
    """Return `place.pdf` with one more signature, at B-T when the timestamp authority answers, else at B-B.

    Raises CertificateExpired, FieldUnusable, PdfUnreadable.
    """
    at = clock().replace(microsecond=0)
    identity.check_valid(at)
    container = Container(identity)
    pdf, token = _filled(place, container, timestamps, at)
    return Signed(
        pdf=pdf,
        base_sha256=hashlib.sha256(place.pdf).hexdigest(),
        sha256=hashlib.sha256(pdf).hexdigest(),
        certificate_sha256=identity.sha256,
        signer_name=identity.name,
        level="B-B" if token is None else "B-T",
        signed_at=at,
        timestamp_at=None if token is None else token.at,
    )


def _filled(
    place: Place, container: Container, timestamps: Timestamps | None, at: datetime
) -> tuple[bytes, Token | None]:
    """Sign; once more with the right room when a token turned out larger than any before."""
    while True:
        room = 0 if timestamps is None else timestamps.room
        prepared = _prepared(place, container.size(room), at)
        attributes = container.attributes(digest("sha256", prepared.content))
        signature = container.identity.sign(attributes)
        token = _stamped(timestamps, signature) if room else None
        signed = container.assemble(attributes, signature, token=None if token is None else token.der)
        if len(signed) <= prepared.room:
            return prepared.filled(signed), token


def _prepared(place: Place, room: int, at: datetime) -> Prepared:
    value = signature_value(room, at)
    return prepare(place.pdf, place.field, value, face=place.face, certify=place.certify)


def _stamped(timestamps: Timestamps | None, signature: bytes) -> Token | None:
    if timestamps is None:
        return None
    try:
        return timestamps.stamp(signature)
    except TimestampAway:
        return None
