"""Whether the arithmetic of a signature is right: digest, signed attributes, signature value; no trust is judged here.

RFC 5652 clause 5.4 (CMS), RFC 5035 (signing certificate), EN 319 102-1 clause 5.2.7.
"""

import hashlib
import hmac

from backend.verification import der, keys
from backend.verification.cms import (
    CONTENT_TYPE,
    DATA,
    MESSAGE_DIGEST,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    Cms,
    Malformed,
    malformed_where_it_breaks,
)
from backend.verification.keys import Digest
from backend.verification.verdict import Reason


def check(found: Cms, detached: Digest | None) -> list[Reason]:
    """Return what is wrong with the arithmetic of one CMS (EN 319 102-1 clause 5.2.7).

    `detached` gives the digest of the signed bytes by algorithm name; None means that the enclosed content is signed.
    """
    name = found.digest_name
    digest = detached or (lambda algorithm: hashlib.new(algorithm, found.content or b"").digest())
    if name not in keys.HASHES:
        return [Reason.ALGORITHM_WEAK]
    try:
        with malformed_where_it_breaks():
            reasons = _arithmetic(found, digest)
    except Malformed:
        return [Reason.SIGNATURE_INVALID]
    if keys.weak_digest(name) or keys.weak_digest(_signature_hash(found)) or keys.weak_key(found.signer):
        reasons.append(Reason.ALGORITHM_WEAK)
    return list(dict.fromkeys(reasons))


def _signature_hash(found: Cms) -> str:
    """Return the digest algorithm inside the signature value, as far as its algorithm names one."""
    return found.algorithm.hash_name or found.digest_name


def check_detached(found: Cms, digest: Digest, subfilter: str) -> list[Reason]:
    """Return what is wrong with a signature over a file's bytes, by the format its /SubFilter names."""
    if subfilter == "/adbe.pkcs7.sha1":
        same = found.content is not None and hmac.compare_digest(found.content, digest("sha1"))
        reasons = check(found, None) if same else [Reason.DIGEST_MISMATCH]
        return [*reasons, Reason.ALGORITHM_WEAK]
    if found.content or found.content_type != DATA:
        return [Reason.SIGNATURE_INVALID]
    return check(found, digest)


def _arithmetic(found: Cms, digest: Digest) -> list[Reason]:
    if not found.attributes and found.content_type != DATA:
        raise Malformed("attributes")
    reasons = _attributes(found, digest(found.digest_name)) if found.attributes else []
    try:
        if not _value_is_right(found, digest):
            reasons.append(Reason.SIGNATURE_INVALID)
    except keys.Unknown:
        reasons.append(Reason.ALGORITHM_WEAK)
    return reasons


def _attributes(found: Cms, digest: bytes) -> list[Reason]:
    """Compare what the signed attributes say with what is there: digest, content type, certificate."""
    attributes = found.attributes
    if der.oid(attributes[CONTENT_TYPE]) != found.content_type:
        raise Malformed("content type")
    if not hmac.compare_digest(der.octets(attributes[MESSAGE_DIGEST]), digest):
        return [Reason.DIGEST_MISMATCH]
    return [] if _certificate_is_named(found) else [Reason.SIGNATURE_INVALID]


def _certificate_is_named(found: Cms) -> bool:
    """Compare the signing-certificate attributes (RFC 5035) with the certificate; an unknown digest tells nothing."""
    for oid in (SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2):
        value = found.attributes.get(oid)
        if value is None:
            continue
        certificates = der.inside(value, der.SEQUENCE)[0]
        parts = der.inside(der.inside(certificates, der.SEQUENCE)[0], der.SEQUENCE)
        algorithm = "sha1" if oid == SIGNING_CERTIFICATE else "sha256"
        if parts[0].tag == der.SEQUENCE and oid == SIGNING_CERTIFICATE_V2:
            algorithm = keys.digest_name(parts.pop(0).whole)
        known = algorithm in keys.HASHES
        if known and der.octets(parts[0]) != hashlib.new(algorithm, keys.der(found.signer)).digest():
            return False
    return True


def _value_is_right(found: Cms, digest: Digest) -> bool:
    written = found.info.attributes_der
    if written is None or not found.attributes:
        return keys.verify(found.signer, keys.Claim(found.algorithm, found.digest_name, found.signature, digest))
    # RFC 5652 clause 5.4: what is signed is the SET OF itself in DER, not its implicit tag.
    message = b"\x31" + written.whole[1:]
    if _signs(found, message):
        return True
    strict = der.distinguished(der.read(message))
    return strict != message and _signs(found, strict)


def _signs(found: Cms, message: bytes) -> bool:
    claim = keys.Claim(
        found.algorithm,
        found.digest_name,
        found.signature,
        lambda name: hashlib.new(name, message).digest(),
        message,
    )
    return keys.verify(found.signer, claim)
