"""What a file brings along to prove itself: certificates, OCSP responses and CRLs of its DSS and its signatures.

Proofs prove themselves by their own signatures, so it does not matter where in the file they lie, only since when.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any, Generic, TypeVar

from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from backend.verification import cms, der, keys
from backend.verification.document import Document, quietly
from backend.verification.pdf.values import Array, Dictionary, Reference, Stream

MOST_ITEMS = 2000
MOST_OF_ONE_NAME = 50
SMALL = 16_384  # what may be kept for the next file
OCSP_IN_CMS = "1.3.6.1.5.5.7.16.2"
CRLS, RESPONSES, ENUMERATED = 0xA0, 0xA1, 0x0A
Found = TypeVar("Found")


@dataclass(frozen=True)
class Proof(Generic[Found]):
    """One OCSP response or CRL, the revision of the file that brought it in, and its SHA-256, which identifies it."""

    content: Found = field(compare=False)
    since: int = field(compare=False)
    digest: bytes


@lru_cache(maxsize=512)
def _small_response(encoded: bytes) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(encoded)


@lru_cache(maxsize=128)
def _small_list(encoded: bytes) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl(encoded)


def _response(encoded: bytes) -> ocsp.OCSPResponse:
    """Return the response of DER bytes; the files of one ceremony bring the same ones again and again."""
    return (_small_response if len(encoded) <= SMALL else ocsp.load_der_ocsp_response)(encoded)


def _list(encoded: bytes) -> x509.CertificateRevocationList:
    return (_small_list if len(encoded) <= SMALL else x509.load_der_x509_crl)(encoded)


@dataclass
class Evidence:
    """Everything found: certificates by their subject, OCSP responses by serial number, CRLs by their issuer.

    Names are kept in one spelling. `remembered`: what others concluded from it; forgotten when something is added.
    """

    certificates: dict[bytes, list[x509.Certificate]] = field(default_factory=lambda: defaultdict(list))
    responses: dict[int, list[Proof[ocsp.OCSPResponse]]] = field(default_factory=lambda: defaultdict(list))
    crls: dict[bytes, list[Proof[x509.CertificateRevocationList]]] = field(default_factory=lambda: defaultdict(list))
    remembered: dict[Hashable, Any] = field(default_factory=dict)
    _seen: dict[bytes, int] = field(default_factory=dict)

    def add_certificate(self, encoded: bytes) -> None:
        """Keep a certificate; what is none is left out."""
        found = keys.certificate(encoded)
        if found is not None:
            self._keep(found)

    def responders(self) -> Iterator[x509.Certificate]:
        """Yield the certificates that are for signing OCSP responses: some files keep them in the store alone."""
        for named in self.certificates.values():
            for found in named:
                usage = keys.extension(found, x509.ExtendedKeyUsage)
                if usage is not None and ExtendedKeyUsageOID.OCSP_SIGNING in usage:
                    yield found

    def _keep(self, found: x509.Certificate) -> None:
        known = self.certificates[keys.subject_spelled(found)]
        if found not in known and len(known) < MOST_OF_ONE_NAME:
            known.append(found)
            self.remembered.clear()

    def add_ocsp(self, encoded: bytes, since: int) -> None:
        """Keep an OCSP response; one without an answer is left out."""
        if not self._is_new(encoded, since):
            return
        try:
            response = _response(encoded)
            serials = {single.serial_number for single in response.responses}
            for certificate in response.certificates:
                self._keep(certificate)
        except ValueError:
            return
        for serial in serials:
            self.responses[serial].append(Proof(response, since, sha256(encoded).digest()))

    def add_crl(self, encoded: bytes, since: int) -> None:
        """Keep a CRL."""
        if not self._is_new(encoded, since):
            return
        try:
            crl = _list(encoded)
            self.crls[keys.spelled(crl.issuer)].append(Proof(crl, since, sha256(encoded).digest()))
        except ValueError:
            return

    def _is_new(self, encoded: bytes, since: int) -> bool:
        if len(self._seen) >= MOST_ITEMS or self._seen.get(encoded, since + 1) <= since:
            return False
        self._seen[encoded] = since
        self.remembered.clear()
        return True

    def add_cms(self, found: cms.Cms, since: int) -> None:
        """Keep what a signature or token carries: certificates, CRLs, revocation values (CAdES, and Adobe's own)."""
        for certificate in found.certificates:
            self._keep(certificate)
        for choice in found.revocations:
            if choice.tag == der.SEQUENCE:
                self.add_crl(choice.whole, since)
            else:
                self._add_other(choice, since)
        values = list(found.unsigned(cms.REVOCATION_VALUES))
        if cms.ADOBE_REVOCATION in found.attributes:
            values.append(found.attributes[cms.ADOBE_REVOCATION].whole)
        for value in values:
            with suppress(ValueError, TypeError, IndexError):
                self._add_values(der.read(value), since)

    def _add_other(self, choice: der.Element, since: int) -> None:
        with suppress(ValueError, IndexError):
            kind, value = der.children(choice)
            if der.oid(kind) == OCSP_IN_CMS:
                self.add_ocsp(value.whole, since)

    def _add_values(self, values: der.Element, since: int) -> None:
        """Read SEQUENCE { [0] SEQUENCE OF CRL, [1] SEQUENCE OF OCSP }, both optional."""
        for tagged in der.children(values):
            for sequence in der.children(tagged):
                for item in der.children(sequence):
                    if tagged.tag == CRLS:
                        self.add_crl(item.whole, since)
                    elif tagged.tag == RESPONSES:
                        self.add_ocsp(_whole_response(item), since)


def _whole_response(found: der.Element) -> bytes:
    """Return an OCSPResponse; CAdES keeps only the basic response inside it (its first element is no ENUMERATED)."""
    if der.children(found)[0].tag == ENUMERATED:
        return found.whole
    basic = asn1_ocsp.BasicOCSPResponse.load(found.whole)
    body = {"response_type": "basic_ocsp_response", "response": basic}
    return bytes(asn1_ocsp.OCSPResponse({"response_status": "successful", "response_bytes": body}).dump())


def gather(document: Document) -> Evidence:
    """Return what the document security store of the last revision holds (EN 319 142-1 clause 5.4.2)."""
    found = Evidence()
    store = quietly(document.last.root, "/DSS")
    if not isinstance(store, Dictionary):
        return found
    _from_store(document, store, found, ("/Certs", "/OCSPs", "/CRLs"))
    entries = quietly(store, "/VRI")
    for key in list(entries)[:MOST_ITEMS] if isinstance(entries, Dictionary) else ():
        entry = quietly(entries, key)
        if isinstance(entry, Dictionary):
            _from_store(document, entry, found, ("/Cert", "/OCSP", "/CRL"))
    return found


def _from_store(document: Document, store: Dictionary, found: Evidence, names: tuple[str, ...]) -> None:
    certificates, responses, lists = names
    for encoded, _ in _streams(document, quietly(store, certificates)):
        found.add_certificate(encoded)
    for encoded, since in _streams(document, quietly(store, responses)):
        found.add_ocsp(encoded, since)
    for encoded, since in _streams(document, quietly(store, lists)):
        found.add_crl(encoded, since)


def _streams(document: Document, array: Any) -> Iterator[tuple[bytes, int]]:
    for index in range(min(len(array), MOST_ITEMS)) if isinstance(array, Array) else ():
        raw, stream = array.raw_get(index), quietly(array, index)
        if not isinstance(raw, Reference) or not isinstance(stream, Stream):
            continue
        try:
            found = stream.data, document.last_change(raw)
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: BLE001, S112  because filters raise builtins of every kind on hostile bytes
            continue
        yield found
