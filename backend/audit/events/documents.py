"""Events of one document: freezing, signatures, archive. Names are never changed."""

from dataclasses import dataclass

from backend.audit.events.envelope import Event, Weight


@dataclass(frozen=True, kw_only=True)
class DocumentDrafted(Event):
    """A region's document was listed with its parties and witnesses; their names and addresses are personal."""

    TYPE = "prasasti.document.drafted.v1"
    TOLD = "Naskah daerah didaftarkan"
    number: str


@dataclass(frozen=True, kw_only=True)
class FreezeRequested(Event):
    """Staff asked to freeze a document; the worker does it."""

    TYPE = "prasasti.document.freeze_requested.v1"
    TOLD = "Pembekuan naskah diminta"
    attempt: int


@dataclass(frozen=True, kw_only=True)
class DocumentFrozen(Event):
    """Number, date and QR are final and the ministry's seal is on; `subject` is the sealed PDF."""

    TYPE = "prasasti.document.frozen.v1"
    TOLD = "Naskah dibekukan dan disegel kementerian"
    WEIGHT = Weight.SIGNATURE
    number: str
    template_sha256: str
    unsigned_sha256: str
    certificate_sha256: str
    level: str


@dataclass(frozen=True, kw_only=True)
class FreezeFailed(Event):
    """A document could not be frozen; `reason` says why, staff may try again."""

    TYPE = "prasasti.document.freeze_failed.v1"
    TOLD = "Pembekuan naskah gagal"


@dataclass(frozen=True, kw_only=True)
class DocumentReturned(Event):
    """A signatory asked for a correction instead of signing; his words are personal."""

    TYPE = "prasasti.document.returned.v1"
    TOLD = "Naskah dikembalikan untuk diperbaiki"
    WEIGHT = Weight.MAILBOX


@dataclass(frozen=True, kw_only=True)
class DocumentExpired(Event):
    """The ceremony closed before all parties had signed."""

    TYPE = "prasasti.document.expired.v1"
    TOLD = "Naskah kedaluwarsa karena seremoni ditutup"
    signed: int
    expected: int


@dataclass(frozen=True, kw_only=True)
class DocumentCompleted(Event):
    """The last party has signed; `subject` is the revision with all signatures."""

    TYPE = "prasasti.document.completed.v1"
    TOLD = "Naskah lengkap ditandatangani para pihak"
    WEIGHT = Weight.SIGNATURE


@dataclass(frozen=True, kw_only=True)
class DocumentArchived(Event):
    """Revocation data and the document timestamp were added; `subject` is the archived PDF."""

    TYPE = "prasasti.document.archived.v1"
    TOLD = "Naskah diarsipkan dengan stempel waktu"
    WEIGHT = Weight.SIGNATURE
    base_sha256: str
    level: str


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    """The signatory ticked all statements; `subject` is the PDF, `text_sha256` the exact words shown."""

    TYPE = "prasasti.consent.given.v1"
    TOLD = "Persetujuan dinyatakan"
    WEIGHT = Weight.MAILBOX
    text_sha256: str
    language: str


@dataclass(frozen=True, kw_only=True)
class SignatureSigned(Event):
    """A signature was added; `subject` is the new revision, `base_sha256` the one it extends."""

    TYPE = "prasasti.signature.signed.v1"
    TOLD = "Naskah ditandatangani"
    WEIGHT = Weight.SIGNATURE
    slot: str
    base_sha256: str
    certificate_sha256: str
    level: str
    backend: str


@dataclass(frozen=True, kw_only=True)
class SignatureFailed(Event):
    """An attempt to sign was refused; nothing was stored, `reason` says why."""

    TYPE = "prasasti.signature.failed.v1"
    TOLD = "Upaya menandatangani ditolak"
    slot: str


@dataclass(frozen=True, kw_only=True)
class SignatureDeclined(Event):
    """A signatory declined; his reason is personal."""

    TYPE = "prasasti.signature.declined.v1"
    TOLD = "Penanda tangan menolak"
    WEIGHT = Weight.MAILBOX
    slot: str
