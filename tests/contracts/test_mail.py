"""Every postman says the same of the same server: taken, refused for good, or to be tried later."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from backend.mail.delivery import MailRefused, MailServer, MailTryLater, Postman
from tests.contracts.mail_server import (
    BUSY,
    REFUSED,
    SENDER_REFUSED,
    UNWANTED,
    PretendingPostman,
    Refusing,
    free_port,
    server,
)


@dataclass
class Post:
    """A postman and what arrived."""

    postman: Postman | PretendingPostman
    handler: Refusing | None = None

    def arrived(self) -> list[str]:
        if self.handler is not None:
            return [message_from_bytes(taken, policy=SMTP)["Subject"] for taken in self.handler.taken]
        assert isinstance(self.postman, PretendingPostman)
        return [letter["Subject"] for letter in self.postman.taken]


@pytest.fixture(params=["aiosmtpd", "pretending"])
def post(request: pytest.FixtureRequest) -> Iterator[Post]:
    if request.param == "pretending":
        yield Post(PretendingPostman())
        return
    handler, port = Refusing(), free_port()
    controller = server(handler, port)
    controller.start()
    postman = Postman(MailServer("127.0.0.1", port))
    yield Post(postman, handler)
    postman.close()
    controller.stop()


@pytest.fixture(params=["aiosmtpd", "pretending"])
def unreachable(request: pytest.FixtureRequest) -> Iterator[Postman | PretendingPostman]:
    postman: Postman | PretendingPostman
    if request.param == "pretending":
        postman = PretendingPostman()
        postman.away = True
    else:
        postman = Postman(MailServer("127.0.0.1", free_port(), timeout=2))
    yield postman
    postman.close()


def letter(to: str, subject: str = "Undangan", sender: str = "seremoni@rekaan.invalid") -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made.set_content("Yang terhormat")
    return made


def test_a_letter_that_is_taken_arrives(post: Post) -> None:
    post.postman.send(letter("bupati@rekaan.invalid", "Undangan résmi"))
    assert post.arrived() == ["Undangan résmi"]


@pytest.mark.parametrize(("to", "status"), [(REFUSED, 550), (UNWANTED, 554)])
def test_a_refusal_for_good_says_its_number_and_nothing_personal(post: Post, to: str, status: int) -> None:
    with pytest.raises(MailRefused) as refused:
        post.postman.send(letter(to))
    assert (refused.value.status, refused.value.code) == (status, f"smtp-{status}")
    assert to not in repr(refused.value) + str(refused.value)
    assert refused.value.__cause__ is None
    assert post.arrived() == []


def test_a_busy_server_is_tried_later(post: Post) -> None:
    with pytest.raises(MailTryLater) as later:
        post.postman.send(letter(BUSY))
    assert later.value.code == "smtp-451"


def test_a_server_that_refuses_the_sender_refuses_us_and_not_the_letter(post: Post) -> None:
    with pytest.raises(MailTryLater) as later:
        post.postman.send(letter("bupati@rekaan.invalid", sender=SENDER_REFUSED))
    assert later.value.code == "smtp-550"


def test_after_a_refusal_the_next_letter_arrives(post: Post) -> None:
    for to in (REFUSED, BUSY, UNWANTED):
        with pytest.raises((MailRefused, MailTryLater)):
            post.postman.send(letter(to))
    post.postman.send(letter("bupati@rekaan.invalid"))
    assert post.arrived() == ["Undangan"]


def test_a_server_that_is_away_is_tried_later(unreachable: Postman | PretendingPostman) -> None:
    with pytest.raises(MailTryLater) as later:
        unreachable.send(letter("bupati@rekaan.invalid"))
    assert later.value.code == "server-away"


def test_many_threads_send_over_few_connections(post: Post) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: post.postman.send(letter("bupati@rekaan.invalid", str(n))), range(40)))
    assert sorted(post.arrived(), key=int) == [str(n) for n in range(40)]
    assert post.handler is None or post.handler.connections <= 4


def test_a_connection_that_the_server_closed_is_made_again() -> None:
    handler, port = Refusing(), free_port()
    postman = Postman(MailServer("127.0.0.1", port))
    for subject in ("satu", "dua"):
        controller = server(handler, port)
        controller.start()
        postman.send(letter("bupati@rekaan.invalid", subject))
        controller.stop()
    postman.close()
    assert len(handler.taken) == 2
