"""Asks a timestamp authority for RFC 3161 tokens, and checks every token before anybody uses it.

Checked here: status, nonce, imprint, the authority's signature and its right to stamp. Not here: whether we trust it.
"""

import hashlib
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from backend.signing import der
from backend.signing.fetch import Fetcher, Unreachable
from backend.signing.signed_data import Broken, digest, read

PAUSE = 15.0  # seconds in which an authority that did not answer is not asked again


class TimestampAway(Exception):
    """No usable token now: the service is away, refuses, or answered wrongly (`reason`). Never ends a signature."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class BadToken(Exception):
    """The token proves no time: broken, over other bytes, or signed by somebody who may not stamp."""


@dataclass(frozen=True)
class Token:
    """A checked token: `der` as it goes into a file, `at` the time it states, its issuer's certificates (own first)."""

    der: bytes = field(repr=False)
    at: datetime
    certificates: tuple[bytes, ...] = field(repr=False)
    nonce: int | None


def read_token(token: bytes, content: Iterable[bytes | memoryview]) -> Token:
    """Return what a token says about `content`; raises BadToken (RFC 3161 section 2.4.2, EN 319 422)."""
    try:
        signed = read(token, None)
        if signed.enclosed is None:
            raise BadToken("no content")
        info = tsp.TSTInfo.load(signed.enclosed)
        imprint = info["message_imprint"]
        if digest(imprint["hash_algorithm"]["algorithm"].native, content) != imprint["hashed_message"].native:
            raise BadToken("imprint")
        usage = x509.load_der_x509_certificate(signed.certificate).extensions.get_extension_for_class(
            x509.ExtendedKeyUsage
        )
        if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
            raise BadToken("usage")
        # Padding goes by the length that the token states: one in 256 signatures ends with a zero byte of its own.
        return Token(der.first(token), info["gen_time"].native, signed.certificates, info["nonce"].native)
    except (Broken, x509.ExtensionNotFound, ValueError, KeyError, TypeError) as error:
        raise BadToken(type(error).__name__) from error


class Timestamps:
    """One timestamp authority at `url`. Remembers how large its tokens are, and pauses after a failure."""

    def __init__(self, url: str, fetcher: Fetcher, pause: float = PAUSE) -> None:
        self._url = url
        self._fetcher = fetcher
        self._pause = pause
        self._away_until = 0.0
        self._largest = 0
        self._certificates: tuple[bytes, ...] = ()

    @property
    def url(self) -> str:
        """Return the authority's address."""
        return self._url

    @property
    def away(self) -> bool:
        """Tell whether the authority failed a moment ago and is left alone for now."""
        return time.monotonic() < self._away_until

    @property
    def room(self) -> int:
        """Return how many bytes to reserve for the next token, 0 when none can be had; the first call asks for one."""
        if not self._largest:
            with suppress(TimestampAway):
                self.stamp(b"")
        return 0 if self.away else self._largest

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """Return the certificates in the newest token, the authority's own first; raises TimestampAway."""
        if not self._certificates:
            self.stamp(b"")
        return self._certificates

    def stamp(self, *content: bytes | memoryview) -> Token:
        """Return a token over the parts of `content`, one after the other; raises TimestampAway."""
        if self.away:
            raise TimestampAway("pause")
        try:
            return self._ask(content)
        except (Unreachable, BadToken) as error:
            self._away_until = time.monotonic() + self._pause
            raise TimestampAway(str(error)) from error

    def _ask(self, content: tuple[bytes | memoryview, ...]) -> Token:
        imprint, nonce = hashlib.sha256(), secrets.randbits(63)
        for part in content:
            imprint.update(part)
        request = der.sequence(
            der.integer(1),
            der.sequence(der.SHA256, der.tlv(der.OCTETS, imprint.digest())),
            der.integer(nonce),
            b"\x01\x01\xff",  # certReq: the token must carry its certificate
        )
        answer = self._fetcher.post(self._url, request, "application/timestamp-query")
        token = read_token(granted(answer), content)
        if token.nonce != nonce:
            raise BadToken("nonce")
        self._largest = max(self._largest, len(token.der))
        self._certificates = token.certificates
        return token


def granted(answer: bytes) -> bytes:
    """Return the token of a response; raises BadToken when it was refused.

    asn1crypto cannot read a refusal without token (wbond/asn1crypto #286), so the two parts are read one by one.
    """
    try:
        status = tsp.TimeStampResp.load(answer)["status"]["status"].native
        if status not in {"granted", "granted_with_mods"}:
            raise BadToken(str(status))
        return der.as_read(tsp.TimeStampResp.load(answer)["time_stamp_token"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadToken("unreadable answer") from error
