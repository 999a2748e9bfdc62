"""What a check found, as frozen facts, and the JSON in which it is published (DESIGN section 8)."""

import dataclasses
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.clock import to_text
from backend.verification.details import Details
from backend.verification.trust import AnchorClass
from backend.verification.verdict import INCOMPLETE, ONLY_STAMPED, PASSED_SAID, SAID, Note, Reason, Verdict, weakest


@dataclass(frozen=True, kw_only=True)
class SignatureReport:
    """One signature, seal or document timestamp. Names are common names; times are aware.

    `trusted`: a chain to an active anchor, every certificate of it valid and none revoked at the proven time.
    `signed_at`: the signer's own claim (a timestamp's own time). `timestamp_at`: the earliest trusted timestamp.
    `proven_at`: the time at which the certificates were judged: `timestamp_at`, else the time of the check.
    `changes` tells in codes what was added later: `signature`, `timestamp`, `archive`, `metadata`.
    """

    field: str
    signer: str | None = None
    organisation: str | None = None
    issuer: str | None = None
    kind: str = "signature"
    intact: bool = False
    covers: str = "revision"
    changes_after: str = "none"
    changes: tuple[str, ...] = ()
    trusted: bool = False
    anchor_class: AnchorClass | None = None
    level: str | None = None
    signed_at: datetime | None = None
    timestamp_at: datetime | None = None
    proven_at: datetime | None = None
    certificate_sha256: str | None = None
    certificate_until: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Note, ...] = ()
    verdict: Verdict = Verdict.INDETERMINATE
    details: Details = dataclasses.field(default_factory=Details)


@dataclass(frozen=True, kw_only=True)
class Report:
    """One file. `reasons` are those of its signatures, each once, or why it could not be read."""

    sha256: str
    verdict: Verdict
    checked_at: datetime
    reasons: tuple[Reason, ...] = ()
    signatures: tuple[SignatureReport, ...] = ()
    empty_fields: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    known_to_log: bool | None = None

    @property
    def anchor_class(self) -> AnchorClass:
        """Return the class of the weakest anchor in the file."""
        return weakest(s.anchor_class for s in self.signatures if s.anchor_class)

    @property
    def headline(self) -> str:
        """Return what is said of the file in one phrase (an Indonesian message id)."""
        if self.verdict is Verdict.PASSED and all(found.kind == "timestamp" for found in self.signatures):
            return ONLY_STAMPED
        return PASSED_SAID[self.anchor_class] if self.verdict is Verdict.PASSED else SAID[self.verdict]

    @property
    def incomplete(self) -> tuple[str, dict[str, int]] | None:
        """Return the phrase that comes before the verdict, with its numbers, when signature fields are empty."""
        if not self.empty_fields or not self.signatures:
            return None
        signed = Counter(s.kind for s in self.signatures)["signature"]
        return INCOMPLETE, {"signed": signed, "expected": signed + len(self.empty_fields)}

    def to_json(self, file: str) -> dict[str, Any]:
        """Return the published form; `file` is the name under which it was asked for."""
        return {
            "file": file,
            "sha256": self.sha256,
            "verdict": str(self.verdict),
            "reasons": [str(reason) for reason in self.reasons],
            "signatures": [_signature_json(signature) for signature in self.signatures],
            "empty_fields": list(self.empty_fields),
            "known_to_log": self.known_to_log,
            "anchor_class": str(self.anchor_class) if self.signatures else None,
            "notes": [str(note) for note in self.notes],
            "checked_at": to_text(self.checked_at),
        }


def _signature_json(found: SignatureReport) -> dict[str, Any]:
    return {
        "field": found.field,
        "signer": found.signer,
        "issuer": found.issuer,
        "kind": found.kind,
        "intact": found.intact,
        "covers": found.covers,
        "changes_after": found.changes_after,
        "trusted": found.trusted,
        "anchor_class": found.anchor_class and str(found.anchor_class),
        "level": found.level,
        "signed_at": found.signed_at and to_text(found.signed_at),
        "timestamp_at": found.timestamp_at and to_text(found.timestamp_at),
        "proven_at": found.proven_at and to_text(found.proven_at),
        "changes": list(found.changes),
        "certificate_sha256": found.certificate_sha256,
        "verdict": str(found.verdict),
        "reasons": [str(reason) for reason in found.reasons],
        "notes": [str(note) for note in found.notes],
    }
