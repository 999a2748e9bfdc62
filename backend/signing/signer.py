"""The port of signing: what every backend takes, asks and returns. Two phases, at the level of whole PDF files.

A backend that needs nothing more signs in `begin`; one that needs the signer's passphrase, PIN, browser or phone
returns a Challenge, and signs in `finish`. Secrets live in an Answer, once, in memory (DESIGN invariant 6).
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.errors import Refusal


@dataclass(frozen=True)
class Assignment:
    """One signature to make: the exact revision, the field, and whose key.

    `face` is the content stream that the field's appearance gets, None keeps the one it has; `certificate_sha256` (hex)
    is the certificate enrolled for this person, None if none is known yet; `key` names the key within the backend.
    """

    pdf: bytes = dataclasses.field(repr=False)
    field: str
    face: bytes | None = dataclasses.field(repr=False)
    certificate_sha256: str | None
    key: str


@dataclass(frozen=True)
class Challenge:
    """What the signer must give before the backend can sign; `kind` is `passphrase` for key files."""

    kind: str
    assignment: Assignment


@dataclass(frozen=True)
class Answer:
    """What the signer gave; never stored, logged or put in a job."""

    secret: str = dataclasses.field(repr=False)


@dataclass(frozen=True)
class Signed:
    """A new revision: `sha256` is that of `pdf`, `base_sha256` of the revision it extends (all hex).

    `level` is `B-T` with a timestamp token inside, else `B-B`; `signed_at` is our clock (the /M of the signature),
    `timestamp_at` the time that the token states.
    """

    pdf: bytes = dataclasses.field(repr=False)
    base_sha256: str
    sha256: str
    certificate_sha256: str
    signer_name: str
    level: str
    signed_at: datetime
    timestamp_at: datetime | None


class Signer(Protocol):
    """One way of signing; all of them pass `tests/contracts/test_signer.py`."""

    @property
    def name(self) -> str:
        """Return the backend's name as it stands in the audit log, such as `pkcs12`."""

    def begin(self, assignment: Assignment) -> Challenge | Signed:
        """Sign at once, or say what is needed; raises KeyMissing where the key is unknown."""

    def finish(self, challenge: Challenge, answer: Answer) -> Signed:
        """Sign with the signer's answer; raises WrongPassphrase, WrongCertificate, CertificateExpired, KeyMissing.

        A timestamp service that is away is no error: the signature is kept, and its level says `B-B`.
        """


class WrongPassphrase(Refusal):
    """The passphrase does not open the key."""

    code = "wrong-passphrase"
    message = "Frasa sandi tidak membuka kunci penanda tangan."
    remedy = "Periksa frasa sandi, lalu coba sekali lagi."


class KeyMissing(Refusal):
    """The backend holds no key of this name."""

    code = "key-missing"
    message = "Kunci penanda tangan tidak ditemukan."
    remedy = "Mintalah petugas penyelenggara seremoni memeriksa pendaftaran kunci."


class WrongCertificate(Refusal):
    """The key belongs to another certificate than the one enrolled for this person."""

    code = "wrong-certificate"
    message = "Sertifikat pada kunci ini bukan sertifikat yang didaftarkan untuk penanda tangan ini."
    remedy = "Pakailah kunci yang didaftarkan, atau mintalah petugas mendaftarkan sertifikat yang baru."
