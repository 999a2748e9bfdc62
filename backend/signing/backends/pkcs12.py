"""Signs with a PKCS#12 key file of the deployment and the passphrase that the signer types. The default backend."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from asn1crypto import pkcs12 as asn1
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import pkcs12

from backend import clock
from backend.signing.apply import Place, apply
from backend.signing.identity import Identity, KeyUnusable, from_key
from backend.signing.signer import (
    Answer,
    Assignment,
    Challenge,
    KeyMissing,
    Signed,
    WrongCertificate,
    WrongPassphrase,
)
from backend.signing.timestamps import Timestamps

KEY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
PASSPHRASE = "passphrase"  # noqa: S105 because it names the kind of a challenge


class Pkcs12Signer:
    """Key files are `<folder>/<key>.p12`; without `timestamps` every signature stays at B-B."""

    name = "pkcs12"

    def __init__(self, folder: Path, timestamps: Timestamps | None, now: Callable[[], datetime] = clock.now) -> None:
        self._folder = folder
        self._timestamps = timestamps
        self._now = now

    def begin(self, assignment: Assignment) -> Challenge | Signed:
        """Ask for the passphrase; raises KeyMissing."""
        self._file(assignment.key)
        return Challenge(PASSPHRASE, assignment)

    def finish(self, challenge: Challenge, answer: Answer) -> Signed:
        """Open the key file with the passphrase, once, and sign.

        Raises KeyMissing, WrongPassphrase, KeyUnusable, KeyMismatch, WrongCertificate, CertificateExpired and
        FieldUnusable.
        """
        assignment = challenge.assignment
        identity = unlock(self._file(assignment.key).read_bytes(), answer)
        if assignment.certificate_sha256 not in {None, identity.sha256}:
            raise WrongCertificate(name=identity.name)
        place = Place(assignment.pdf, assignment.field, assignment.face)
        return apply(place, identity, self._timestamps, self._now)

    def _file(self, key: str) -> Path:
        path = self._folder / f"{key}.p12"
        if not KEY_NAME.fullmatch(key) or not path.is_file():
            raise KeyMissing(key=key)
        return path


def unlock(p12: bytes, answer: Answer) -> Identity:
    """Return the identity inside a PKCS#12 file; raises WrongPassphrase, KeyUnusable, KeyMismatch (RFC 7292)."""
    try:
        asn1.Pfx.load(p12, strict=True).native  # noqa: B018 because reading all of it is the check
    except (ValueError, TypeError, KeyError) as error:
        raise KeyUnusable from error
    try:
        store = pkcs12.load_pkcs12(p12, answer.secret.encode())
    except UnsupportedAlgorithm as error:
        raise KeyUnusable from error
    except ValueError:
        raise WrongPassphrase from None  # the library's words may repeat what was typed
    if store.cert is None:
        raise KeyUnusable
    return from_key(store.key, store.cert.certificate, [extra.certificate for extra in store.additional_certs])
