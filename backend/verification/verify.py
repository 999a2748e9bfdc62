"""The check of a signed PDF, step by step in the order of ETSI EN 319 102-1; readable from top to bottom.

No database, no settings, no network. Each step adds findings to the signatures; `verdict.py` says what they mean.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property, partial

from cryptography import x509

from backend.verification import arithmetic, cms, keys, policy, rsa_sha1, tokens
from backend.verification.document import Document, Unreadable, open_document
from backend.verification.evidence import Evidence, gather
from backend.verification.knowledge import LogKnowledge
from backend.verification.levels import level
from backend.verification.limits import REACHED, OutOfTime
from backend.verification.notes import add_notes
from backend.verification.report import Report
from backend.verification.signature import Misplaced, Placed, place
from backend.verification.standing import Moment, judge
from backend.verification.subject import Subject
from backend.verification.trust import Anchors
from backend.verification.verdict import Note, Reason, Verdict, judge_file

MOST_REVISIONS = 200
MOST_SIGNATURES = 200
CLOCK_TOLERANCE = timedelta(minutes=5)


def verify(pdf: bytes, anchors: Anchors, at: datetime, known: LogKnowledge | None = None) -> Report:
    """Return what can be said of a PDF at the moment `at`, believing `anchors` and nothing else.

    Never raises for bad input: what cannot be read is told in the report. `known` is what our log says of the file.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    recorded = known.recorded if known else None
    try:
        document = open_document(pdf)
        fields = document.fields()
    except Unreadable as unreadable:
        return unread(sha256, unreadable.reason, at, recorded)
    except REACHED:
        return unread(sha256, Reason.LIMIT_REACHED, at, recorded)
    subjects = [Subject(field) for field in fields if field.filled]
    Check(document, anchors, at, known, subjects).run()
    found = [subject.report() for subject in sorted(subjects, key=_place_in_document)]
    return Report(
        sha256=sha256,
        verdict=judge_file([one.verdict for one in found]),
        checked_at=at,
        reasons=tuple(dict.fromkeys(reason for one in found for reason in one.reasons)),
        signatures=tuple(found),
        empty_fields=tuple(field.name for field in fields if not field.filled),
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
        known_to_log=recorded,
    )


def unread(sha256: str, reason: Reason, at: datetime, recorded: bool | None) -> Report:  # noqa: FBT001  because it is a fact
    """Return the report on a file that could not be read."""
    return Report(sha256=sha256, verdict=Verdict.UNREADABLE, checked_at=at, reasons=(reason,), known_to_log=recorded)


def _place_in_document(subject: Subject) -> float:
    return subject.placed.end if subject.placed else float("inf")


