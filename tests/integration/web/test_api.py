"""The check for machines, as a client of it sees it: what it takes, how it answers, how it refuses."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from starlette.types import Message

from backend.web import public, quota, visitor
from backend.web.api import OneFileOnly
from backend.web.error_pages import Malformed, WrongMethod
from backend.web.quota import BodyLimits, TooManyChecks, UploadTooSlow
from tests import authority
from tests.integration.web.house import House


@pytest.fixture(autouse=True)
def fresh_quota() -> None:
    quota._limiter.storage.reset()


def post(house: House, path: str = "/api/v1/verify", **sent: Any) -> httpx.Response:
    with httpx.Client(base_url=house.address, trust_env=False, timeout=30) as client:
        return client.post(path, **sent)


def test_the_api_takes_a_form_or_the_body_itself_and_answers_in_two_formats(house: House) -> None:
    pdf = authority.document()
    form = post(house, files={"file": ("a.pdf", pdf)}).json()
    raw = post(house, content=pdf, headers={"Content-Type": "application/pdf"}).json()
    assert (form["file"], raw["file"]) == ("a.pdf", "naskah.pdf")
    assert form["sha256"] == raw["sha256"]
    xml = {"Accept": "application/xml"}
    for asked in (
        post(house, "/api/v1/verify?format=xml", files={"file": ("a.pdf", pdf)}),
        post(house, files={"file": ("a.pdf", pdf)}, headers=xml),
    ):
        assert asked.headers["content-type"] == "application/xml"
    both = post(house, "/api/v1/verify?format=json", files={"file": ("a.pdf", pdf)}, headers=xml)
    assert both.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({}, 422, public.FileMissing.code),
        ({"files": {"berkas": ("a.pdf", b"x")}}, 422, public.FileMissing.code),
        ({"data": {"file": "teks"}}, 422, Malformed.code),
        ({"files": [("file", ("a.pdf", b"x")), ("file", ("b.pdf", b"y"))]}, 422, OneFileOnly.code),
        ({"files": {"file": ("a.pdf", b"%" * 22_000_000)}}, 413, "body-too-large"),
        ({"files": {"file": ("a.pdf", b"%" * 20_500_000)}}, 413, public.FileTooLarge.code),
        ({"content": b"%" * 20_500_000, "headers": {"Content-Type": "application/pdf"}}, 413, public.FileTooLarge.code),
        ({"path": "/api/v1/verify?format=pdf", "files": {"file": ("a.pdf", b"x")}}, 422, Malformed.code),
    ],
)
def test_a_wrong_request_is_told_in_json_with_a_stable_code(
    house: House, sent: dict[str, Any], status: int, code: str
) -> None:
    answer = post(house, **sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "remedy", "reference"}


def test_a_wrong_method_says_which_is_right(house: House) -> None:
    with house.browser() as nobody:
        answer = nobody.get("/api/v1/verify")
    assert (answer.status_code, answer.json()["code"]) == (405, WrongMethod.code)
    assert answer.headers["allow"] == "POST"


def test_what_is_no_pdf_is_a_result_and_no_error(house: House) -> None:
    answer = post(house, files={"file": ("a.pdf", b"bukan pdf")})
    assert (answer.status_code, answer.json()["verdict"]) == (200, "unreadable")


def test_too_many_checks_are_told_when_to_come_again(house: House) -> None:
    small: dict[str, Any] = {"files": {"file": ("a.pdf", b"x")}}
    statuses = [post(house, **small).status_code for _ in range(visitor.UPLOADS.amount)]
    assert set(statuses) == {200}
    refused = post(house, **small)
    assert (refused.status_code, refused.json()["code"]) == (429, TooManyChecks.code)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    with house.browser() as nobody:
        token = {"csrf_token": nobody.token("/v")}
        page = nobody.client.post("/v/berkas", data=token, **small)
        assert (page.status_code, "retry-after" in page.headers) == (429, True)


@contextmanager
def connected(house: House) -> Iterator[socket.socket]:
    host, port = house.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        yield line


def test_a_trickle_is_cut_off_and_nobody_else_waits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota._Body, "__init__", _hasty(quota._Body.__init__))
    head = (
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/pdf\r\n"
        b"Content-Length: 1000\r\nConnection: close\r\n\r\n%PDF"
    )
    with connected(house) as slow:
        slow.sendall(head)
        assert post(house, files={"file": ("a.pdf", b"x")}).status_code == 200
        answer = b""
        while part := slow.recv(65_536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 408")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == UploadTooSlow.code


def _hasty(real: Any) -> Any:
    def made(self: Any, receive: Any, stated: int, size: int, _seconds: float) -> None:
        real(self, receive, stated, size, 1.0)

    return made


def test_only_requests_have_limits() -> None:
    seen: list[str] = []

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    async def nothing() -> Message:
        return {"type": "lifespan.startup"}

    async def nowhere(_message: Message) -> None:
        """Hear nothing."""

    coroutine = BodyLimits(application, size=1)({"type": "lifespan"}, nothing, nowhere)
    with pytest.raises(StopIteration):
        coroutine.send(None)
    assert seen == ["lifespan"]
