"""Reaching cosigners over real sockets: whatever they do, it is over soon and is one word."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from backend.audit.posting import NoReply, Reply, post_all
from backend.audit.submission import LARGEST

WITHIN = 1.0
Talking = Callable[[socket.socket], None]


@contextmanager
def listening(talk: Talking) -> Iterator[str]:
    """Let somebody answer on a port of this machine, one connection after the other."""
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve() -> None:
            while not stopping.is_set():
                with suppress(OSError):
                    connection, _ = server.accept()
                    with connection:
                        connection.settimeout(5)
                        connection.recv(65_536)
                        talk(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/add-checkpoint"
        finally:
            stopping.set()
            thread.join()


def saying(head: str, body: bytes = b"") -> Talking:
    def talk(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    return talk


def dripping(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.05)


def flooding(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(10_000):
        connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")


def silent(_connection: socket.socket) -> None:
    time.sleep(WITHIN + 0.5)


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (saying("200 OK\r\nContent-Type: text/plain; charset=utf-8", b"ya"), Reply(200, "text/plain", b"ya")),
        (saying("409 Conflict\r\nContent-Type: text/x.tlog.size", b"7\n"), Reply(409, "text/x.tlog.size", b"7\n")),
        (saying("302 Found\r\nLocation: http://127.0.0.1:1/"), Reply(302, "application/octet-stream", b"")),
        (saying("200 OK", b"x" * (LARGEST + 1)), NoReply("answer-too-large")),
        (flooding, NoReply("answer-too-large")),
        (dripping, NoReply("too-slow")),
        (silent, NoReply("too-slow")),
        (lambda connection: connection.sendall(b"halo\r\n\r\n"), NoReply("away")),
        (lambda connection: connection.close(), NoReply("away")),
    ],
    ids=["good", "conflict", "redirect", "large", "flood", "drip", "silence", "garbage", "hang-up"],
)
def test_whatever_comes_back_is_bounded(talk: Talking, expected: Reply | NoReply) -> None:
    with listening(talk) as url:
        assert post_all([(url, b"old 0\n")], WITHIN) == [expected]


def test_who_does_not_listen_is_away_and_a_strange_address_is_not_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    requests = [(f"http://127.0.0.1:{port}/add-checkpoint", b""), ("file:///etc/passwd", b""), ("/add-checkpoint", b"")]
    assert post_all(requests, WITHIN) == [NoReply("away"), NoReply("address-unusable"), NoReply("address-unusable")]


def test_a_slow_one_holds_up_nobody_and_answers_keep_their_order() -> None:
    with listening(silent) as slow, listening(saying("200 OK", b"ya")) as quick:
        slowly, quickly = post_all([(slow, b""), (quick, b"")], WITHIN)
    assert slowly == NoReply("too-slow")
    assert isinstance(quickly, Reply)
    assert quickly.body == b"ya"
