"""Fetches proofs that certificates were not revoked: OCSP where the certificate names a responder, else its CRL.

A kept answer serves again only for a signature that is older than the answer. What an answer is worth is judged in
`revocation_proof`.
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
from backend.signing.revocation_proof import Question, Unproven, check_crl, check_ocsp

CRL_KEPT = timedelta(minutes=10)
MOST_KEPT = 4096  # answers in memory; a ceremony has about two per signatory


@dataclass(frozen=True)
class Evidence:
    """Revocation data: OCSP responses and CRLs, each in DER."""

    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()

    @property
    def responders(self) -> list[bytes]:
        """Return the certificates, in DER, that the OCSP responses bring along."""
        read = [ocsp.load_der_ocsp_response(answer) for answer in self.ocsps]
        return [c.public_bytes(Encoding.DER) for response in read for c in response.certificates]

    def __add__(self, other: "Evidence") -> "Evidence":
        """Return both, without doubles, in order."""
        ocsps, crls = dict.fromkeys((*self.ocsps, *other.ocsps)), dict.fromkeys((*self.crls, *other.crls))
        return Evidence(tuple(ocsps), tuple(crls))


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
    """Asks, checks and remembers. Safe for several threads."""

    def __init__(self, fetcher: Fetcher, now: Callable[[], datetime] = clock.now) -> None:
        self._fetcher = fetcher
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def evidence(self, path: Sequence[bytes], used: datetime) -> Evidence:
        """Return proofs that no certificate of a chain, its anchor apart, was revoked when it was last used.

        `path` is DER, signer first, anchor last. Raises CertificateRevoked, NoProof.
        """
        found = Evidence()
        chain = [x509.load_der_x509_certificate(step) for step in path]
        for certificate, issuer in pairwise(chain):
            found += self._proof(Question(certificate, issuer, used, self._now()))
        return found

    def _proof(self, question: Question) -> Evidence:
        failed = ""
        for url in _responders(question.certificate):
            try:
                return Evidence(ocsps=(self._ocsp(url, question),))
            except (Unreachable, Unproven):
                failed = url
        for url in _lists(question.certificate):
            try:
                return Evidence(crls=(self._crl(url, question),))
            except (Unreachable, Unproven):
                failed = url
        raise NoProof(failed)

    def _ocsp(self, url: str, question: Question) -> bytes:
        key = f"{url} {question.certificate.fingerprint(hashes.SHA256()).hex()}"
        kept = self._kept.get(key)
        if kept is not None and kept.since >= question.used and kept.until > self._now():
            check_ocsp(kept.answer, question)
            return kept.answer
        answer = self._fetcher.post(url, question.request, "application/ocsp-request")
        self._keep(key, _Kept(answer, *check_ocsp(answer, question)))
        return answer

    def _crl(self, url: str, question: Question) -> bytes:
        kept = self._kept.get(url)
        if kept is not None and kept.until > self._now():
            check_crl(kept.answer, question)
            return kept.answer
        answer = self._fetcher.get(url)
        since, until = check_crl(answer, question)
        self._keep(url, _Kept(answer, since, min(until, self._now() + CRL_KEPT)))
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
