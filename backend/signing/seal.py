"""The ministry's electronic seal: certification signature on documents before anybody signs, and on minutes.

The key is the operator's: only the worker process reads it (DESIGN invariant 6).
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from backend import clock
from backend.errors import Refusal
from backend.signing.apply import Place, apply
from backend.signing.identity import Identity, KeyUnusable, from_key
from backend.signing.signer import Signed
from backend.signing.timestamps import Timestamps

FIELD = "segel-kementerian"


class SealMissing(Refusal):
    """The deployment has no seal key or certificate where the worker looks for them."""

    code = "seal-missing"
    message = "Kunci segel elektronik kementerian tidak ditemukan."
    remedy = "Pasang kunci dan sertifikat segel pada folder kunci, lalu ulangi."


class Sealer:
    """Seals with the key in `key_path` (PEM) and the certificates in `certificate_path` (PEM, own first, then issuers).

    The files are read when the first seal is made, and kept in memory for the life of the process.
    """

    def __init__(
        self,
        key_path: Path,
        certificate_path: Path,
        timestamps: Timestamps | None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._key_path = key_path
        self._certificate_path = certificate_path
        self._timestamps = timestamps
        self._now = now
        self._kept: Identity | None = None

    def seal(self, pdf: bytes, *, certify: bool = True, field: str = FIELD) -> Signed:
        """Return `pdf` sealed in its existing invisible field; `certify` permits only filling and signing after it.

        Raises SealMissing, KeyUnusable, KeyMismatch, CertificateExpired, FieldUnusable, PdfUnreadable.
        """
        return apply(Place(pdf, field, certify=certify), self.identity, self._timestamps, self._now)

    @property
    def identity(self) -> Identity:
        """Return the certificate and key of the seal; raises SealMissing, KeyUnusable, KeyMismatch."""
        if self._kept is None:
            self._kept = self._read()
        return self._kept

    def _read(self) -> Identity:
        try:
            key = load_pem_private_key(self._key_path.read_bytes(), None)
            own, *chain = x509.load_pem_x509_certificates(self._certificate_path.read_bytes())
        except FileNotFoundError as error:
            raise SealMissing from error
        except (ValueError, TypeError) as error:
            raise KeyUnusable from error
        return from_key(key, own, chain)
