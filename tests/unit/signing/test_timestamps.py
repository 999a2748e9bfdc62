"""A token is used only if it answers our question; a service that lies or hangs costs a moment, never a signature."""

import time
from contextlib import suppress

import pytest
from asn1crypto import tsp

from backend.signing import der, testpki
from backend.signing.cms import Container
from backend.signing.fetch import Fetcher, Unreachable
from backend.signing.identity import from_key
from backend.signing.testpki.authority import load
from backend.signing.testpki.responder import REJECTED, Responder
from backend.signing.timestamps import BadToken, TimestampAway, Timestamps, read_token
from tests.authority import PASSPHRASE, Authority
from tests.instant_signer import identity_of
from tests.unit.signing.services import Answering, service


def _with(request: bytes, **changed: object) -> bytes:
    query = tsp.TimeStampReq.load(request)
    for name, value in changed.items():
        query[name] = value
    return bytes(query.dump(force=True))


def test_a_token_states_the_time_for_these_bytes_only(authority: Authority) -> None:
    token = authority.timestamps.stamp(b"satu ", b"dua")
    assert read_token(token.der, [b"satu dua"]).at == token.at
    with pytest.raises(BadToken):
        read_token(token.der, [b"satu tiga"])
    broken = bytearray(token.der)
    broken[-10] ^= 1
    with pytest.raises(BadToken):
        read_token(bytes(broken), [b"satu dua"])


def test_lies_of_a_service_are_noticed(authority: Authority) -> None:
    honest = Responder(authority.folder)
    other = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    lies: dict[str, Answering] = {
        "rejection": lambda _: REJECTED,
        "no DER": lambda _: b"<html>",
        "nothing": lambda _: b"",
        "granted without token": lambda _: der.sequence(der.sequence(der.integer(0))),
        "other nonce": lambda request: honest.timestamp(_with(request, nonce=1)),
        "other bytes": lambda request: honest.timestamp(_with(request, message_imprint=other)),
    }
    believed = []
    for what, lie in lies.items():
        with service(lie) as url, suppress(TimestampAway):
            believed.append((what, Timestamps(url, authority.fetcher).stamp(b"isi")))
    assert believed == []


def test_only_who_may_stamp_is_believed(authority: Authority) -> None:
    pretender = Responder(authority.folder)
    issued = testpki.issue_person(authority.folder, "Rekaan", "Contoh", PASSPHRASE)
    pretender._stamps = Container(identity_of(issued.p12, PASSPHRASE), der.TST_INFO)
    with service(pretender.timestamp) as url, pytest.raises(TimestampAway):
        Timestamps(url, authority.fetcher).stamp(b"isi")
    ocsp = load(authority.folder, "ocsp")  # it has an extended key usage, for another purpose
    pretender._stamps = Container(from_key(ocsp.key, ocsp.certificate, []), der.TST_INFO)
    with service(pretender.timestamp) as url, pytest.raises(TimestampAway):
        Timestamps(url, authority.fetcher).stamp(b"isi")


def test_a_service_that_failed_is_left_alone_for_a_while(authority: Authority) -> None:
    asked = []

    def fail(request: bytes) -> bytes:
        asked.append(request)
        return REJECTED

    with service(fail) as url:
        timestamps = Timestamps(url, authority.fetcher, pause=60)
        assert timestamps.room == 0
        with pytest.raises(TimestampAway):
            timestamps.stamp(b"isi")
    assert timestamps.away
    assert len(asked) == 1


def _silence(_: bytes) -> bytes:
    time.sleep(1)
    return b""


def test_a_service_that_never_answers_is_given_up() -> None:
    # the answer that comes after a second would be taken otherwise
    with Fetcher(budget=0.2) as fetcher, service(_silence) as url, pytest.raises(Unreachable):
        fetcher.post(url, b"", "application/timestamp-query")


def test_an_answer_without_end_is_given_up(authority: Authority) -> None:
    with service(lambda _: bytes(9 << 20)) as url, pytest.raises(Unreachable):
        authority.fetcher.post(url, b"", "application/timestamp-query")
