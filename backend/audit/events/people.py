"""Events of people in a ceremony: invitations, mails, links, codes, certificates, testimonies; names never change."""

from dataclasses import dataclass

from backend.audit.events.envelope import Event, Weight


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
    WEIGHT = Weight.HINT
    confidence: str = "low"


@dataclass(frozen=True, kw_only=True)
class LinkDisowned(Event):
    """The person reached says that the link was not meant for him; it is void now."""

    TYPE = "prasasti.link.disowned.v1"
    TOLD = "Penerima menyatakan tautan bukan untuknya"
    WEIGHT = Weight.MAILBOX


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
    WEIGHT = Weight.MAILBOX
    method: str


@dataclass(frozen=True, kw_only=True)
class IdentityFailed(Event):
    """A one-time code did not match, was too old or was tried too often."""

    TYPE = "prasasti.identity.failed.v1"
    TOLD = "Pemeriksaan identitas gagal"
    WEIGHT = Weight.MAILBOX
    method: str


@dataclass(frozen=True, kw_only=True)
class CertificateEnrolled(Event):
    """A signatory's certificate was recorded: only it may sign his slots."""

    TYPE = "prasasti.certificate.enrolled.v1"
    TOLD = "Sertifikat penanda tangan dicatat"
    certificate_sha256: str
    issuer: str


@dataclass(frozen=True, kw_only=True)
class WitnessAttested(Event):
    """A witness attested to what `subject` names; `statement_sha256` is the exact words shown to him."""

    TYPE = "prasasti.witness.attested.v1"
    TOLD = "Saksi memberi kesaksian"
    WEIGHT = Weight.MAILBOX
    witness: str
    statement_sha256: str
    language: str


@dataclass(frozen=True, kw_only=True)
class WitnessDeclined(Event):
    """A witness said that he cannot attest."""

    TYPE = "prasasti.witness.declined.v1"
    TOLD = "Saksi menyatakan tidak dapat memberi kesaksian"
    WEIGHT = Weight.MAILBOX
    witness: str
