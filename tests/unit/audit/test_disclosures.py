"""Personal values: salted so that nobody guesses them, encrypted so that they can be erased, bound to their row."""

import base64
import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit import disclosures


def test_the_digest_is_that_of_the_standard() -> None:
    """The example of RFC 9901 section 4.2.1 and 4.2.3."""
    text = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    disclosure = disclosures.read(text)
    assert (disclosure.field, disclosure.value) == ("family_name", "Möbius")
    assert disclosure.digest == "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"


@given(st.text(min_size=1), st.text())
def test_a_disclosure_is_read_back_from_its_text(field: str, value: str) -> None:
    made = disclosures.disclose(field, value)
    assert disclosures.read(made.text) == made
    assert "=" not in made.text + made.digest


def test_the_same_value_never_gives_the_same_digest() -> None:
    assert len({disclosures.disclose("nik", "3313999901019999").digest for _ in range(50)}) == 50


def test_the_salt_has_128_bits() -> None:
    text = disclosures.disclose("nik", "3313999901019999").text
    salt = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))[0]
    assert len(base64.urlsafe_b64decode(salt + "==")) == 16
    guess = base64.urlsafe_b64encode(sha256(b"3313999901019999").digest()).rstrip(b"=").decode()
    assert guess != disclosures.read(text).digest


@pytest.mark.parametrize("text", ["", "!!!", "e30", "WyJhIl0", "\u00e9"])
def test_what_is_no_disclosure_is_refused(text: str) -> None:
    with pytest.raises(disclosures.Unreadable):
        disclosures.read(text)


def test_a_value_opens_only_with_its_key_and_in_its_row() -> None:
    key = disclosures.new_key()
    stored = disclosures.encrypt(key, b"rahasia", "event-1", "digest")
    assert disclosures.decrypt(key, stored, "event-1", "digest") == b"rahasia"
    for other_key, text, place in (
        (disclosures.new_key(), stored, ("event-1", "digest")),
        (key, stored, ("event-2", "digest")),
        (key, stored[:-1] + bytes([stored[-1] ^ 1]), ("event-1", "digest")),
        (key, stored[:20], ("event-1", "digest")),
        (key, b"", ("event-1", "digest")),
    ):
        with pytest.raises(disclosures.Unreadable):
            disclosures.decrypt(other_key, text, *place)
    assert b"rahasia" not in stored
