"""Which certificates this deployment accepts for signing: paths to its anchors, built and checked by certvalidator.

Paths need no network: validity, signatures and constraints are checked (RFC 5280 section 6). Revocation is asked after
only where the deployment gives the means.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from asn1crypto import pem, x509
from cryptography.x509 import load_der_x509_certificate
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
)

from backend.signing import der
from backend.signing.refusals import CertificateExpired, IssuerUnknown
from backend.signing.revocation import NoProof, Revocations

MOST_KNOWN = 1024  # paths kept in memory
TOLERANCE = timedelta(seconds=5)  # between clocks of this deployment and of the authorities


class Trust:
    """The anchors of a deployment, each PEM or DER; with `revocations`, signers' certificates are also asked after."""

    def __init__(self, anchors: Iterable[bytes], revocations: Revocations | None = None) -> None:
        self._revocations = revocations
        self._anchors = [_certificate(anchor) for anchor in anchors]
        self._known: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}

    def path(self, certificate: bytes, pool: Sequence[bytes], at: datetime) -> tuple[bytes, ...]:
        """Return the chain of a certificate, its own first and the anchor last, all DER.

        `pool` are certificates that may lie between, `at` is the moment for which everything must be valid.
        Raises CertificateExpired, IssuerUnknown.
        """
        key = (certificate, *pool)
        known = self._known.get(key)
        if known is not None and all(_valid(step, at) for step in known):
            return known
        own = _parsed(certificate)
        others = [_parsed(other) for other in pool if other != certificate]
        context = ValidationContext(
            trust_roots=self._anchors,
            moment=at,
            allow_fetching=False,
            time_tolerance=TOLERANCE,
        )
        validator = CertificateValidator(own, intermediate_certs=others, validation_context=context)
        try:
            found = asyncio.run(validator.async_validate_path())
        except (ExpiredError, NotYetValidError) as error:
            raise _expired(own) from error
        except (PathBuildingError, PathValidationError, InvalidCertificateError, ValueError) as error:
            raise IssuerUnknown(name=_name(own)) from error
        path = tuple(der.as_read(step) for step in reversed(list(found)))
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[key] = path
        return path

    def check_unrevoked(self, path: tuple[bytes, ...], at: datetime) -> None:
        """Raise CertificateRevoked when something in a chain was revoked by `at`; a service that is away says nothing.

        The archive step asks again and does not go on without an answer.
        """
        if self._revocations is not None:
            with suppress(NoProof):
                self._revocations.evidence(path, at)


@lru_cache(maxsize=MOST_KNOWN)
def _parsed(certificate: bytes) -> Any:
    """Return a certificate as asn1crypto's object, the same one again: it keeps its prepared names, which are slow."""
    return x509.Certificate.load(certificate)


def _certificate(encoded: bytes) -> Any:
    return x509.Certificate.load(pem.unarmor(encoded)[2] if pem.detect(encoded) else encoded)


def _valid(certificate: bytes, at: datetime) -> bool:
    """Tell whether a certificate of a known path is valid at that moment; nothing else of a path depends on time."""
    read = load_der_x509_certificate(certificate)
    return read.not_valid_before_utc <= at <= read.not_valid_after_utc


def _name(certificate: Any) -> str:
    return str(certificate.subject.native.get("common_name") or certificate.subject.human_friendly)


def _expired(certificate: Any) -> CertificateExpired:
    begin, end = certificate.not_valid_before, certificate.not_valid_after
    return CertificateExpired(name=_name(certificate), begin=f"{begin:%d-%m-%Y}", end=f"{end:%d-%m-%Y}")
