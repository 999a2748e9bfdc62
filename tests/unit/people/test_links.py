"""Links: the token comes from key, id and generation alone, and a new generation ends every older one."""

from dataclasses import fields
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.people import links
from backend.people.links import Link, LinkExpired, LinkUnknown, LinkVoid
from tests import factories
from tests.factories import AT

KEY = b"k" * 32
PERSON = factories.person(factories.ceremony().id)
KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS, st.uuids(), st.integers(1, 2**32 - 1))
def test_a_token_is_the_same_whenever_it_is_derived(key: bytes, link_id: UUID, generation: int) -> None:
    token = links.derive_token(key, link_id, generation)
    assert token == links.derive_token(key, link_id, generation)
    assert len(token) == 43
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(KEYS, KEYS, st.uuids(), st.uuids(), st.integers(1, 9))
def test_another_key_link_or_generation_is_another_token(
    key: bytes, other_key: bytes, one: UUID, other: UUID, generation: int
) -> None:
    token = links.derive_token(key, one, generation)
    assert (links.derive_token(other_key, one, generation) == token) is (key == other_key)
    assert (links.derive_token(key, other, generation) == token) is (one == other)
    assert links.derive_token(key, one, generation + 1) != token


def test_a_known_token_never_changes_with_the_program() -> None:
    # Links in people's mailboxes outlive every version of us (DESIGN 12.3).
    link_id = UUID("01a20ac3-0000-7000-8000-00000000000c")
    assert links.derive_token(b"\x00" * 32, link_id, 1) == KNOWN


KNOWN = "FkfJ5RlH_a9QIlm1Js9H_aFPEbsYDnMRRd2yUvx8s6I"


def test_a_link_keeps_the_hash_of_its_token_and_never_the_token() -> None:
    link = factories.link(PERSON, KEY)
    token = links.derive_token(KEY, link.id, 1)
    assert link.token_sha256 == links.token_hash(token)
    assert [f.name for f in fields(link) if str(getattr(link, f.name)) == token] == []


def test_a_new_generation_ends_the_older_one_and_heals_a_void_link() -> None:
    old = factories.link(PERSON, KEY, void=True)
    new = old.renewed(KEY, AT + timedelta(days=2))
    assert (new.id, new.generation, new.void) == (old.id, 2, False)
    assert new.token_sha256 == links.token_hash(links.derive_token(KEY, old.id, 2))
    assert new.token_sha256 != old.token_sha256


@pytest.mark.parametrize(
    ("link", "refused"),
    [
        (None, LinkUnknown),
        (factories.link(PERSON, KEY, void=True), LinkVoid),
        (factories.link(PERSON, KEY, expires_at=AT), LinkExpired),
    ],
    ids=["unknown", "void", "expired"],
)
def test_a_link_that_no_longer_opens_says_why(link: Link | None, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        links.check_usable(link, AT)


def test_a_good_link_is_returned() -> None:
    link = factories.link(PERSON, KEY)
    assert links.check_usable(link, AT) is link
