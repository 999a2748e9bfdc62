"""One-time codes and passwords: five minutes, five tries, spaces forgiven; nothing tells whether an account exists."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from backend.people import identity
from backend.people.identity import CODE_LIFE, CODE_TRIES, Code, CodeExpired, CodeSpent, CodeWrong, PasswordTooShort
from tests.factories import AT

KEY, LINK = b"c" * 32, uuid7()


def kept(code: str = "482913", link: UUID = LINK, tries: int = 0) -> Code:
    return Code(link, identity.code_digest(KEY, link, code), AT, tries)


@given(st.text("0123456789", min_size=6, max_size=6), st.lists(st.sampled_from(" \t\u00a0"), max_size=4))
def test_the_right_code_is_accepted_with_spaces(code: str, spaces: list[str]) -> None:
    typed = "".join(spaces) + code[:3] + "".join(spaces) + code[3:]
    identity.check_code(KEY, kept(code), typed, AT)


@given(st.text(max_size=12))
def test_no_other_text_is_accepted(typed: str) -> None:
    if "".join(typed.split()) != "482913":
        with pytest.raises(CodeWrong):
            identity.check_code(KEY, kept(), typed, AT)


def test_a_code_lives_five_minutes() -> None:
    identity.check_code(KEY, kept(), "482913", AT + CODE_LIFE)
    for given_code in (kept(), None):
        with pytest.raises(CodeExpired):
            identity.check_code(KEY, given_code, "482913", AT + CODE_LIFE + timedelta(microseconds=1))
    assert timedelta(minutes=5) == CODE_LIFE


def test_the_fifth_wrong_try_is_the_last() -> None:
    code = kept()
    left = []
    for _ in range(CODE_TRIES - 1):
        with pytest.raises(CodeWrong) as refused:
            identity.check_code(KEY, code, "000000", AT)
        left.append(refused.value.facts["left"])
        code = code.tried()
    assert left == [4, 3, 2, 1]
    with pytest.raises(CodeSpent):
        identity.check_code(KEY, code, "000000", AT)
    with pytest.raises(CodeSpent):
        identity.check_code(KEY, code.tried(), "482913", AT)


def test_a_code_is_good_for_its_own_link_and_key_only() -> None:
    stolen = replace(kept(), link_id=uuid7())
    with pytest.raises(CodeWrong):
        identity.check_code(KEY, stolen, "482913", AT)
    with pytest.raises(CodeWrong):
        identity.check_code(b"d" * 32, kept(), "482913", AT)
    assert "482913" not in repr(kept())


def test_codes_are_six_digits_and_not_always_the_same() -> None:
    codes = {identity.new_code() for _ in range(50)}
    assert len(codes) > 10
    assert all(len(code) == 6 and code.isdigit() for code in codes)


def test_a_password_is_kept_as_argon2id_and_matched() -> None:
    hashed = identity.hash_password("kata sandi karangan")
    assert hashed.startswith("$argon2id$")
    assert identity.password_matches(hashed, "kata sandi karangan")
    assert not identity.password_matches(hashed, "kata sandi karangaN")


@pytest.mark.parametrize("nothing", [None, "", "plain text"])
def test_without_an_account_no_password_matches(nothing: str | None) -> None:
    assert not identity.password_matches(nothing, "")
    assert not identity.password_matches(nothing, "kata sandi karangan")


def test_a_short_password_is_refused() -> None:
    with pytest.raises(PasswordTooShort):
        identity.hash_password("sebelas hrf")
    identity.hash_password("dua belas hf")


def test_a_session_keeps_the_hash_of_its_secret() -> None:
    secret, kept_hash = identity.new_secret()
    assert kept_hash == identity.secret_hash(secret)
    assert secret not in kept_hash
    assert len(secret) >= 43
