"""Every kind of event that the audit log may hold: typed facts, pure, with names that are never changed."""

from backend.audit.events.access import AccountRemoved, AttemptsLimited, PermissionDenied
from backend.audit.events.anchors import AnchorFailed, LogAnchored, LogReset
from backend.audit.events.ceremonies import (
    CeremonyCancelled,
    CeremonyClosed,
    CeremonyCreated,
    CeremonyOpened,
    CeremonyPaused,
    CeremonyResumed,
    CeremonyScheduled,
    MinutesRequested,
    MinutesSealed,
)
from backend.audit.events.cosigning import CosignFailed, LogCosigned
from backend.audit.events.deployment import AccountCreated, LoggedOut, LoginFailed, LoginSucceeded, LogOpened
from backend.audit.events.documents import (
    ConsentGiven,
    DocumentArchived,
    DocumentCompleted,
    DocumentDrafted,
    DocumentExpired,
    DocumentFrozen,
    DocumentReturned,
    FreezeFailed,
    FreezeRequested,
    SignatureDeclined,
    SignatureFailed,
    SignatureSigned,
)
from backend.audit.events.envelope import SYSTEM, Actor, Event, Personal, Result, Role, Subject, Weight
from backend.audit.events.exports import BundleExported
from backend.audit.events.installation import ConfigChanged, KeyRegistered, SchemaMigrated
from backend.audit.events.people import (
    CertificateEnrolled,
    CodeRequested,
    IdentityChecked,
    IdentityFailed,
    InvitationRequested,
    LinkDisowned,
    LinkOpened,
    MailAccepted,
    MailFailed,
    WitnessAttested,
    WitnessDeclined,
)
from backend.audit.events.privacy import LogHandedOut, PersonErased

__all__ = [
    "SYSTEM",
    "AccountCreated",
    "AccountRemoved",
    "Actor",
    "AnchorFailed",
    "AttemptsLimited",
    "BundleExported",
    "CeremonyCancelled",
    "CeremonyClosed",
    "CeremonyCreated",
    "CeremonyOpened",
    "CeremonyPaused",
    "CeremonyResumed",
    "CeremonyScheduled",
    "CertificateEnrolled",
    "CodeRequested",
    "ConfigChanged",
    "ConsentGiven",
    "CosignFailed",
    "DocumentArchived",
    "DocumentCompleted",
    "DocumentDrafted",
    "DocumentExpired",
    "DocumentFrozen",
    "DocumentReturned",
    "Event",
    "FreezeFailed",
    "FreezeRequested",
    "IdentityChecked",
    "IdentityFailed",
    "InvitationRequested",
    "KeyRegistered",
    "LinkDisowned",
    "LinkOpened",
    "LogAnchored",
    "LogCosigned",
    "LogHandedOut",
    "LogOpened",
    "LogReset",
    "LoggedOut",
    "LoginFailed",
    "LoginSucceeded",
    "MailAccepted",
    "MailFailed",
    "MinutesRequested",
    "MinutesSealed",
    "PermissionDenied",
    "PersonErased",
    "Personal",
    "Result",
    "Role",
    "SchemaMigrated",
    "SignatureDeclined",
    "SignatureFailed",
    "SignatureSigned",
    "Subject",
    "Weight",
    "WitnessAttested",
    "WitnessDeclined",
    "kinds",
]


def kinds() -> tuple[type[Event], ...]:
    """Return every kind of event, by name."""
    return tuple(sorted(Event.__subclasses__(), key=lambda kind: kind.TYPE))
