"""A token ends where its DER says: zero bytes after it are padding, a zero byte at its end is part of its signature."""

from backend.signing.timestamps import read_token
from tests.authority import Authority


def test_a_token_whose_signature_ends_with_a_zero_byte_stays_whole(authority: Authority) -> None:
    tokens = (authority.timestamps.stamp(b"naskah").der for _ in range(4000))
    token = next(token for token in tokens if token.endswith(b"\0"))
    assert read_token(token, [b"naskah"]).der == token


def test_padding_after_a_token_is_left_out(authority: Authority) -> None:
    token = authority.timestamps.stamp(b"naskah").der
    assert read_token(token + bytes(64), [b"naskah"]).der == token
