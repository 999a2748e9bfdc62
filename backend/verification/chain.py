"""From a certificate up to an anchor: RFC 5280 section 6 for what these signatures need, the time judged apart.

A critical extension that is not understood (name constraints among them) ends a chain: unknown, never assumed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtensionOID

from backend.verification import keys
from backend.verification.trust import Anchor, Anchors

DEEPEST = 8
MOST_CHAINS = 16
UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.POLICY_CONSTRAINTS,
        ExtensionOID.INHIBIT_ANY_POLICY,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
    },
)


@dataclass(frozen=True)
class Chain:
    """Certificates from the signer's up to the anchor's own; `anchor` is what is believed."""

    certificates: tuple[x509.Certificate, ...]
    anchor: Anchor

    @property
    def links(self) -> Iterator[tuple[x509.Certificate, x509.Certificate]]:
        """Return every certificate that is no anchor, with its issuer."""
        return zip(self.certificates, self.certificates[1:], strict=False)


Pool = Mapping[bytes, Sequence[x509.Certificate]]


def build(leaf: x509.Certificate, pool: Pool, anchors: Anchors) -> Iterator[Chain]:
    """Yield the chains from `leaf` to an anchor, at most MOST_CHAINS; `pool` holds issuers at hand by their subject."""
    if keys.well_formed(leaf) and may_sign(leaf):
        yield from islice(_climb((leaf,), pool, anchors), MOST_CHAINS)


def _climb(path: tuple[x509.Certificate, ...], pool: Pool, anchors: Anchors) -> Iterator[Chain]:
    top = path[-1]
    anchor = anchors.find(keys.der(top))
    if anchor:
        yield Chain(path, anchor)
        return
    if len(path) == DEEPEST or not _understood(top):
        return
    above = keys.issuer_spelled(top)
    believed = [one.certificate for one in anchors.anchors if keys.subject_spelled(one.certificate) == above]
    for issuer in dict.fromkeys((*believed, *pool.get(above, ()))):
        if (
            issuer not in path
            and keys.well_formed(issuer)
            and _may_issue(issuer, len(path) - 1)
            and issued_by(top, issuer)
        ):
            yield from _climb((*path, issuer), pool, anchors)


def _understood(certificate: x509.Certificate) -> bool:
    return all(e.oid in UNDERSTOOD for e in certificate.extensions if e.critical)


def _may_issue(issuer: x509.Certificate, below: int) -> bool:
    """Tell whether a certificate may issue others, with `below` authorities between it and the signer."""
    constraints = keys.extension(issuer, x509.BasicConstraints)
    usage = keys.extension(issuer, x509.KeyUsage)
    return (
        constraints is not None
        and constraints.ca
        and (constraints.path_length is None or below <= constraints.path_length)
        and (usage is None or usage.key_cert_sign)
    )


@lru_cache(maxsize=2048)
def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether `issuer` signed `certificate` (RFC 5280 clause 6.1.3 a1), with its name in it, however spelled."""
    try:
        if keys.issuer(certificate) == keys.subject(issuer):
            certificate.verify_directly_issued_by(issuer)
        elif keys.issuer_spelled(certificate) == keys.subject_spelled(issuer):
            _verify(certificate, issuer.public_key())
        else:
            return False
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _verify(certificate: x509.Certificate, key: Any) -> None:
    """Check the signature on a certificate alone; raises InvalidSignature, or TypeError for a wrong kind of key."""
    value, message = certificate.signature, certificate.tbs_certificate_bytes
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(value, message, certificate.signature_algorithm_parameters, certificate.signature_hash_algorithm)  # type: ignore[arg-type]  # because a wrong pair raises
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(value, message, certificate.signature_algorithm_parameters)  # type: ignore[arg-type]  # because a wrong pair raises
    elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        key.verify(value, message)
    else:
        raise TypeError(type(key).__name__)


def weak(chain: Chain) -> bool:
    """Tell whether a signature or a key in the chain is weak (the anchor itself is believed as it is)."""
    return any(keys.weak_signature(one) or keys.weak_key(one) for one, _ in chain.links)


def may_sign(certificate: x509.Certificate) -> bool:
    """Tell whether the key usage allows signing documents (an absent extension allows all)."""
    usage = keys.extension(certificate, x509.KeyUsage)
    return usage is None or usage.digital_signature or usage.content_commitment
