"""Every kind of event that the audit log may hold: typed facts, pure, with names that are never changed.

The envelope follows CloudEvents 1.0 (notes/audit-log.md 6). Personal data stands only in `personal`: the log turns it
into salted digests (RFC 9901), so a leaf holds no name, address or free text. What is not personal and belongs to one
kind of event is a field of its class and goes into `data.x`.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID


class Role(StrEnum):
    """In what capacity somebody acted."""

    SIGNER = "signer"
    WITNESS = "witness"
    OPERATOR = "operator"
    VISITOR = "visitor"
    SYSTEM = "system"


class Result(StrEnum):
    """How the act ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    DENIED = "denied"


@dataclass(frozen=True)
class Actor:
    """Who acted: a pseudonym (`p_` and 128 random bits), a role, and on whose behalf (`region/33.13`)."""

    pseudonym: str
    role: Role
    on_behalf: str | None = None


SYSTEM = Actor("system", Role.SYSTEM)


@dataclass(frozen=True)
class Personal:
    """One personal value about the person `subject` (pseudonym); kept apart from the leaf, erasable."""

    subject: str
    field: str
    value: str


@dataclass(frozen=True)
class Subject:
    """The file an event is about, by kind (`pdf`, `statement`, `template`) and SHA-256 in hex."""

    kind: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event says. `at` is aware; `reason` is a stable code, never free text."""

    TYPE: ClassVar[str]
    TOLD: ClassVar[str]

    at: datetime
    actor: Actor
    ceremony: UUID | None = None
    document: UUID | None = None
    outcome: Result = Result.SUCCESS
    reason: str | None = None
    subject: Subject | None = None
    personal: tuple[Personal, ...] = ()

    def extra(self) -> dict[str, str | int | list[str]]:
        """Return what only this kind of event says: its own fields, by name, empty ones left out."""
        own = (f.name for f in fields(self) if f.name not in _COMMON)
        return {name: value for name in own if (value := getattr(self, name)) is not None}


_COMMON = {f.name for f in fields(Event)}


@dataclass(frozen=True, kw_only=True)
class LogOpened(Event):
    """The log begins: the first event of a deployment."""

    TYPE = "prasasti.log.opened.v1"
    TOLD = "Rekam jejak dibuka"
    origin: str


@dataclass(frozen=True, kw_only=True)
class CeremonyCreated(Event):
    """Staff created a ceremony from a file; `regions` is how many regions take part."""

    TYPE = "prasasti.ceremony.created.v1"
    TOLD = "Seremoni dibuat"
    nature: str
    template_sha256: str
    regions: int


@dataclass(frozen=True, kw_only=True)
class CeremonyScheduled(Event):
    """The day and hour were set; `starts_at` is RFC 3339 UTC."""

    TYPE = "prasasti.ceremony.scheduled.v1"
    TOLD = "Seremoni dijadwalkan"
    starts_at: str


@dataclass(frozen=True, kw_only=True)
class CeremonyOpened(Event):
    """Signing may begin."""

    TYPE = "prasasti.ceremony.opened.v1"
    TOLD = "Seremoni dibuka"


@dataclass(frozen=True, kw_only=True)
class CeremonyPaused(Event):
    """Signing is held up for a while."""

    TYPE = "prasasti.ceremony.paused.v1"
    TOLD = "Seremoni dijeda"


@dataclass(frozen=True, kw_only=True)
class CeremonyResumed(Event):
    """Signing goes on after a pause."""

    TYPE = "prasasti.ceremony.resumed.v1"
    TOLD = "Seremoni dilanjutkan"


@dataclass(frozen=True, kw_only=True)
class CeremonyClosed(Event):
    """Nobody signs any more; how many documents were completed and how many were not."""

    TYPE = "prasasti.ceremony.closed.v1"
    TOLD = "Seremoni ditutup"
    completed: int
    expired: int
    declined: int
    returned: int


@dataclass(frozen=True, kw_only=True)
class CeremonyCancelled(Event):
    """The ceremony will not take place."""

    TYPE = "prasasti.ceremony.cancelled.v1"
    TOLD = "Seremoni dibatalkan"


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


@dataclass(frozen=True, kw_only=True)
class DocumentArchived(Event):
    """Revocation data and the document timestamp were added; `subject` is the archived PDF."""

    TYPE = "prasasti.document.archived.v1"
    TOLD = "Naskah diarsipkan dengan stempel waktu"
    base_sha256: str
    level: str


@dataclass(frozen=True, kw_only=True)
class InvitationRequested(Event):
    """A person's link was issued (generation counts resends); the mail is on its way."""

    TYPE = "prasasti.invitation.requested.v1"
    TOLD = "Undangan dikirim"
    person: str
    generation: int


