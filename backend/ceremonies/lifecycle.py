"""What follows what: the tables of transitions and one pure function per verb of a ceremony and its documents.

Facts in, `Outcome` out. The rules of signatures are in `signatures.py`, who may do what in `permissions.py`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from backend.audit import events
from backend.audit.events import Actor, Personal, Subject
from backend.ceremonies.ceremony import Ceremony, CeremonyStatus, WitnessStatus
from backend.ceremonies.document import Document, DocumentStatus, Revision, RevisionKind, SlotRole, SlotStatus
from backend.ceremonies.outcome import Letter, Outcome
from backend.errors import Refusal
from backend.jobs.catalogue import Job, JobName

C, D, S, W = CeremonyStatus, DocumentStatus, SlotStatus, WitnessStatus

CEREMONY_MOVES: dict[CeremonyStatus, dict[str, CeremonyStatus]] = {
    C.DRAFT: {"schedule": C.SCHEDULED, "cancel": C.CANCELLED},
    C.SCHEDULED: {"open": C.OPEN, "cancel": C.CANCELLED},
    C.OPEN: {"pause": C.PAUSED, "close": C.CLOSED},
    C.PAUSED: {"resume": C.OPEN, "close": C.CLOSED, "cancel": C.CANCELLED},
    C.CLOSED: {"seal": C.SEALED},
    C.SEALED: {},
    C.CANCELLED: {},
}

DOCUMENT_MOVES: dict[DocumentStatus, dict[str, DocumentStatus]] = {
    D.DRAFT: {"freeze": D.FREEZING, "expire": D.EXPIRED},
    D.FREEZING: {"frozen": D.FROZEN, "fail": D.FREEZE_FAILED, "expire": D.EXPIRED},
    D.FREEZE_FAILED: {"freeze": D.FREEZING, "expire": D.EXPIRED},
    D.FROZEN: {"invite": D.IN_SIGNING, "expire": D.EXPIRED},
    D.IN_SIGNING: {
        "complete": D.COMPLETED,
        "return": D.RETURNED,
        "decline": D.DECLINED,
        "expire": D.EXPIRED,
    },
    D.COMPLETED: {"archive": D.ARCHIVED},
    D.ARCHIVED: {},
    D.RETURNED: {},
    D.DECLINED: {},
    D.VOIDED: {},
    D.EXPIRED: {},
}

SLOT_MOVES: dict[SlotStatus, dict[str, SlotStatus]] = {
    S.WAITING: {"invite": S.INVITED},
    S.INVITED: {"open": S.OPENED},
    S.OPENED: {"identify": S.IDENTIFIED, "decline": S.DECLINED, "return": S.RETURNED},
    S.IDENTIFIED: {"sign": S.SIGNED, "decline": S.DECLINED, "return": S.RETURNED},
    S.SIGNED: {},
    S.RETURNED: {},
    S.DECLINED: {},
    S.REPLACED: {},
}

WITNESS_MOVES: dict[WitnessStatus, dict[str, WitnessStatus]] = {
    W.WAITING: {"invite": W.INVITED},
    W.INVITED: {"open": W.OPENED},
    W.OPENED: {"identify": W.IDENTIFIED, "decline": W.DECLINED},
    W.IDENTIFIED: {"attest": W.ATTESTED, "decline": W.DECLINED},
    W.ATTESTED: {},
    W.DECLINED: {},
}

Status = TypeVar("Status", CeremonyStatus, DocumentStatus, SlotStatus, WitnessStatus)


class MoveRefused(Refusal):
    """The verb does not follow from where the thing stands."""

    code = "move-refused"
    status = 409
    message = "Tindakan ini tidak dapat dilakukan pada keadaan sekarang."
    remedy = "Muat ulang halaman untuk melihat keadaan terakhir."


def move(table: dict[Status, dict[str, Status]], status: Status, verb: str) -> Status:
    """Return the status after `verb`; raises MoveRefused when the table has no such move."""
    after = table[status].get(verb)
    if after is None:
        raise MoveRefused(status=str(status), verb=verb)
    return after


def schedule(ceremony: Ceremony, *, actor: Actor, at: datetime) -> Outcome:
    """The day is set: a draft becomes scheduled."""
    after = replace(ceremony, status=move(CEREMONY_MOVES, ceremony.status, "schedule"))
    starts = ceremony.starts_at.isoformat()
    event = events.CeremonyScheduled(at=at, actor=actor, ceremony=ceremony.id, starts_at=starts)
    return Outcome((after,), (event,))


def open_(ceremony: Ceremony, invited: tuple[UUID, ...] = (), *, actor: Actor, at: datetime) -> Outcome:
    """Signing may begin; the people who were `invited` are told."""
    status = move(CEREMONY_MOVES, ceremony.status, "open")
    event = events.CeremonyOpened(at=at, actor=actor, ceremony=ceremony.id)
    letters = tuple(Letter("seremoni-dibuka", person_id) for person_id in invited)
    return Outcome((replace(ceremony, status=status, opened_at=at),), (event,), letters=letters)


def pause(ceremony: Ceremony, *, actor: Actor, at: datetime) -> Outcome:
    """Nobody signs until it goes on."""
    status = move(CEREMONY_MOVES, ceremony.status, "pause")
    event = events.CeremonyPaused(at=at, actor=actor, ceremony=ceremony.id)
    return Outcome((replace(ceremony, status=status),), (event,))


def resume(ceremony: Ceremony, *, actor: Actor, at: datetime) -> Outcome:
    """It goes on after a pause."""
    status = move(CEREMONY_MOVES, ceremony.status, "resume")
    event = events.CeremonyResumed(at=at, actor=actor, ceremony=ceremony.id)
    return Outcome((replace(ceremony, status=status),), (event,))


def cancel(ceremony: Ceremony, *, actor: Actor, at: datetime) -> Outcome:
    """It will not take place."""
    status = move(CEREMONY_MOVES, ceremony.status, "cancel")
    event = events.CeremonyCancelled(at=at, actor=actor, ceremony=ceremony.id)
    return Outcome((replace(ceremony, status=status),), (event,))


def close(ceremony: Ceremony, documents: tuple[Document, ...], *, actor: Actor, at: datetime) -> Outcome:
    """Nobody signs any more; what can still expire, does. Declined and returned documents keep their truth."""
    after = replace(ceremony, status=move(CEREMONY_MOVES, ceremony.status, "close"), closed_at=at)
    expired = tuple(d for d in documents if "expire" in DOCUMENT_MOVES[d.status])
    count = {status: sum(d.status is status for d in documents) for status in DocumentStatus}
    closing = events.CeremonyClosed(
        at=at,
        actor=actor,
        ceremony=ceremony.id,
        completed=count[D.COMPLETED] + count[D.ARCHIVED],
        expired=len(expired),
        declined=count[D.DECLINED],
        returned=count[D.RETURNED],
    )
    told = tuple(_expiry(d, actor, at) for d in expired)
    facts = tuple(replace(d, status=D.EXPIRED) for d in expired)
    return Outcome((after, *facts), (closing, *told))


def _expiry(document: Document, actor: Actor, at: datetime) -> events.DocumentExpired:
    return events.DocumentExpired(
        at=at,
        actor=actor,
        ceremony=document.ceremony_id,
        document=document.id,
        signed=sum(s.status is S.SIGNED for s in document.slots),
        expected=len(document.slots),
    )


def request_freeze(document: Document, *, actor: Actor, at: datetime) -> Outcome:
    """Staff ask for the freeze; a worker renders and seals. A failed freeze may be asked for again."""
    status = move(DOCUMENT_MOVES, document.status, "freeze")
    after = replace(document, status=status, attempt=document.attempt + 1, failure=None)
    event = events.FreezeRequested(
        at=at, actor=actor, ceremony=document.ceremony_id, document=document.id, attempt=after.attempt
    )
    job = Job(JobName.FREEZE, f"{document.id}:{after.attempt}", (("document", str(document.id)),))
    return Outcome((after,), (event,), (job,))


def record_freeze(document: Document, frozen: Document, certificate_sha256: str, *, at: datetime) -> Outcome:
    """The worker rendered and sealed it: `frozen` carries the sealed revision, hashes and faces."""
    after = replace(frozen, status=move(DOCUMENT_MOVES, document.status, "frozen"))
    revision = after.revisions[-1]
    event = events.DocumentFrozen(
        at=at,
        actor=events.SYSTEM,
        ceremony=document.ceremony_id,
        document=document.id,
        subject=Subject("pdf", revision.sha256),
        number=document.number,
        template_sha256=after.template_sha256 or "",
        unsigned_sha256=after.unsigned_sha256 or "",
        certificate_sha256=certificate_sha256,
        level=revision.level,
    )
    return Outcome((after,), (event,))


def record_freeze_failure(document: Document, reason: str, *, at: datetime) -> Outcome:
    """The worker could not freeze it; `reason` is a refusal's code."""
    after = replace(document, status=move(DOCUMENT_MOVES, document.status, "fail"), failure=reason)
    event = events.FreezeFailed(
        at=at,
        actor=events.SYSTEM,
        ceremony=document.ceremony_id,
        document=document.id,
        outcome=events.Result.FAILURE,
        reason=reason,
    )
    return Outcome((after,), (event,))


