"""RFC 3161 tokens: over which bytes, of what time, and whether their arithmetic is right; no trust is judged here."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from backend.verification import der, keys
from backend.verification.arithmetic import check
from backend.verification.cms import Cms, Malformed, NoSigner, malformed_where_it_breaks, read
from backend.verification.keys import Digest
from backend.verification.verdict import Reason

TIMESTAMPS = "1.2.840.113549.1.9.16.2.14"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
# What makes a token prove nothing without being wrong.
STRANGE = frozenset({Reason.ALGORITHM_WEAK, Reason.ISSUER_UNKNOWN})


@dataclass(frozen=True)
class Token:
    """An RFC 3161 token: its CMS, its time, and what is wrong with it."""

    cms: Cms
    gen_time: datetime
    reasons: tuple[Reason, ...]


def read_token(found: Cms, over: Digest) -> Token:
    """Return a token over bytes of which `over` gives the digest; raises Malformed where it is none.

    Wrong arithmetic is DIGEST_MISMATCH or SIGNATURE_INVALID; a certificate that is not for timestamps only
    (RFC 3161 clause 2.3) makes nobody's time: ISSUER_UNKNOWN.
    """
    with malformed_where_it_breaks():
        if found.content_type != TST_INFO or found.content is None:
            raise Malformed("no token")
        version, policy, imprint, serial, made, *_ = der.inside(der.read(found.content), der.SEQUENCE)
        der.integer(version), der.oid(policy), der.integer(serial)
        named, hashed = der.inside(imprint, der.SEQUENCE)
        algorithm = keys.digest_name(named.whole)
        if algorithm not in keys.HASHES:
            raise keys.Unknown(algorithm)
        reasons = check(found, None)
        if not hmac.compare_digest(der.octets(hashed), over(algorithm)):
            reasons.insert(0, Reason.DIGEST_MISMATCH)
        if keys.weak_digest(algorithm) and Reason.ALGORITHM_WEAK not in reasons:
            reasons.append(Reason.ALGORITHM_WEAK)
        if not keys.for_timestamps_only(found.signer):
            reasons.append(Reason.ISSUER_UNKNOWN)
        return Token(found, der.moment(der.of(made, der.TIME)), tuple(reasons))


def signature_tokens(found: Cms, more: Iterable[x509.Certificate] = ()) -> tuple[list[Token | None], int]:
    """Return the signature timestamps inside a CMS, None for each that is broken, and how many nobody can judge.

    Of those the certificate is nowhere, or the form unknown, so that they prove nothing; `more` as for `read`.
    """
    tokens: list[Token | None] = []
    strange = 0
    for value in found.unsigned(TIMESTAMPS):
        try:
            inner = read(value, more)
            tokens.append(read_token(inner, lambda name: hashlib.new(name, found.signature).digest()))
        except (NoSigner, keys.Unknown):
            strange += 1
        except Malformed:
            tokens.append(None)
    return tokens, strange
