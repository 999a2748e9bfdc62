"""Judges one OCSP answer or one CRL: whether it proves that a certificate was not revoked when it was used.

Pure: bytes and times in, nothing fetched (RFC 6960 section 3.2, RFC 5280 section 6.3). A certificate revoked after its
use is proven by that very answer; certvalidator cannot say so, which is why this is written here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from backend.signing.identity import common_name
from backend.signing.refusals import CertificateRevoked

TOLERANCE = timedelta(seconds=60)  # between the clocks of authorities and ours
STRONG = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
Times = tuple[datetime, datetime]


class Unproven(Exception):
    """The answer says nothing that may be relied upon."""


@dataclass(frozen=True)
class Question:
    """Was `certificate`, issued by `issuer`, revoked at `used`? Asked at `now`."""

    certificate: x509.Certificate
    issuer: x509.Certificate
    used: datetime
    now: datetime

    @cached_property
    def request(self) -> bytes:
        """Return the OCSP request in DER; SHA-1 names the issuer, proves nothing, and every responder knows it."""
        name = hashes.SHA1()  # noqa: S303 because it is a name here (RFC 6960 section 4.1.1)
        built = ocsp.OCSPRequestBuilder().add_certificate(self.certificate, self.issuer, name).build()
        return built.public_bytes(Encoding.DER)

    def check_time(self, revoked: datetime | None) -> None:
        """Raise CertificateRevoked when it was revoked by the time it was used."""
        if revoked is not None and revoked <= self.used:
            raise CertificateRevoked(name=common_name(self.certificate))

    def check_period(self, begin: datetime, end: datetime | None) -> Times:
        """Return when the answer was made and until when it holds; raises Unproven unless it holds now."""
        until = end or begin + TOLERANCE
        if begin > self.now + TOLERANCE or until < self.now - TOLERANCE:
            raise Unproven("period")
        return begin, until


def check_ocsp(answer: bytes, question: Question) -> Times:
    """Return when the answer was made and until when it holds; raises CertificateRevoked, Unproven."""
    try:
        read = ocsp.load_der_ocsp_response(answer)
        if read.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL or not _is_about(read, question):
            raise Unproven("another certificate")
        _check_responder(read, question.issuer)
        if read.certificate_status == ocsp.OCSPCertStatus.UNKNOWN:
            raise Unproven("unknown")
        times = question.check_period(read.this_update_utc, read.next_update_utc)
        question.check_time(read.revocation_time_utc)
        return times
    except (ValueError, UnsupportedAlgorithm, x509.ExtensionNotFound) as error:
        raise Unproven("unreadable") from error


def check_crl(answer: bytes, question: Question) -> Times:
    """Return when the list was made and until when it holds; raises CertificateRevoked, Unproven."""
    try:
        read = x509.load_der_x509_crl(answer)
        key = question.issuer.public_key()
        if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)) or any(
            e.critical for e in read.extensions
        ):
            raise Unproven("a list of another kind")
        if read.issuer != question.issuer.subject or not read.is_signature_valid(key):
            raise Unproven("issuer")
        if not isinstance(read.signature_hash_algorithm, STRONG):
            raise Unproven("algorithm")
        times = question.check_period(read.last_update_utc, read.next_update_utc)
        entry = read.get_revoked_certificate_by_serial_number(question.certificate.serial_number)
        question.check_time(None if entry is None else entry.revocation_date_utc)
        return times
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unproven("unreadable") from error


def _is_about(read: ocsp.OCSPResponse, question: Question) -> bool:
    asked = (
        ocsp.OCSPRequestBuilder().add_certificate(question.certificate, question.issuer, read.hash_algorithm).build()
    )
    about = (read.serial_number, read.issuer_name_hash, read.issuer_key_hash)
    return about == (asked.serial_number, asked.issuer_name_hash, asked.issuer_key_hash)


def _check_responder(read: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    """Raise unless the issuer itself signed, or somebody whom it made its responder (RFC 6960 section 4.2.2.2)."""
    if not isinstance(read.signature_hash_algorithm, STRONG):
        raise Unproven("algorithm")
    if not any(_has_signed(read, candidate) for candidate in _authorised(read, issuer)):
        raise Unproven("responder")


def _authorised(read: ocsp.OCSPResponse, issuer: x509.Certificate) -> Iterator[x509.Certificate]:
    yield issuer
    for certificate in read.certificates:
        try:
            certificate.verify_directly_issued_by(issuer)
            usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            certificate.extensions.get_extension_for_class(x509.OCSPNoCheck)  # its own revocation need not be asked
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
            continue
        valid = certificate.not_valid_before_utc <= read.produced_at_utc <= certificate.not_valid_after_utc
        if valid and ExtendedKeyUsageOID.OCSP_SIGNING in usage:
            yield certificate


def _has_signed(read: ocsp.OCSPResponse, responder: x509.Certificate) -> bool:
    key, algorithm = responder.public_key(), read.signature_hash_algorithm
    try:
        if algorithm is not None and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(read.signature, read.tbs_response_bytes, ec.ECDSA(algorithm))
            return True
        if algorithm is not None and isinstance(key, rsa.RSAPublicKey):
            key.verify(read.signature, read.tbs_response_bytes, padding.PKCS1v15(), algorithm)
            return True
    except InvalidSignature:
        return False
    return False