def record_archive(document: Document, revision: Revision, base_sha256: str, *, at: datetime) -> Outcome:
    """Revocation data and the document timestamp were added; raises MoveRefused if it is archived already."""
    if revision.kind is not RevisionKind.ARCHIVED:
        raise ValueError("an archive adds an archive revision")
    status = move(DOCUMENT_MOVES, document.status, "archive")
    after = replace(document, status=status, revisions=(*document.revisions, revision))
    event = events.DocumentArchived(
        at=at,
        actor=events.SYSTEM,
        ceremony=document.ceremony_id,
        document=document.id,
        subject=Subject("pdf", revision.sha256),
        base_sha256=base_sha256,
        level=revision.level,
    )
    head = document.slot_for(SlotRole.HEAD)
    letters = (Letter("naskah-lengkap", head.person_id, document.id),) if head else ()
    return Outcome((after,), (event,), letters=letters)


def request_minutes(ceremony: Ceremony, *, actor: Actor, at: datetime) -> Outcome:
    """Staff ask for the minutes; a worker drains the log, renders and seals them."""
    move(CEREMONY_MOVES, ceremony.status, "seal")
    event = events.MinutesRequested(at=at, actor=actor, ceremony=ceremony.id)
    stamp = at.strftime("%Y%m%dT%H%M%S%f")
    job = Job(JobName.MINUTES, f"{ceremony.id}:{stamp}", (("ceremony", str(ceremony.id)),))
    return Outcome((replace(ceremony, minutes_requested_at=at),), (event,), (job,))


