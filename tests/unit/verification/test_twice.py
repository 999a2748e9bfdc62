"""A key with two values is found wherever it stands, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.verification.twice import has_key_twice

TWO = [
    b"<< /A 1 /A 2 >>",
    b"<< /A 1 /#41 2 >>",
    b"<< /A 1 0 R /B /A /A 2 0 R >>",
    b"[ << /A << /B (x) /B (y) >> >> ]",
    b"<< /A /A /A /B >>",
    b"<< /A (>>) /A (]) >>",
    b"<< /A 1 % /B 2\n /A 3 >>",
    b"<< /A <00> /A <01> >>",
    b"<< /A 1 >> << /B 1 /B [1] >>",
    b"<</A[1]/A<</B 1>>>>",
    b"[" * 600,
]
ONE = [
    b"<< /A 1 /B 2 >>",
    b"<< /Type /Annot /A 1 0 R /Type /Annot >>",
    b"<< /A /B /B /A >>",
    b"<< /A (/A 1) /B (\\) /A 2) >>",
    b"<< /A << /B 1 >> /C << /B 2 >> >>",
    b"[ /A 1 /A 2 ]",
    b"<< /A [ /A /A /A ] /B 9 0 R >>",
    b"<< /A 1 % /A 2\n >>",
    b"<< /A#20 1 /A#21 2 >>",
    b"<< /A 1 >> << /A 2 >>",
    b"12 0 R",
    b"",
]


@pytest.mark.parametrize("data", TWO)
def test_two_values_of_one_key_are_found(data: bytes) -> None:
    assert has_key_twice(data)


@pytest.mark.parametrize("data", ONE)
def test_one_value_for_each_key_is_left_alone(data: bytes) -> None:
    assert not has_key_twice(data)


@given(st.binary(max_size=300))
def test_any_bytes_end(data: bytes) -> None:
    has_key_twice(b"<< /A 1 /A 1 " + data)


@given(st.dictionaries(st.from_regex(r"\A/[A-Za-z]{1,5}\Z"), st.sampled_from(["1", "(x)", "/N", "[1 /A]", "9 0 R"])))
def test_a_dictionary_of_distinct_keys_is_left_alone(entries: dict[str, str]) -> None:
    data = " ".join(f"{key} {value}" for key, value in entries.items()).encode()
    assert not has_key_twice(b"<< " + data + b" >>")
    if entries:
        assert has_key_twice(b"<< " + data + b" " + next(iter(entries)).encode() + b" (other) >>")
