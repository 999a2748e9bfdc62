"""Which roots are believed, what they may be called and for which time; nothing here judges a signature."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from backend.errors import Refusal

TEST_MARK = "UJI COBA"


class AnchorClass(StrEnum):
    """What a root stands for, weakest last."""

    CERTIFIED = "certified"
    OTHER = "other"
    TEST = "test"


class BadTrustFile(Refusal):
    """A file of anchors cannot be used."""

    code = "bad-trust-file"
    message = "Berkas sertifikat induk %(file)s tidak dapat dipakai: %(why)s."
    remedy = "Berikan berkas PEM yang memuat sertifikat induk yang benar."


@lru_cache(maxsize=256)
def _load(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


@dataclass(frozen=True)
class Anchor:
    """One believed certificate, by its DER bytes, with its class and the time for which it counts."""

    der: bytes
    kind: AnchorClass
    valid_from: datetime
    valid_until: datetime

    @property
    def certificate(self) -> x509.Certificate:
        """Return the certificate."""
        return _load(self.der)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the certificate in hex."""
        return self.certificate.fingerprint(SHA256()).hex()

    def counts_at(self, moment: datetime) -> bool:
        """Tell whether this anchor is believed at `moment`."""
        return self.valid_from <= moment <= self.valid_until


@dataclass(frozen=True)
class Anchors:
    """All anchors of one check. Plain bytes and times, so that it travels to a confined process."""

    anchors: tuple[Anchor, ...] = ()

    def find(self, der: bytes) -> Anchor | None:
        """Return the anchor whose certificate has these DER bytes, None where none has."""
        return next((anchor for anchor in self.anchors if anchor.der == der), None)


def from_certificates(certificates: Iterable[x509.Certificate]) -> Anchors:
    """Return anchors for certificates somebody names himself: class `other`, or `test` where the subject says so."""
    return Anchors(tuple(_anchor(certificate, AnchorClass.OTHER) for certificate in certificates))


def from_files(paths: Sequence[Path]) -> Anchors:
    """Return the anchors of PEM files (each may hold several); raises BadTrustFile."""
    certificates: list[x509.Certificate] = []
    for path in paths:
        certificates += _certificates(path)
    return from_certificates(certificates)


def from_folder(folder: Path) -> Anchors:
    """Return the confirmed roots of a folder with `manifest.toml` (see keys/README.md); raises BadTrustFile.

    An entry whose file does not have the SHA-256 written there, or is no root, is a fault and not an anchor less.
    """
    manifest = folder / "manifest.toml"
    try:
        entries = tomllib.loads(manifest.read_text("utf-8")).get("anchor", [])
        return Anchors(tuple(_from_entry(folder, entry) for entry in entries if entry["confirmed_by"].strip()))
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise BadTrustFile(file=str(manifest), why=type(error).__name__) from error


def _from_entry(folder: Path, entry: dict[str, Any]) -> Anchor:
    path = folder / entry["file"]
    certificates = _certificates(path)
    if len(certificates) != 1 or certificates[0].fingerprint(SHA256()).hex() != entry["sha256"]:
        raise BadTrustFile(file=str(path), why="SHA-256")
    if not _is_root(certificates[0]):
        raise BadTrustFile(file=str(path), why="bukan sertifikat induk")
    anchor = _anchor(certificates[0], AnchorClass(entry["class"]))
    return Anchor(
        anchor.der,
        anchor.kind,
        max(anchor.valid_from, _midnight(entry["valid_from"])),
        min(anchor.valid_until, _midnight(entry["valid_until"]) + timedelta(days=1)),  # that day counts, in UTC
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _anchor(certificate: x509.Certificate, kind: AnchorClass) -> Anchor:
    der = certificate.public_bytes(Encoding.DER)
    test = TEST_MARK in certificate.subject.rfc4514_string().upper()
    return Anchor(
        der, AnchorClass.TEST if test else kind, certificate.not_valid_before_utc, certificate.not_valid_after_utc
    )


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadTrustFile(file=str(path), why=type(error).__name__) from error


def _is_root(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