def record_minutes(ceremony: Ceremony, sha256: str, count: int, root: str, *, at: datetime) -> Outcome:
    """The minutes are sealed: the ceremony's last event commits to the `count` and `root` of all earlier ones."""
    status = move(CEREMONY_MOVES, ceremony.status, "seal")
    after = replace(ceremony, status=status, sealed_at=at, minutes_sha256=sha256)
    event = events.MinutesSealed(
        at=at,
        actor=events.SYSTEM,
        ceremony=ceremony.id,
        subject=Subject("pdf", sha256),
        count=count,
        root=root,
    )
    return Outcome((after,), (event,))


@dataclass(frozen=True)
class Handover:
    """Evidence that leaves the house: to whom (`pseudonym` in the log), why, and which container it is."""

    pseudonym: str
    recipient: str
    reason: str
    manifest_sha256: str
    files: int
    size: int


def record_export(ceremony: Ceremony, handover: Handover, *, actor: Actor, at: datetime) -> Outcome:
    """The evidence of a sealed ceremony was made for somebody; nothing of the ceremony changes."""
    who = handover.pseudonym
    event = events.BundleExported(
        at=at,
        actor=actor,
        ceremony=ceremony.id,
        subject=Subject("manifest", handover.manifest_sha256),
        personal=(Personal(who, "recipient", handover.recipient), Personal(who, "reason", handover.reason)),
        recipient=who,
        files=handover.files,
        size=handover.size,
    )
    return Outcome((), (event,))
