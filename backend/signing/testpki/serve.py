"""Serves the test authority over HTTP, as a child process of `prasasti serve`: /tsa, /ocsp, /crl, /ca."""

from pathlib import Path

from aiohttp import web

from backend.signing.testpki.responder import Responder


def application(folder: Path) -> web.Application:
    """Return the web application of the authority in `folder`."""
    responder = Responder(folder)

    async def timestamp(request: web.Request) -> web.Response:
        answer = responder.timestamp(await request.read())
        return web.Response(body=answer, content_type="application/timestamp-reply")

    async def status(request: web.Request) -> web.Response:
        answer = responder.status(await request.read())
        return web.Response(body=answer, content_type="application/ocsp-response")

    async def crl(request: web.Request) -> web.Response:
        return _found(responder.crl(request.match_info["name"]), "application/pkix-crl")

    async def certificate(request: web.Request) -> web.Response:
        return _found(responder.certificate(request.match_info["name"]), "application/pkix-cert")

    served = web.Application(client_max_size=1 << 16)
    served.router.add_post("/tsa", timestamp)
    served.router.add_post("/ocsp", status)
    served.router.add_get("/crl/{name}.crl", crl)
    served.router.add_get("/ca/{name}.cer", certificate)
    return served


def run(folder: Path, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is under way; to be called in the main thread of a process."""
    web.run_app(application(folder), host=host, port=port, access_log=None, print=None, shutdown_timeout=2.0)


def _found(body: bytes | None, media_type: str) -> web.Response:
    if body is None:
        raise web.HTTPNotFound
    return web.Response(body=body, content_type=media_type)
