"""A cosigner over HTTP: `add-checkpoint` for logs, two read-only addresses for auditors. Decides nothing itself.

https://c2sp.org/tlog-witness. aiohttp, as the test authority: one small dependency, with bounds on bodies and time.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from backend.audit.cosigner import Answer, CosignerService
from backend.audit.submission import LARGEST, PATH

READ_WITHIN = 10.0
"""Seconds for the body of a request; a log sends a few kilobytes."""
_THREADS = 4
_log = logging.getLogger("cosigner")


def application(service: CosignerService) -> web.Application:
    """Return the web application of one cosigner: POST /add-checkpoint, GET /vkey, GET /latest?origin=..."""
    threads = ThreadPoolExecutor(_THREADS, "cosigner")

    async def work(call: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(threads, call)

    async def add_checkpoint(request: web.Request) -> web.Response:
        body = await asyncio.wait_for(request.read(), READ_WITHIN)
        answer = await work(lambda: service.add_checkpoint(body))
        _log.info("add-checkpoint %d%s", answer.status, "" if answer.status == 200 else f" {answer.text.strip()}")
        return _response(answer)

    async def vkey(_request: web.Request) -> web.Response:
        return _response(Answer(200, service.key.public.to_text() + "\n"))

    async def latest(request: web.Request) -> web.Response:
        origin = request.query.get("origin", "")
        return _response(await work(lambda: _latest(service, origin)))

    served = web.Application(client_max_size=LARGEST, middlewares=[_plainly])
    served.router.add_post(PATH, add_checkpoint)
    served.router.add_get("/vkey", vkey)
    served.router.add_get("/latest", latest)

    async def end(_application: web.Application) -> None:
        threads.shutdown()

    served.on_cleanup.append(end)
    return served


def run(service: CosignerService, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is under way; `ready` hears the port (0 picks a free one)."""
    asyncio.run(_serve(service, host, port, ready))


async def _serve(service: CosignerService, host: str, port: int, ready: Callable[[int], None]) -> None:
    runner = web.AppRunner(application(service), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        stopping = asyncio.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        ready(runner.addresses[0][1])
        await stopping.wait()
    finally:
        await runner.cleanup()


@web.middleware
async def _plainly(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer in a word what went wrong; whoever asked learns nothing about this machine."""
    try:
        return await handler(request)
    except web.HTTPException as refused:
        return _response(Answer(refused.status, f"{refused.reason.lower().replace(' ', '-')}\n"))
    except TimeoutError:
        return _response(Answer(408, "too-slow\n"))
    except Exception:  # noqa: BLE001 because a cosigner that cannot write must say so and go on
        _log.exception("a request could not be answered")
        return _response(Answer(500, "cosigner-in-trouble\n"))


def _latest(service: CosignerService, origin: str) -> Answer:
    found = next((one for one in service.latest() if one.origin == origin), None)
    return Answer(200, found.note) if found else Answer(404, "unknown-log\n")


def _response(answer: Answer) -> web.Response:
    headers = {"Content-Type": answer.media_type, "X-Content-Type-Options": "nosniff"}
    return web.Response(status=answer.status, body=answer.text.encode(), headers=headers)
