"""Cosigners that lie, refuse, flap or are away: each has its word, is told once, and stops and fools nobody."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from backend.audit.cosignature import CosigningKey
from backend.audit.note import split_note
from backend.audit.posting import NoReply, Reply
from backend.audit.submission import SIZE_TYPE, Submission
from tests.integration.audit.deployment import Deployment
from tests.integration.audit.institutions import START, Institutions, grow, honest, kept, told

STEP = timedelta(seconds=1)


def lying(institutions: Institutions) -> dict[str, Callable[[bytes], Reply | NoReply]]:
    """Return what a cosigner must not do, by the word with which it is told."""
    service = institutions.services["bpk"]
    impostor = CosigningKey.generate(service.key.name)

    def line(key: CosigningKey, body: bytes, at: datetime = START, text: str | None = None) -> Reply:
        note = Submission.from_bytes(body).note
        return Reply(200, "text/plain", key.cosign(split_note(note)[0] if text is None else text, at).encode())

    def size(known: int | str) -> Reply:
        return Reply(409, SIZE_TYPE, f"{known}\n".encode())

    return {
        "cosignature-foreign": lambda body: line(impostor, body),
        "cosignature-invalid": lambda body: line(service.key, body, text="lain\n1\nAAAA\n"),
        "cosignature-invalid ": lambda _body: Reply(200, "text/plain", b"bukan tanda tangan"),
        "cosignature-invalid  ": lambda _body: Reply(200, "text/plain", b"\xff\xfe"),
        "cosignature-invalid   ": lambda _body: Reply(200, "text/plain", b""),
        "cosignature-time": lambda body: line(service.key, body, START + timedelta(hours=1)),
        "cosignature-time ": lambda body: line(service.key, body, datetime.fromtimestamp(0, START.tzinfo)),
        "cosigner-knows-more": lambda _body: size(10_000),
        "fork-claimed": lambda _body: Reply(409, "text/plain", b"lain"),
        "answer-unusable": lambda _body: size("-1"),
        "answer-unusable ": lambda _body: size(0),
        "answer-unusable  ": lambda _body: Reply(500, "text/html", b"<h1>"),
        "redirected": lambda _body: Reply(302, "text/html", b""),
        "key-refused": lambda _body: Reply(403, "text/plain", b""),
        "log-unknown": lambda _body: Reply(404, "text/plain", b""),
        "proof-refused": lambda _body: Reply(422, "text/plain", b""),
        "answer-too-large": lambda _body: NoReply("answer-too-large"),
        "address-unusable": lambda _body: NoReply("address-unusable"),
    }


@pytest.mark.parametrize(
    "word",
    [
        "cosignature-foreign",
        "cosignature-invalid",
        "cosignature-invalid ",
        "cosignature-invalid  ",
        "cosignature-invalid   ",
        "cosignature-time",
        "cosignature-time ",
        "cosigner-knows-more",
        "fork-claimed",
        "answer-unusable",
        "answer-unusable ",
        "answer-unusable  ",
        "redirected",
        "key-refused",
        "log-unknown",
        "proof-refused",
        "answer-too-large",
        "address-unusable",
    ],
)
def test_a_cosigner_that_lies_is_told_once_and_the_others_go_on(
    deployment: Deployment, institutions: Institutions, word: str
) -> None:
    institutions.answering["bpk"] = lying(institutions)[word]
    publisher = institutions.publisher()
    grow(deployment)
    assert institutions.run(publisher, START) == 1
    for minute in range(1, 4):
        grow(deployment, 1)
        institutions.run(publisher, START + timedelta(minutes=10 * minute))
    assert {name for _, name in kept(deployment)} == {"anri"}
    assert told(deployment) == [("bpk cosign_failed", word.strip()), ("anri cosigned", None)]
    standing = institutions.standing()
    assert (standing.given, standing.total, standing.met) == (1, 2, False)
    assert [one.trouble for one in standing.cosigners] == [word.strip(), None]
    assert deployment.verify().sound


def test_who_is_away_is_told_only_if_he_stays_away_and_is_asked_ever_less_often(
    deployment: Deployment, institutions: Institutions
) -> None:
    publisher = institutions.publisher()
    grow(deployment)
    institutions.answering["bpk"] = lambda _body: NoReply("away")
    institutions.run(publisher, START)
    assert told(deployment) == [("anri cosigned", None)]
    for second in range(1, 3_600, 5):
        institutions.run(publisher, START + second * STEP)
    assert told(deployment) == [("anri cosigned", None), ("bpk cosign_failed", "away")]
    assert institutions.sent.count("bpk") < 16
    institutions.answering["bpk"] = honest(institutions.services["bpk"])
    for second in range(3_600, 4_300, 10):
        institutions.run(publisher, START + second * STEP)
    assert told(deployment)[2:] == [("bpk cosigned", None)]
    assert institutions.standing().met
    assert institutions.trouble("bpk") is None


def test_a_cosigner_that_comes_and_goes_adds_no_endless_news(
    deployment: Deployment, institutions: Institutions
) -> None:
    publisher = institutions.publisher()
    well = honest(institutions.services["bpk"])
    asked: list[int] = []

    def flapping(body: bytes) -> Reply | NoReply:
        asked.append(1)
        return Reply(500, "text/plain", b"") if len(asked) % 2 else well(body)

    institutions.answering["bpk"] = flapping
    grow(deployment)
    for minute in range(20):
        institutions.run(publisher, START + timedelta(minutes=minute))
        deployment.drain_and_sign()
    assert len(asked) == 2
    assert len(told(deployment)) == 3