@dataclass(frozen=True, kw_only=True)
class MailAccepted(Event):
    """The mail server took a message; `message` names its kind."""

    TYPE = "prasasti.mail.accepted.v1"
    TOLD = "Surat diterima server surat"
    person: str
    message: str


@dataclass(frozen=True, kw_only=True)
class MailFailed(Event):
    """The mail server refused a message for good; staff must look at the address."""

    TYPE = "prasasti.mail.failed.v1"
    TOLD = "Surat ditolak server surat"
    person: str
    message: str


@dataclass(frozen=True, kw_only=True)
class LinkOpened(Event):
    """Somebody holding the link asked to begin (a deliberate POST, never a mail scanner's GET)."""

    TYPE = "prasasti.link.opened.v1"
    TOLD = "Tautan dibuka"


@dataclass(frozen=True, kw_only=True)
class LinkDisowned(Event):
    """The person reached says that the link was not meant for him; it is void now."""

    TYPE = "prasasti.link.disowned.v1"
    TOLD = "Penerima menyatakan tautan bukan untuknya"


@dataclass(frozen=True, kw_only=True)
class CodeRequested(Event):
    """A one-time code was asked for."""

    TYPE = "prasasti.code.requested.v1"
    TOLD = "Kode sekali pakai diminta"


@dataclass(frozen=True, kw_only=True)
class IdentityChecked(Event):
    """The one-time code matched; link and code reach one mailbox, so this is presence, not a second factor."""

    TYPE = "prasasti.identity.checked.v1"
    TOLD = "Identitas diperiksa"
    method: str


@dataclass(frozen=True, kw_only=True)
class IdentityFailed(Event):
    """A one-time code did not match, was too old or was tried too often."""

    TYPE = "prasasti.identity.failed.v1"
    TOLD = "Pemeriksaan identitas gagal"
    method: str


@dataclass(frozen=True, kw_only=True)
class CertificateEnrolled(Event):
    """A signatory's certificate was recorded: only it may sign his slots."""

    TYPE = "prasasti.certificate.enrolled.v1"
    TOLD = "Sertifikat penanda tangan dicatat"
    certificate_sha256: str
    issuer: str


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    """The signatory ticked all statements; `subject` is the PDF, `text_sha256` the exact words shown."""

    TYPE = "prasasti.consent.given.v1"
    TOLD = "Persetujuan dinyatakan"
    text_sha256: str
    language: str


@dataclass(frozen=True, kw_only=True)
class SignatureSigned(Event):
    """A signature was added; `subject` is the new revision, `base_sha256` the one it extends."""

    TYPE = "prasasti.signature.signed.v1"
    TOLD = "Naskah ditandatangani"
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
    slot: str


@dataclass(frozen=True, kw_only=True)
class WitnessAttested(Event):
    """A witness attested to what `subject` names; `statement_sha256` is the exact words shown to him."""

    TYPE = "prasasti.witness.attested.v1"
    TOLD = "Saksi memberi kesaksian"
    witness: str
    statement_sha256: str
    language: str


@dataclass(frozen=True, kw_only=True)
class WitnessDeclined(Event):
    """A witness said that he cannot attest."""

    TYPE = "prasasti.witness.declined.v1"
    TOLD = "Saksi menyatakan tidak dapat memberi kesaksian"
    witness: str


@dataclass(frozen=True, kw_only=True)
class MinutesRequested(Event):
    """Staff asked to seal the minutes; the worker does it."""

    TYPE = "prasasti.minutes.requested.v1"
    TOLD = "Penyegelan berita acara diminta"


@dataclass(frozen=True, kw_only=True)
class MinutesSealed(Event):
    """The last event of a ceremony: `count` and `root` (RFC 6962) commit to all its earlier events, in log order."""

    TYPE = "prasasti.minutes.sealed.v1"
    TOLD = "Berita acara disegel"
    count: int
    root: str


@dataclass(frozen=True, kw_only=True)
class AccountCreated(Event):
    """A staff account was made; `account_role` is organiser or auditor."""

    TYPE = "prasasti.account.created.v1"
    TOLD = "Akun petugas dibuat"
    account: str
    account_role: str


@dataclass(frozen=True, kw_only=True)
class LoginSucceeded(Event):
    """Staff logged in."""

    TYPE = "prasasti.login.succeeded.v1"
    TOLD = "Petugas masuk"


@dataclass(frozen=True, kw_only=True)
class LoginFailed(Event):
    """A log-in was refused; nothing says whether the account exists."""

    TYPE = "prasasti.login.failed.v1"
    TOLD = "Upaya masuk ditolak"


@dataclass(frozen=True, kw_only=True)
class LoggedOut(Event):
    """Staff logged out."""

    TYPE = "prasasti.login.ended.v1"
    TOLD = "Petugas keluar"


def kinds() -> tuple[type[Event], ...]:
    """Return every kind of event, in the order of this file."""
    return tuple(Event.__subclasses__())
