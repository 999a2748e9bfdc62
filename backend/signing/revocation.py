"""Fetches proofs that certificates were not revoked: OCSP where the certificate names a responder, else its CRL.

A kept answer serves again only for a signature that is older than the answer. Whether an answer is authentic is judged
by `trust`, never here.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from backend import clock
from backend.signing.fetch import Fetcher, Unreachable
from backend.signing.trust import Evidence

CRL_KEPT = timedelta(minutes=10)
MOST_KEPT = 4096  # answers in memory; a ceremony has about two per signatory


class NoProof(Exception):
    """No service could be asked, or its answer says nothing about the certificate; `url` is the last one tried."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(url)


@dataclass(frozen=True)
class _Kept:
    answer: bytes = field(repr=False)
    since: datetime
    until: datetime


class Revocations:
    """Asks and remembers. Safe for several threads."""

    def __init__(self, fetcher: Fetcher, now: Callable[[], datetime] = clock.now) -> None:
        self._fetcher = fetcher
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def evidence(self, path: Sequence[bytes], since: datetime) -> Evidence:
        """Return proofs for each certificate of a chain but its anchor, OCSP answers made at `since` or later.

        `path` is DER, signer first, anchor last. Raises NoProof.
        """
        found = Evidence()
        chain = [x509.load_der_x509_certificate(step) for step in path]
        for certificate, issuer in pairwise(chain):
            found += self._proof(certificate, issuer, since)
        return found

    def _proof(self, certificate: x509.Certificate, issuer: x509.Certificate, since: datetime) -> Evidence:
        failed = ""
        for url in _responders(certificate):
            try:
                return Evidence(ocsps=(self._ocsp(url, certificate, issuer, since),))
            except (Unreachable, ValueError):
                failed = url
        for url in _lists(certificate):
            try:
                return Evidence(crls=(self._crl(url),))
            except (Unreachable, ValueError):
                failed = url
        raise NoProof(failed)

    def _ocsp(self, url: str, certificate: x509.Certificate, issuer: x509.Certificate, since: datetime) -> bytes:
        key = f"{url} {certificate.fingerprint(hashes.SHA256()).hex()}"
        kept = self._kept.get(key)
        if kept is not None and kept.since >= since and kept.until > self._now():
            return kept.answer
        # SHA-1 names the issuer here and proves nothing: every responder knows it (RFC 6960 section 4.1.1)
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303 because it is a name
        answer = self._fetcher.post(url, request.public_bytes(Encoding.DER), "application/ocsp-request")
        read = ocsp.load_der_ocsp_response(answer)
        if (
            read.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL
            or read.serial_number != certificate.serial_number
        ):
            raise ValueError(url)
        if read.certificate_status == ocsp.OCSPCertStatus.UNKNOWN:
            raise ValueError(url)
        self._keep(key, _Kept(answer, read.this_update_utc, read.next_update_utc or read.this_update_utc))
        return answer

    def _crl(self, url: str) -> bytes:
        kept = self._kept.get(url)
        if kept is not None and kept.until > self._now():
            return kept.answer
        read = x509.load_der_x509_crl(self._fetcher.get(url))
        answer = read.public_bytes(Encoding.DER)
        until = min(self._now() + CRL_KEPT, read.next_update_utc or self._now())
        self._keep(url, _Kept(answer, read.last_update_utc, until))
        return answer

    def _keep(self, key: str, answer: _Kept) -> None:
        with self._lock:
            self._kept.pop(key, None)
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = answer


def _responders(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    wanted = [d.access_location for d in access if d.access_method == AuthorityInformationAccessOID.OCSP]
    return [name.value for name in wanted if _is_http(name)]


def _lists(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [name.value for point in points for name in point.full_name or () if _is_http(name)]


def _is_http(name: x509.GeneralName) -> bool:
    return isinstance(name, x509.UniformResourceIdentifier) and name.value.startswith(("http://", "https://"))
