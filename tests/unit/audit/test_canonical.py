"""The bytes of a leaf: fixed for ever, one spelling only, and no place for a person's data."""

import json
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.audit import canonical
from backend.audit.events import (
    SYSTEM,
    Actor,
    CeremonyClosed,
    DocumentReturned,
    Event,
    LogOpened,
    Personal,
    Role,
    SignatureFailed,
    SignatureSigned,
    Subject,
    kinds,
)

EVENT_ID = UUID("01a20ac3-894a-761c-9f01-0483c9e220ba")
DEPLOYMENT = UUID("0b6c2d3e-0000-4000-8000-000000000001")
CEREMONY = UUID("01a20ac3-0000-7000-8000-00000000000c")
DOCUMENT = UUID("01a20ac3-0000-7000-8000-00000000000d")
AT = datetime(2026, 9, 30, 10, 3, 12, 7, tzinfo=timezone(timedelta(hours=7)))
SIGNED = SignatureSigned(
    at=AT,
    actor=Actor("p_" + "5c" * 16, Role.SIGNER, "region/33.13"),
    ceremony=CEREMONY,
    document=DOCUMENT,
    subject=Subject("pdf", "ab" * 32),
    slot="kepala_daerah",
    base_sha256="cd" * 32,
    certificate_sha256="ef" * 32,
    level="B-LTA",
    backend="pkcs12",
)


def _body(event: Event, digests: tuple[str, ...] = ()) -> bytes:
    return canonical.leaf_body(event, event_id=EVENT_ID, deployment=DEPLOYMENT, digests=digests)


def test_a_leaf_has_exactly_these_bytes() -> None:
    """A change here makes every log written before unreadable to whoever rebuilds a leaf: it may never happen."""
    sha = {name: name * 32 for name in ("ab", "cd", "ef")}
    assert _body(SIGNED, ("zz", "aa")).decode() == (
        '{"data":{"_sd":["aa","zz"],"_sd_alg":"sha-256","actor":"p_' + "5c" * 16 + '",'
        '"ceremony":"01a20ac3-0000-7000-8000-00000000000c","object":{"kind":"pdf","sha256":"' + sha["ab"] + '"},'
        '"on_behalf":"region/33.13","outcome":"success","role":"signer",'
        '"x":{"backend":"pkcs12","base_sha256":"' + sha["cd"] + '","certificate_sha256":"' + sha["ef"] + '",'
        '"level":"B-LTA","slot":"kepala_daerah"}},'
        '"id":"01a20ac3-894a-761c-9f01-0483c9e220ba","source":"urn:uuid:0b6c2d3e-0000-4000-8000-000000000001",'
        '"specversion":"1.0","subject":"ceremony/01a20ac3-0000-7000-8000-00000000000c/document/'
        '01a20ac3-0000-7000-8000-00000000000d","time":"2026-09-30T03:03:12.000007Z",'
        '"type":"prasasti.signature.signed.v1"}'
    )


def test_empty_members_are_left_out_but_nought_is_not() -> None:
    closed = CeremonyClosed(at=AT, actor=SYSTEM, ceremony=CEREMONY, completed=0, expired=48, declined=0, returned=0)
    envelope = canonical.parse(_body(closed))
    assert envelope["data"]["x"] == {"completed": 0, "declined": 0, "expired": 48, "returned": 0}
    assert envelope["subject"] == f"ceremony/{CEREMONY}"
    assert not {"_sd", "_sd_alg", "object", "reason", "on_behalf"} & envelope["data"].keys()
    assert "subject" not in canonical.parse(_body(LogOpened(at=AT, actor=SYSTEM, origin="log.invalid")))


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_kind_of_event_fits_a_leaf_without_a_word_of_what_is_personal(kind: type[Event]) -> None:
    canaries = ("Bupati Uji Canary", "3313999901019999", "canary@daerah.invalid", "203.0.113.77", "alasan canary")
    filled: dict[str, Any] = {
        f.name: 7 if f.type in (int, "int") else "kode"
        for f in fields(kind)
        if f.default is MISSING and f.name not in {"at", "actor"}
    }
    personal = tuple(Personal("p_canary", "nilai", canary) for canary in canaries)
    event = kind(at=AT, actor=Actor("p_1", Role.SIGNER), ceremony=CEREMONY, personal=personal, **filled)
    body = _body(event, ("digest",))
    assert canonical.parse(body)["type"] == kind.TYPE
    assert [canary for canary in canaries if canary.encode() in body] == []