class Check:
    """One run over one file: the steps are methods, in their order."""

    def __init__(
        self, document: Document, anchors: Anchors, at: datetime, known: LogKnowledge | None, subjects: list[Subject]
    ) -> None:
        """Keep what the steps need."""
        self.document = document
        self.anchors = anchors
        self.at = at
        self.known = known
        self.subjects = subjects
        self.evidence = Evidence()
        self.newest: list[Subject] = []
        self.proving: list[Subject] = []
        self.out_of_time = False

    def run(self) -> None:
        """Take all signatures through all steps; after a limit the rest is told as not checked."""
        if len(self.subjects) > MOST_SIGNATURES or self.document.revisions > MOST_REVISIONS:
            for subject in self.subjects:
                subject.find(Reason.LIMIT_REACHED)
            return
        self._each(self.step_1_format, self.subjects, Reason.BYTERANGE_INVALID)
        read = [subject for subject in self.subjects if subject.cms]
        self._each(self.step_2_cryptography, read, Reason.SIGNATURE_INVALID)
        self._whole(self.step_3_changes_afterwards, read)
        self._whole(self.step_4_evidence_inside, read)
        stamps = sorted((s for s in read if s.is_timestamp), key=_place_in_document, reverse=True)
        self.newest = stamps[:1]
        signatures = [s for s in read if not s.is_timestamp]
        self._each(self.step_5_document_timestamp, stamps, Reason.LIMIT_REACHED)
        self._each(self.step_6_signature_timestamps, signatures, Reason.LIMIT_REACHED)
        self._each(self.step_7_certificate_at_the_proven_time, signatures, Reason.LIMIT_REACHED)
        self._each(self.step_8_level, signatures, Reason.LIMIT_REACHED)
        self._each(self.step_9_our_log, signatures, Reason.LIMIT_REACHED)
        self._whole(self.step_10_notes, self.subjects)

    def step_1_format(self, subject: Subject) -> None:
        """Clause 5.2.2, format checking: find the signed bytes, the signature value and who made it."""
        try:
            subject.placed = place(self.document, subject.field)
            if subject.placed.subfilter == rsa_sha1.FORMAT:
                subject.find(*rsa_sha1.check(subject.placed, self.document.pdf))
            else:
                subject.cms = self._read(subject.placed)
                _ = subject.cms.attributes
        except Misplaced as fault:
            subject.moved = fault.moved
            subject.find(Reason.BYTERANGE_INVALID)
        except cms.NoSigner as fault:
            subject.find(*fault.reasons(partial(subject.where.digest, self.document.pdf)))
        except keys.Unknown:
            subject.find(Reason.ALGORITHM_WEAK)
        except cms.Malformed as fault:
            subject.cms = None
            junk = fault.args == ("padding",)
            subject.find(Reason.BYTERANGE_INVALID if junk else Reason.SIGNATURE_INVALID)
        if subject.placed and subject.placed.end == len(self.document.pdf):
            subject.covers = "whole file"

    def step_2_cryptography(self, subject: Subject) -> None:
        """Clauses 5.2.3 and 5.2.7: the signing certificate is the one named, the digest and the value are right."""
        placed, pdf = subject.where, self.document.pdf
        if placed.is_timestamp:
            try:
                subject.token = tokens.read_token(subject.signed, lambda name: placed.digest(pdf, name))
                subject.find(*subject.token.reasons)
            except cms.Malformed:
                subject.find(Reason.SIGNATURE_INVALID)
            except keys.Unknown:
                subject.find(Reason.ALGORITHM_WEAK)
        else:
            subject.find(
                *arithmetic.check_detached(subject.signed, lambda name: placed.digest(pdf, name), placed.subfilter)
            )
            subject.tokens, strange = tokens.signature_tokens(subject.signed, self.stored)
            if strange:
                subject.note(Note.TIME_UNTRUSTED)

    def step_3_changes_afterwards(self) -> None:
        """ISO 32000-2 clause 12.8.2: what was added after each signature, down to the last byte."""
        placed = [subject for subject in self.subjects if subject.placed]
        if not placed:
            return
        end = max(self.document.ends[-1], *(subject.where.end for subject in placed))
        steps = policy.review(self.document, min(subject.where.revision for subject in placed))
        certified = policy.certification(subject.where for subject in placed)
        for subject in placed:
            later = [step for step in steps if step.revision > subject.where.revision]
            after = policy.judge(subject.where, later, certified)
            subject.changes_after, subject.changes = after.said, after.added
            self._tell(subject, after)
            if end < len(self.document.pdf):
                subject.find(Reason.NOT_COVERED)

    @staticmethod
    def _tell(subject: Subject, after: policy.After) -> None:
        """Turn what the policy says of the time after a signature into findings and notes."""
        if after.weight is policy.Weight.NOT_PERMITTED:
            subject.find(Reason.CHANGED_AFTER)
            if after.harmless:
                subject.note(Note.RESAVED)
        elif after.weight is policy.Weight.VISIBLE:
            subject.find(Reason.VISIBLE_ADDITION)
        elif "form" in after.added:
            subject.note(Note.FORM_FILLED)

    def step_4_evidence_inside(self) -> None:
        """Clause 5.2.4, validation context: certificates and revocation proofs that the file brings along."""
        self.evidence = self.inside
        for subject in self.subjects:
            if subject.cms and subject.placed:
                self.evidence.add_cms(subject.cms, subject.placed.revision)
                for token in subject.tokens:
                    if token:
                        self.evidence.add_cms(token.cms, subject.placed.revision)

    def step_5_document_timestamp(self, subject: Subject) -> None:
        """Clause 5.6.2.3, newest first: each is judged at the time that a later one proves for it."""
        if not subject.token or not subject.placed:
            return
        moment = self._moment(subject.placed.end)
        standing = judge(subject.token.cms.signer, self.evidence, self.anchors, moment)
        reasons = list(standing.reasons)
        if subject in self.newest and Reason.REVOCATION_UNKNOWN in reasons:
            reasons.remove(Reason.REVOCATION_UNKNOWN)
            subject.note(Note.NEWEST_UNPROVEN)
        subject.standing, subject.proven_at = standing, moment.at
        subject.timestamp_at = moment.at if moment.proven else None
        if subject.intact and not reasons and self._counts(subject.token):
            self.proving.append(subject)
        subject.find(*reasons)

    def step_6_signature_timestamps(self, subject: Subject) -> None:
        """Clause 5.4: a token that holds and whose issuer is known proves a time; a broken one is a fault."""
        end = subject.where.end
        times = [stamp.token.gen_time for stamp in self._later(end) if stamp.token]
        for token in subject.tokens:
            if token is None or {*token.reasons} - tokens.STRANGE:
                subject.find(Reason.TIMESTAMP_INVALID)
                continue
            standing = judge(token.cms.signer, self.evidence, self.anchors, self._moment(end))
            if standing.reasons or not self._counts(token):
                subject.note(Note.TIME_UNTRUSTED)
            else:
                times.append(token.gen_time)
        subject.timestamp_at = min(times, default=None)

    def step_7_certificate_at_the_proven_time(self, subject: Subject) -> None:
        """Clauses 5.2.6 and 5.5: the chain, its validity and its revocation at the proven time, else now."""
        proven = subject.timestamp_at
        moment = Moment(proven or self.at, proven is not None)
        subject.proven_at = moment.at
        subject.standing = judge(subject.signed.signer, self.evidence, self.anchors, moment)
        subject.find(*subject.standing.reasons)

    def step_8_level(self, subject: Subject) -> None:
        """EN 319 142-1 clause 6: the baseline level that was reached, lowered by whatever is missing."""
        later = self._later(subject.where.end)
        subject.level = level(subject, max((stamp.placed.revision for stamp in later if stamp.placed), default=None))

    def step_9_our_log(self, subject: Subject) -> None:
        """What only we know: who was expected to sign this field."""
        if self.known and not self.known.expects(subject.field.name, keys.sha256(subject.signed.signer)):
            subject.find(Reason.SIGNER_UNEXPECTED)

    def step_10_notes(self) -> None:
        """What is worth telling and changes no verdict."""
        add_notes(sorted(self.subjects, key=_place_in_document))

    @cached_property
    def stored(self) -> list[x509.Certificate]:
        """Return the certificates of the document security store: some signers keep their own nowhere else."""
        return [one for named in self.inside.certificates.values() for one in named]

    @cached_property
    def inside(self) -> Evidence:
        """Return what the document security store holds."""
        return gather(self.document)

    def _read(self, placed: Placed) -> cms.Cms:
        try:
            return cms.read(placed.contents)
        except cms.NoSigner:
            return cms.read(placed.contents, self.stored)

    def _later(self, end: int) -> list[Subject]:
        """Return the document timestamps that prove a time and cover what ends at `end`."""
        return [stamp for stamp in self.proving if stamp.placed and stamp.placed.end > end]

    def _moment(self, end: int) -> Moment:
        """Return the time at which a token that stands before `end` is judged."""
        times = [stamp.token.gen_time for stamp in self._later(end) if stamp.token]
        return Moment(min(times), proven=True) if times else Moment(self.at, proven=False)

    def _counts(self, token: tokens.Token) -> bool:
        """Tell whether a token is strong, and not from the future."""
        return not token.reasons and token.gen_time <= self.at + CLOCK_TOLERANCE

    def _each(self, step: Callable[[Subject], None], subjects: list[Subject], surprise: Reason) -> None:
        """Take signatures through a step one by one: what breaks one of them stays with it."""
        for subject in subjects:
            if self.out_of_time:
                subject.find(Reason.LIMIT_REACHED)
                continue
            try:
                step(subject)
            except REACHED as limit:
                self._limit(limit, [subject])
            except Exception:  # noqa: BLE001  because pyHanko and asn1crypto raise builtins of every kind on hostile bytes
                subject.find(surprise)

    def _whole(self, step: Callable[[], None], subjects: list[Subject]) -> None:
        """Take the file through a step; what breaks it leaves all its signatures undecided."""
        if self.out_of_time:
            return
        try:
            step()
        except REACHED as limit:
            self._limit(limit, subjects)
        except Exception:  # noqa: BLE001  because pyHanko and asn1crypto raise builtins of every kind on hostile bytes
            self._limit(None, subjects)

    def _limit(self, limit: BaseException | None, subjects: list[Subject]) -> None:
        self.out_of_time = self.out_of_time or isinstance(limit, OutOfTime)
        for subject in subjects:
            subject.find(Reason.LIMIT_REACHED)
