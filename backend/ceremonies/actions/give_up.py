"""What follows when a job is given up: document or message says so, in the transaction that records the failure."""

from uuid import UUID

from sqlmodel import Session

from backend.ceremonies import lifecycle, store
from backend.ceremonies.actions import send_mail
from backend.ceremonies.document import DocumentStatus
from backend.ceremonies.tools import Tools
from backend.jobs.catalogue import Job, JobName


def give_up(tools: Tools, session: Session, job: Job, code: str) -> None:
    """Let the business state follow a failed job; may be called more than once for the same job."""
    arguments = dict(job.arguments)
    if job.name in {JobName.MAIL, JobName.CODE}:
        send_mail.give_up(tools, session, UUID(arguments["outbox"]), code)
    elif job.name is JobName.FREEZE:
        document = store.document_to_change(session, UUID(arguments["document"]))
        if document.status is DocumentStatus.FREEZING:
            store.commit(session, tools.log, lifecycle.record_freeze_failure(document, code, at=tools.now()))
