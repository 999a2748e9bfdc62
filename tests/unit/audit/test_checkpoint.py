"""C2SP texts: what one key signed is opened with that key and no other, and any change is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit.checkpoint import Checkpoint, InvalidNote, PublicKey, SigningKey, open_checkpoint

ORIGIN = "log.contoh.invalid/2026"
KEY = SigningKey.generate(ORIGIN)
TEXT = Checkpoint(ORIGIN, 514, bytes(range(32))).to_text()
NOTE = KEY.sign(TEXT)

# The example of Go's golang.org/x/mod/sumdb/note: our bytes are other people's bytes.
EXAMPLE = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
EXAMPLE_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)


def test_the_published_example_opens() -> None:
    key = PublicKey.from_text("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert key.open(f"{EXAMPLE}\n{EXAMPLE_LINE}\n") == EXAMPLE


def test_the_published_secret_key_signs_the_same_bytes() -> None:
    key = SigningKey.from_text("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
    assert key.sign(EXAMPLE) == f"{EXAMPLE}\n{EXAMPLE_LINE}\n"


def test_a_checkpoint_comes_back_as_it_was_signed() -> None:
    assert open_checkpoint(NOTE, KEY.public) == Checkpoint(ORIGIN, 514, bytes(range(32)))
    assert TEXT.splitlines()[:2] == [ORIGIN, "514"]


def test_keys_come_back_from_their_lines() -> None:
    assert PublicKey.from_text(KEY.public.to_text() + "\n") == KEY.public
    assert SigningKey.from_text(KEY.to_text() + "\n").sign(TEXT) == NOTE


def test_a_secret_key_does_not_show_itself() -> None:
    seed = KEY.to_text().split("+", 4)[4]
    assert seed not in repr(KEY)
    assert repr(KEY) == f"SigningKey({ORIGIN!r})"


@given(st.integers(0, len(NOTE) - 1), st.characters(max_codepoint=0x2FF))
def test_a_note_with_one_other_character_is_refused(place: int, other: str) -> None:
    changed = NOTE[:place] + other + NOTE[place + 1 :]
    if changed != NOTE:
        with pytest.raises(InvalidNote):
            open_checkpoint(changed, KEY.public)


def test_signatures_of_others_are_left_alone_but_never_suffice() -> None:
    other = SigningKey.generate("penjaga.contoh.invalid")
    line = other.sign(TEXT).rpartition("\n\n")[2]
    assert open_checkpoint(NOTE + line, KEY.public).size == 514
    with pytest.raises(InvalidNote, match="no signature by this log"):
        open_checkpoint(f"{TEXT}\n{line}", KEY.public)


def test_another_key_of_the_same_name_is_not_this_log() -> None:
    with pytest.raises(InvalidNote):
        open_checkpoint(SigningKey.generate(ORIGIN).sign(TEXT), KEY.public)


def test_the_checkpoint_of_another_origin_is_refused_even_if_signed() -> None:
    with pytest.raises(InvalidNote, match="another log"):
        open_checkpoint(KEY.sign(Checkpoint("lain.invalid", 1, bytes(32)).to_text()), KEY.public)


@pytest.mark.parametrize(
    "text", ["a\n-1\nAA==\n", "a\n01\n{r}\n", "a\n1\nAA==\n", "a\n1\n", "\n1\n{r}\n", "a\n1 \n{r}\n"]
)
def test_a_crooked_checkpoint_is_refused(text: str) -> None:
    root = TEXT.splitlines()[2]
    with pytest.raises(InvalidNote):
        Checkpoint.from_text(text.replace("{r}", root))


@pytest.mark.parametrize(
    "vkey",
    ["", "a", "a+b", "a+00000000+AQ==", KEY.public.to_text().replace("contoh", "lain")],
    # The key is random: a parallel run needs the same name for it in every process.
    ids=["empty", "name", "half", "short", "renamed"],
)
def test_a_crooked_key_is_refused(vkey: str) -> None:
    with pytest.raises(InvalidNote):
        PublicKey.from_text(vkey)
    with pytest.raises(InvalidNote):
        SigningKey.from_text("PRIVATE+KEY+" + vkey)


@pytest.mark.parametrize("name", ["", "dengan spasi", "satu+dua"])
def test_a_log_cannot_be_named_with_a_space_or_a_plus(name: str) -> None:
    with pytest.raises(ValueError, match="neither space nor plus"):
        SigningKey.generate(name)
