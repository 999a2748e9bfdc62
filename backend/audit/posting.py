"""Sending checkpoints to cosigners over HTTP, all at once, with bounds of time and of bytes. Nobody is believed here.

Redirects are not followed: a cosigner is the address that the policy names, and no other.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aiohttp

from backend.audit.submission import LARGEST

WITHIN = 5.0
"""Seconds for one whole request, connection included."""


@dataclass(frozen=True)
class Reply:
    """What came back: HTTP status, media type without parameters, body."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True)
class NoReply:
    """Nothing usable came back; `reason` is a stable word."""

    reason: str


Post = Callable[[Sequence[tuple[str, bytes]]], list[Reply | NoReply]]
"""(address, body) pairs -> what came back for each, in the same order; never raises for what a cosigner does."""


def post_all(requests: Sequence[tuple[str, bytes]], within: float = WITHIN) -> list[Reply | NoReply]:
    """Send every (address, body); return the answers in the same order, after `within` seconds at the latest."""
    return asyncio.run(_post_all(requests, within))


async def _post_all(requests: Sequence[tuple[str, bytes]], within: float) -> list[Reply | NoReply]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=within)) as session:
        return list(await asyncio.gather(*(_post(session, url, body) for url, body in requests)))


async def _post(session: aiohttp.ClientSession, url: str, body: bytes) -> Reply | NoReply:
    if not url.startswith(("http://", "https://")):
        return NoReply("address-unusable")
    try:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            content = bytearray()
            async for part in answer.content.iter_chunked(4096):
                content += part
                if len(content) > LARGEST:
                    return NoReply("answer-too-large")
            return Reply(answer.status, answer.content_type, bytes(content))
    except TimeoutError:
        return NoReply("too-slow")
    except (aiohttp.ClientError, OSError, ValueError):
        return NoReply("away")
