"""Certificates and public keys: reading them, and checking one signature value with one key; no trust is judged."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from asn1crypto.algos import DigestAlgorithm, SignedDigestAlgorithm
from asn1crypto.keys import PublicKeyInfo
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Digest = Callable[[str], bytes]

SMALLEST = {"rsa": 2048, "dsa": 2048, "ec": 224}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303  because an old signature must be read before it can be called weak
    "sha1": hashes.SHA1(),  # noqa: S303  because an old signature must be read before it can be called weak
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}
WEAK_DIGESTS = frozenset({"md2", "md5", "sha1"})


class Unknown(Exception):
    """An algorithm that this verifier does not know."""


@dataclass(frozen=True)
class Algorithm:
    """A signature algorithm: its name, kind of key (None if unknown), digest (None if it names none), and for PSS."""

    name: str
    family: str | None
    hash_name: str | None
    mask: str | None = None
    salt: int = 0


@dataclass(frozen=True)
class Claim:
    """A signature value and what it is said to sign: `digest` by algorithm name, the message where it is at hand."""

    algorithm: Algorithm
    digest_name: str
    value: bytes
    digest: Digest
    message: bytes | None = None


@lru_cache(maxsize=256)
def algorithm(der_bytes: bytes) -> Algorithm:
    """Return the signature algorithm of an AlgorithmIdentifier; raises what asn1crypto runs into."""
    found = SignedDigestAlgorithm.load(der_bytes, strict=True)
    name = str(found["algorithm"].native)
    try:
        family = str(found.signature_algo)
    except ValueError:
        return Algorithm(name, None, None)
    try:
        hash_name_ = str(found.hash_algo)
    except ValueError:
        return Algorithm(name, family, None)
    if family != "rsassa_pss":
        return Algorithm(name, family, hash_name_)
    parameters = found["parameters"]
    mask = str(parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native)
    return Algorithm(name, family, hash_name_, mask, int(parameters["salt_length"].native))


@lru_cache(maxsize=256)
def algorithm_of(dotted: str) -> Algorithm:
    """Return the signature algorithm of an OID without parameters."""
    return algorithm(SignedDigestAlgorithm({"algorithm": dotted}).dump())


@lru_cache(maxsize=256)
def digest_name(der_bytes: bytes) -> str:
    """Return the digest algorithm of an AlgorithmIdentifier, as `hashlib` knows it where it does."""
    return str(DigestAlgorithm.load(der_bytes, strict=True)["algorithm"].native)


@lru_cache(maxsize=512)
def certificate(der_bytes: bytes) -> x509.Certificate | None:
    """Return the certificate of DER bytes, None where they are none.

    One whose extensions break RFC 5280 (Adobe's old ones do) is a certificate all the same: see `well_formed`.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of serial numbers that RFC 5280 forbids
            found = x509.load_der_x509_certificate(der_bytes)
        found.subject  # noqa: B018  because names are parsed only when they are asked for
        found.issuer  # noqa: B018  because names are parsed only when they are asked for
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return found


@lru_cache(maxsize=512)
def well_formed(found: x509.Certificate) -> bool:
    """Tell whether the extensions of a certificate and its key can be read; without them nothing can be said of it."""
    try:
        found.extensions  # noqa: B018  because extensions are parsed only when they are asked for
        found.public_key()
    except (ValueError, TypeError, x509.DuplicateExtension, UnsupportedAlgorithm):
        return False
    return True


@lru_cache(maxsize=512)
def der(found: x509.Certificate) -> bytes:
    """Return the DER bytes of a certificate."""
    return found.public_bytes(Encoding.DER)


@lru_cache(maxsize=512)
def subject(found: x509.Certificate) -> bytes:
    """Return the subject of a certificate as DER."""
    return found.subject.public_bytes()


@lru_cache(maxsize=512)
def issuer(found: x509.Certificate) -> bytes:
    """Return the issuer of a certificate as DER."""
    return found.issuer.public_bytes()


def spelled(name: x509.Name) -> bytes:
    """Return one spelling of a name, equal where only string types, case or spaces differ (RFC 5280 clause 7.1)."""
    parts = [sorted((part.oid.dotted_string, _plain(part.value)) for part in level) for level in name.rdns]
    return repr(parts).encode()


def _plain(value: str | bytes) -> str:
    return " ".join(value.casefold().split()) if isinstance(value, str) else value.hex()


@lru_cache(maxsize=512)
def subject_spelled(found: x509.Certificate) -> bytes:
    """Return the subject of a certificate in its one spelling."""
    return spelled(found.subject)


@lru_cache(maxsize=512)
def issuer_spelled(found: x509.Certificate) -> bytes:
    """Return the issuer of a certificate in its one spelling."""
    return spelled(found.issuer)


@lru_cache(maxsize=512)
def sha256(found: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate in hex."""
    return found.fingerprint(hashes.SHA256()).hex()


def common_name(name: x509.Name) -> str | None:
    """Return the common name, else the organisation, else None."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            return attribute.value if isinstance(attribute.value, str) else attribute.value.decode("latin-1")
    return None


def organisation(name: x509.Name) -> str | None:
    """Return the organisation of a subject, None where it names none."""
    found = name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else None


@lru_cache(maxsize=512)
def public_key_bits(found: x509.Certificate) -> bytes:
    """Return the public key without its algorithm, as OCSP hashes it (RFC 6960 clause 4.1.1)."""
    info = PublicKeyInfo.load(found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return bytes(info["public_key"].contents[1:])


@lru_cache(maxsize=2048)
def extension(found: x509.Certificate, kind: type[x509.ExtensionType]) -> Any:
    """Return the value of an extension, None where the certificate has none of that kind that can be read."""
    try:
        return found.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return None


@lru_cache(maxsize=512)
def for_timestamps_only(found: x509.Certificate) -> bool:
    """Tell whether a certificate may sign tokens: critical extended key usage with that one purpose (RFC 3161 2.3)."""
    try:
        usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False
    return usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def weak_digest(name: str) -> bool:
    """Tell whether a digest algorithm no longer protects anything."""
    return name in WEAK_DIGESTS


def weak_signature(found: x509.Certificate) -> bool:
    """Tell whether the signature on a certificate was made with a weak digest, or one that is not known."""
    try:
        algorithm = found.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return True
    return algorithm is not None and weak_digest(algorithm.name)


@lru_cache(maxsize=512)
def weak_key(found: x509.Certificate) -> bool:
    """Tell whether the key of a certificate is too short, or of a kind that is not known."""
    try:
        key = found.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return True
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < SMALLEST["rsa"]
    if isinstance(key, dsa.DSAPublicKey):
        return key.key_size < SMALLEST["dsa"]
    return isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < SMALLEST["ec"]


def verify(signer: x509.Certificate, claim: Claim) -> bool:
    """Tell whether a signature value is right; raises Unknown for algorithms this verifier does not know."""
    try:
        key = signer.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unknown(str(error)) from error
    if claim.algorithm.family is None:
        raise Unknown(claim.algorithm.name)
    try:
        _verify(key, claim.algorithm.family, claim)
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm as error:
        raise Unknown(str(error)) from error
    return True


def _verify(key: Any, family: str, claim: Claim) -> None:
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        if claim.message is None:
            raise Unknown("EdDSA without signed attributes")
        key.verify(claim.value, claim.message)
        return
    name = hash_name(claim)
    if name not in HASHES:
        raise Unknown(name)
    prehashed = utils.Prehashed(HASHES[name])
    digest = claim.digest(name)
    if isinstance(key, rsa.RSAPublicKey) and family == "rsassa_pkcs1v15":
        key.verify(claim.value, digest, padding.PKCS1v15(), prehashed)
    elif isinstance(key, rsa.RSAPublicKey) and family == "rsassa_pss":
        key.verify(claim.value, digest, _pss(claim), prehashed)
    elif isinstance(key, ec.EllipticCurvePublicKey) and family == "ecdsa":
        key.verify(claim.value, digest, ec.ECDSA(prehashed))
    elif isinstance(key, dsa.DSAPublicKey) and family == "dsa":
        key.verify(claim.value, digest, prehashed)
    else:
        raise InvalidSignature


def hash_name(claim: Claim) -> str:
    """Return the digest algorithm of a signature algorithm; where it names none, the one stated beside it."""
    return claim.algorithm.hash_name or claim.digest_name


def _pss(claim: Claim) -> padding.PSS:
    mask = claim.algorithm.mask or ""
    if mask not in HASHES:
        raise Unknown(mask)
    return padding.PSS(padding.MGF1(HASHES[mask]), claim.algorithm.salt)
