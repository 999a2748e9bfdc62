"""Archive a completed document (job `archive`): revocation data for every signature, then the document timestamp."""

from uuid import UUID

from backend.ceremonies import lifecycle, store
from backend.ceremonies.document import DocumentStatus, Revision, RevisionKind
from backend.ceremonies.tools import Tools
from backend.errors import Refusal
from backend.jobs.catalogue import GiveUp
from backend.signing import acceptance
from backend.signing.archive import ArchiveUnavailable


def archive(tools: Tools, document: str) -> None:
    """Bring the document to B-LTA; safe to repeat, it does nothing once archived.

    Raises ArchiveUnavailable while the timestamp or revocation services are away (the engine tries again), and GiveUp
    where trying again is of no use.
    """
    tools.log.check()
    with tools.database.reading() as session:
        kept = store.document(session, UUID(document))
    base = kept.current
    if kept.status is not DocumentStatus.COMPLETED or base is None:
        return
    before = tools.vault.get(base.sha256)
    try:
        archived = tools.bench.archivist.archive(before)
        acceptance.check_archived(before, archived.pdf, at=tools.now(), trust=tools.trust)
    except ArchiveUnavailable:
        raise
    except Refusal as refusal:
        # A revoked or expired certificate stays so: trying again would only hide it from staff.
        raise GiveUp(refusal.code) from refusal
    tools.vault.put(archived.pdf)
    revision = Revision(archived.sha256, RevisionKind.ARCHIVED, len(archived.pdf), tools.now(), archived.level)
    with tools.database.writing() as session:
        locked = store.document_to_change(session, kept.id)
        if locked.current != base or locked.status is not DocumentStatus.COMPLETED:
            return
        outcome = lifecycle.record_archive(locked, revision, base.sha256, at=tools.now())
        store.commit(session, tools.log, outcome)
