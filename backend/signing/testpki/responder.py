"""What the test authority answers: timestamps (RFC 3161), OCSP (RFC 6960), CRLs (RFC 5280). Bytes in, bytes out."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from backend import clock
from backend.signing import der
from backend.signing.cms import Container
from backend.signing.identity import from_key
from backend.signing.testpki.authority import POLICY, Member, load, revoked

FRESH = timedelta(days=7)
REJECTED = der.sequence(der.sequence(der.integer(2)))  # PKIStatus rejection, no token


class Responder:
    """Answers for the authority in `folder`; keys are read once."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = clock.now) -> None:
        self._folder = folder
        self._now = now
        self._issuers = {name: load(folder, name) for name in ("root", "issuing")}
        self._ocsp = load(folder, "ocsp")
        tsa = load(folder, "tsa")
        issuing = self._issuers["issuing"].certificate
        self._stamps = Container(from_key(tsa.key, tsa.certificate, [issuing]), der.TST_INFO)

    def certificate(self, name: str) -> bytes | None:
        """Return the certificate of an issuer in DER, None for an unknown name."""
        member = self._issuers.get(name)
        return member.certificate.public_bytes(Encoding.DER) if member else None

    def timestamp(self, request: bytes) -> bytes:
        """Return a TimeStampResp; a request that cannot be read or uses another hash than SHA-2 is rejected."""
        try:
            query = tsp.TimeStampReq.load(request)
            imprint, nonce = query["message_imprint"], query["nonce"]
            if imprint["hash_algorithm"]["algorithm"].native not in {"sha256", "sha384", "sha512"}:
                return REJECTED
            parts = [
                der.integer(1),
                der.identifier(POLICY.dotted_string),
                der.as_read(imprint),
                der.integer(secrets.randbits(63)),
                der.tlv(der.GENERALIZED_TIME, self._now().strftime("%Y%m%d%H%M%SZ").encode()),
            ]
            if nonce.native is not None:
                parts.append(nonce.dump())
        except (ValueError, TypeError, KeyError):
            return REJECTED
        info = der.sequence(*parts)
        token = self._stamps.sign(hashlib.sha256(info).digest(), enclosed=info)
        return der.sequence(der.sequence(der.integer(0)), token)

    def status(self, request: bytes) -> bytes:
        """Return an OCSP response about one certificate of the issuing authority."""
        try:
            query = ocsp.load_der_ocsp_request(request)
        except ValueError:
            unreadable = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
            return unreadable.public_bytes(Encoding.DER)
        now = self._now().replace(microsecond=0)
        since = revoked(self._folder).get(query.serial_number)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=query.issuer_name_hash,
                issuer_key_hash=query.issuer_key_hash,
                serial_number=query.serial_number,
                algorithm=query.hash_algorithm,
                cert_status=ocsp.OCSPCertStatus.GOOD if since is None else ocsp.OCSPCertStatus.REVOKED,
                this_update=now,
                next_update=now + FRESH,
                revocation_time=since,
                revocation_reason=None if since is None else x509.ReasonFlags.key_compromise,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self._ocsp.certificate)
            .certificates([self._ocsp.certificate])
        )
        for extension in query.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                builder = builder.add_extension(extension.value, critical=False)
        return builder.sign(self._ocsp.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def crl(self, name: str) -> bytes | None:
        """Return the present CRL of an issuer in DER, None for an unknown name."""
        issuer = self._issuers.get(name)
        if issuer is None:
            return None
        since = revoked(self._folder) if name == "issuing" else {}
        return _crl(issuer, since, self._now())


def _crl(issuer: Member, since: dict[int, datetime], now: datetime) -> bytes:
    key = issuer.certificate.public_key()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now)
        .next_update(now + FRESH)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key), critical=False)  # type: ignore[arg-type]  # because the issuer's key is one of ours: P-256
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    )
    for serial, moment in since.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)
