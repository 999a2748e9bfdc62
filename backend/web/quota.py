"""How much one address may ask of the public checks, and how slowly it may send; counted in memory, never stored."""

import asyncio
import math
import time

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.errors import Refusal
from backend.web import visitor

SLOWEST = 120.0

_limiter = MovingWindowRateLimiter(MemoryStorage())


class TooManyChecks(Refusal):
    """One address asked for more checks than the public service does in a minute."""

    code = "too-many-checks"
    status = 429
    message = "Terlalu banyak pemeriksaan dari alamat ini dalam waktu singkat."
    remedy = "Tunggu %(seconds)d detik, lalu coba kembali. Untuk banyak berkas, gunakan `prasasti verify` sendiri."


class BodyTooLarge(Refusal):
    """A request with more in it than any form of ours sends."""

    code = "body-too-large"
    status = 413
    message = "Kiriman ini lebih besar dari 20 MB."
    remedy = "Untuk berkas besar, gunakan `prasasti verify` di komputer sendiri."


class UploadTooSlow(Refusal):
    """A request whose body did not arrive in time."""

    code = "upload-too-slow"
    status = 408
    message = "Berkas tidak selesai diterima dalam waktu yang tersedia."
    remedy = "Coba kembali dengan sambungan yang lebih cepat, atau gunakan `prasasti verify` di komputer sendiri."


def count(request: Request, item: RateLimitItemPerMinute) -> None:
    """Count one use; raises TooManyChecks with the seconds until the next is possible."""
    who = visitor.address(request)
    if not _limiter.hit(item, who):
        left = _limiter.get_window_stats(item, who).reset_time - time.time()
        raise TooManyChecks(seconds=max(1, math.ceil(left)))


class BodyLimits:
    """Ends a request whose body is larger than `size` bytes, or takes longer than `seconds` to arrive.

    What it raises is told by the page or the API like any refusal: whoever reads the body meets it.
    """

    def __init__(self, app: ASGIApp, size: int, seconds: float = SLOWEST) -> None:
        """Wrap an application."""
        self._app = app
        self._size = size
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, its body within the limits (ASGI)."""
        if scope["type"] == "http":
            receive = _Body(receive, self._stated(scope), self._size, self._seconds)
        await self._app(scope, receive, send)

    @staticmethod
    def _stated(scope: Scope) -> int:
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        return int(stated) if stated.isdigit() else 0


class _Body:
    """The body of one request, part by part."""

    def __init__(self, receive: Receive, stated: int, size: int, seconds: float) -> None:
        self._receive = receive
        self._left = -1 if stated > size else size
        self._until = asyncio.get_running_loop().time() + seconds
        self._complete = False

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()
        if self._left < 0:
            raise BodyTooLarge
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, self._until - asyncio.get_running_loop().time()))
        except TimeoutError:
            raise UploadTooSlow from None
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise BodyTooLarge
        self._complete = not message.get("more_body", False)
        return message
