"""Signatures of format adbe.x509.rsa_sha1 (ISO 32000-1 clause 12.8.3.2), which PDF 2.0 gave up.

A bare PKCS#1 value in an OCTET STRING, the certificates beside it in /Cert. SHA-1 protects nothing any more, so none
of them passes; but one that is wrong is told as wrong.
"""

from typing import Any

from asn1crypto import core
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from backend.verification import der, keys
from backend.verification.document import quietly
from backend.verification.pdf.values import Array
from backend.verification.signature import Placed
from backend.verification.verdict import Reason

FORMAT = "/adbe.x509.rsa_sha1"
SHA1 = utils.Prehashed(hashes.SHA1())  # noqa: S303  because the format knows nothing else


def check(placed: Placed, pdf: bytes) -> list[Reason]:
    """Return what is wrong with one: always ALGORITHM_WEAK, and SIGNATURE_INVALID where it does not fit the bytes."""
    try:
        value = core.OctetString.load(placed.contents).native
        key = _certificate(placed).public_key()
    except (ValueError, TypeError, IndexError, UnsupportedAlgorithm):
        return [Reason.ALGORITHM_WEAK]
    if not isinstance(key, rsa.RSAPublicKey):
        return [Reason.ALGORITHM_WEAK]
    try:
        key.verify(value, placed.digest(pdf, "sha1"), padding.PKCS1v15(), SHA1)
    except InvalidSignature:
        return [Reason.SIGNATURE_INVALID, Reason.ALGORITHM_WEAK]
    return [Reason.ALGORITHM_WEAK]


def _certificate(placed: Placed) -> x509.Certificate:
    """Return the signer's certificate, the first in /Cert: a string, several, or one of several; raises ValueError."""
    stated: Any = quietly(placed.dictionary, "/Cert")
    first = quietly(stated, 0) if isinstance(stated, Array) else stated
    found = keys.certificate(bytes(first[: der.read(first).end])) if isinstance(first, bytes) else None
    if found is None:
        raise ValueError("/Cert")
    return found
