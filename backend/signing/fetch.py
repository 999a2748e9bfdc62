"""HTTP towards timestamp and revocation services: one session on one event loop in a thread of its own.

Callers are synchronous (web endpoints run in threads, workers). Answers have a budget of time and of bytes;
redirects are not followed. Decides nothing about what an answer says.
"""

import asyncio
import threading
from typing import Self

import aiohttp

LARGEST = 8 << 20  # bytes; a CRL of a big authority is a few million


class Unreachable(Exception):
    """The service gave no usable answer in time; `url` is its address, never a secret."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(url)


class Fetcher:
    """Sends requests over kept connections; `budget` is seconds for one whole request. Close it at the end."""

    def __init__(self, budget: float = 3.0) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._session: aiohttp.ClientSession | None = None

    def post(self, url: str, body: bytes, media_type: str) -> bytes:
        """Return the body of the answer to a POST; raises Unreachable (refused, not 200, too slow, too large)."""
        return self._run("POST", url, body, media_type)

    def get(self, url: str) -> bytes:
        """Return the body of the answer to a GET; raises Unreachable."""
        return self._run("GET", url, None, None)

    def close(self) -> None:
        """End the session and the thread; safe to call twice. A later request starts them again."""
        with self._lock:
            loop, thread, session = self._loop, self._thread, self._session
            self._loop = self._thread = self._session = None
        if loop is None or thread is None:
            return
        if session is not None:
            asyncio.run_coroutine_threadsafe(session.close(), loop).result(self._budget)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(self._budget)
        loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _run(self, method: str, url: str, body: bytes | None, media_type: str | None) -> bytes:
        asked = asyncio.run_coroutine_threadsafe(self._ask(method, url, body, media_type), self._running())
        try:
            return asked.result(self._budget + 1)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            asked.cancel()
            raise Unreachable(url) from error

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="fetch", daemon=True)
                self._thread.start()
            return self._loop

    async def _ask(self, method: str, url: str, body: bytes | None, media_type: str | None) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._budget))
        headers = {"Content-Type": media_type} if media_type else {}
        async with self._session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer:
            if answer.status != 200:
                raise aiohttp.ClientPayloadError(f"status {answer.status}")
            content = bytearray()
            async for part in answer.content.iter_chunked(65536):
                content += part
                if len(content) > LARGEST:
                    raise aiohttp.ClientPayloadError("too large")
        return bytes(content)