@pytest.mark.parametrize("text", ["Bupati Uji", "a@b.invalid", "", "nama\n", "x" * 129])
def test_free_text_cannot_stand_where_a_code_belongs(text: str) -> None:
    with pytest.raises(ValueError, match="free text"):
        _body(DocumentReturned(at=AT, actor=Actor(text, Role.SIGNER)))
    if text:
        with pytest.raises(ValueError, match="free text"):
            _body(SignatureFailed(at=AT, actor=SYSTEM, slot="s", reason=text))
        with pytest.raises(ValueError, match="free text"):
            _body(DocumentReturned(at=AT, actor=Actor("p_1", Role.SIGNER, text)))
        with pytest.raises(ValueError, match="free text"):
            _body(DocumentReturned(at=AT, actor=SYSTEM, subject=Subject(text, "ab" * 32)))


def test_a_file_is_named_by_its_sha256_alone() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        _body(DocumentReturned(at=AT, actor=SYSTEM, subject=Subject("pdf", "MoU Uji.pdf")))


def test_what_fits_no_leaf_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        _body(LogOpened(at=AT, actor=SYSTEM, origin="o" * 70_000))
    with pytest.raises(ValueError, match=r"\d"):
        _body(CeremonyClosed(at=AT, actor=SYSTEM, completed=2**53, expired=0, declined=0, returned=0))
    with pytest.raises(ValueError, match="zone"):
        _body(LogOpened(at=datetime(2026, 1, 1), actor=SYSTEM, origin="o"))  # noqa: DTZ001 -- because that is the fault


def test_two_spellings_of_one_text_give_one_leaf() -> None:
    composed, decomposed = (LogOpened(at=AT, actor=SYSTEM, origin=text) for text in ("caf\u00e9", "cafe\u0301"))
    assert _body(composed) == _body(decomposed)


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (b'{"data":', b'{"data":{},"data":'),
        (b'"specversion":"1.0"', b'"specversion":"1.0","specversion":"1.0"'),
        (b'{"data":', b'{ "data":'),
        (b"prasasti", b"\\u0070rasasti"),
        (b'"specversion":"1.0"', b'"specversion":"2.0"'),
        (b'"specversion":"1.0"', b'"specversion":1.5'),
        (b'"specversion":"1.0"', b'"specversion":NaN'),
        (b".000007Z", b".7Z"),
        (b".000007Z", b".000007+00:00"),
        (b'"id":"01a2', b'"id":"wxyz'),
        (b"kepala", b"caf\x65\xcc\x81"),
        (b"kepala", b"\xff"),
        (b"}}", b"}"),
    ],
)
def test_another_spelling_is_refused(found: bytes, instead: bytes) -> None:
    body = _body(SIGNED)
    assert found in body
    with pytest.raises(canonical.NotCanonical):
        canonical.parse(body.replace(found, instead, 1))


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"null", b'"a"', b"{}", b"[" * 60_000, b" " * 70_000])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.parse(body)


def test_an_event_of_a_later_version_is_still_read() -> None:
    body = _body(SIGNED).replace(b"signature.signed.v1", b"signature.signed.v9")
    assert canonical.parse(body)["type"] == "prasasti.signature.signed.v9"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES | st.text(st.characters(max_codepoint=0x7F)))
def test_the_quick_spelling_is_the_standards(value: object) -> None:
    """RFC 8785 by another hand: whatever the quick way spells, rfc8785 spells alike."""
    quick = canonical._plain(value)
    if quick is not None:
        assert quick == rfc8785.dumps(canonical._nfc(value))


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF), max_size=40))
def test_every_text_is_read_as_it_was_written(words: str) -> None:
    assume(words)
    body = _body(LogOpened(at=AT, actor=SYSTEM, origin=words))
    assert body == rfc8785.dumps(canonical.parse(body))


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**400])
def test_a_number_that_no_reader_can_hold_is_refused(number: int) -> None:
    body = _body(CeremonyClosed(at=AT, actor=SYSTEM, completed=7, expired=0, declined=0, returned=0))
    with pytest.raises(canonical.NotCanonical):
        canonical.parse(body.replace(b'"completed":7', b'"completed":%d' % number))


@given(st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_broken_bytes_are_refused_or_are_themselves_canonical(place: int, noise: bytes) -> None:
    body = _body(SIGNED)
    broken = body[:place] + noise + body[place + len(noise) :]
    try:
        envelope = canonical.parse(broken)
    except canonical.NotCanonical:
        return
    assert json.dumps(envelope, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == broken


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 1)))  # noqa: DTZ001 -- because the zone is given apart
def test_a_moment_survives_to_the_microsecond(moment: datetime) -> None:
    envelope = canonical.parse(_body(LogOpened(at=moment, actor=SYSTEM, origin="o")))
    assert datetime.fromisoformat(envelope["time"]) == moment
