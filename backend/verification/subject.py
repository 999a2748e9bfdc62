"""One signature while it is being checked: what each step found, gathered into a report at the end."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from backend.verification import keys
from backend.verification.cms import Cms
from backend.verification.details import details_of
from backend.verification.document import Field
from backend.verification.report import SignatureReport
from backend.verification.signature import Placed
from backend.verification.standing import Standing
from backend.verification.tokens import Token
from backend.verification.verdict import Note, Reason, judge

UNTRUSTED = frozenset(
    {Reason.ISSUER_UNKNOWN, Reason.CERTIFICATE_REVOKED, Reason.CERTIFICATE_EXPIRED, Reason.TIME_UNPROVEN}
)
NOT_INTACT = frozenset({Reason.BYTERANGE_INVALID, Reason.DIGEST_MISMATCH, Reason.SIGNATURE_INVALID})
ORGANISATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")
NATURAL = (x509.NameOID.GIVEN_NAME, x509.NameOID.SURNAME)
QC_STATEMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
QC_TYPE_SEAL = bytes.fromhex("0607 0400 8e46 0106 02")  # 0.4.0.1862.1.6.2 in DER


@dataclass
class Subject:
    """A filled signature field on its way through the steps. `token` is a document timestamp's own."""

    field: Field
    placed: Placed | None = None
    cms: Cms | None = None
    token: Token | None = None
    tokens: list[Token | None] = dataclasses.field(default_factory=list)
    standing: Standing | None = None
    covers: str = "revision"
    changes_after: str = "none"
    changes: set[str] = dataclasses.field(default_factory=set)
    level: str | None = None
    timestamp_at: datetime | None = None
    proven_at: datetime | None = None
    moved: bool = False
    reasons: list[Reason] = dataclasses.field(default_factory=list)
    notes: list[Note] = dataclasses.field(default_factory=list)

    @property
    def where(self) -> Placed:
        """Return the place of a signature that step 1 has read."""
        if self.placed is None:
            raise ValueError(self.field.name)
        return self.placed

    @property
    def signed(self) -> Cms:
        """Return the CMS of a signature that step 1 has read."""
        if self.cms is None:
            raise ValueError(self.field.name)
        return self.cms

    def find(self, *reasons: Reason) -> None:
        """Add findings, each once."""
        self.reasons += [reason for reason in dict.fromkeys(reasons) if reason not in self.reasons]

    def note(self, note: Note) -> None:
        """Add a note, once."""
        if note not in self.notes:
            self.notes.append(note)

    @property
    def is_timestamp(self) -> bool:
        """Tell whether this is a document timestamp."""
        return self.placed is not None and self.placed.is_timestamp

    @property
    def intact(self) -> bool:
        """Tell whether the signed bytes are unchanged and the arithmetic is right."""
        return self.cms is not None and self.placed is not None and not NOT_INTACT & {*self.reasons}

    @property
    def kind(self) -> str:
        """Return `timestamp`, `seal` (a certification, or a certificate of a body) or `signature`."""
        if self.is_timestamp:
            return "timestamp"
        certifies = self.placed is not None and self.placed.mdp is not None
        return "seal" if certifies or (self.cms and of_a_body(self.cms.signer)) else "signature"

    @property
    def claimed_at(self) -> datetime | None:
        """Return the time the signer states himself; for a document timestamp, that of its token."""
        if self.token:
            return self.token.gen_time
        stated = self.cms.claimed_time if self.cms and self.intact else None
        return stated or (self.placed.claimed_at if self.placed else None)

    def report(self) -> SignatureReport:
        """Return everything found, as frozen facts."""
        signer = self.cms.signer if self.cms else None
        chain = self.standing.chain if self.standing else None
        return SignatureReport(
            field=self.field.name,
            signer=keys.common_name(signer.subject) if signer else None,
            organisation=keys.organisation(signer.subject) if signer else None,
            issuer=keys.common_name(signer.issuer) if signer else None,
            kind=self.kind,
            intact=self.intact,
            covers=self.covers,
            changes_after=self.changes_after,
            changes=tuple(sorted(self.changes)),
            trusted=chain is not None and not UNTRUSTED & {*self.reasons},
            anchor_class=chain.anchor.kind if chain else None,
            level=None if self.is_timestamp else self.level or "none",
            signed_at=self.claimed_at,
            timestamp_at=self.timestamp_at,
            proven_at=self.proven_at,
            certificate_sha256=keys.sha256(signer) if signer else None,
            certificate_until=signer.not_valid_after_utc if signer else None,
            reasons=tuple(self.reasons),
            notes=tuple(self.notes),
            verdict=judge(self.reasons),
            details=details_of(self.placed, self.cms, self.standing, self.tokens),
        )


def of_a_body(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate is of a body and not of a person.

    It says so in its QcStatements (EN 319 412-5 clause 4.2.3, QcType eseal), or its subject has an
    organizationIdentifier (EN 319 412-3 clause 4.2.1) and neither given name nor surname.
    """
    for extension in certificate.extensions if keys.well_formed(certificate) else ():
        if extension.oid == QC_STATEMENTS and isinstance(extension.value, x509.UnrecognizedExtension):
            return QC_TYPE_SEAL in extension.value.value
    subject = certificate.subject
    person = any(subject.get_attributes_for_oid(oid) for oid in NATURAL)
    return bool(subject.get_attributes_for_oid(ORGANISATION_IDENTIFIER)) and not person
