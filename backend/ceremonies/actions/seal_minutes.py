"""Seal the minutes: the log is drained first, so that the count and root they carry are final (DESIGN section 3)."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import Session

from backend.audit import reader
from backend.audit.reader import LogNotDrained
from backend.ceremonies import lifecycle, permissions, store
from backend.ceremonies.ceremony import Ceremony, CeremonyStatus, Witness
from backend.ceremonies.document import DocumentStatus
from backend.ceremonies.printed import local_day, minutes_facts
from backend.ceremonies.tools import Tools
from backend.documents.minutes import render_minutes
from backend.jobs.catalogue import TryAgain
from backend.people import store as people
from backend.people.person import Account, Person
from backend.signing import acceptance
from backend.signing.seal import FIELD as SEAL_FIELD

SOON = 0.5


@dataclass(frozen=True)
class _Commitment:
    """The ceremony's events as the log has them: how many, their RFC 6962 root (hex), and their exact bytes."""

    count: int
    root: str
    leaves: bytes


def request_minutes(tools: Tools, account: Account, ceremony_id: UUID) -> None:
    """Ask for the minutes of a closed ceremony; raises Forbidden, MoveRefused or MinutesTooEarly."""
    permissions.check_can_organise(account)
    with tools.database.writing() as session:
        ceremony = store.ceremony(session, ceremony_id, store.UPDATE)
        permissions.check_can_seal_minutes(store.documents_of(session, ceremony_id))
        outcome = lifecycle.request_minutes(ceremony, actor=account.actor, at=tools.now())
        store.commit(session, tools.log, outcome)


def seal_minutes(tools: Tools, ceremony: str) -> None:
    """Render, seal, archive and record the minutes (job `minutes`); does nothing once they are sealed.

    Raises TryAgain while a document is being archived or events arrive meanwhile, and the archivist's refusals.
    """
    tools.bench.sequence()
    with tools.database.reading() as session:
        kept = store.ceremony(session, UUID(ceremony))
        if kept.status is not CeremonyStatus.CLOSED:
            return
        commitment = _commitment(session, kept)
        facts = _facts(tools, session, kept, commitment)
    pdf = _sealed(tools, kept, facts, commitment)
    sha256 = tools.vault.put(pdf)
    with tools.database.writing() as session:
        locked = store.ceremony(session, kept.id, store.UPDATE)
        if locked.status is not CeremonyStatus.CLOSED:
            return
        if _count_and_root(session, kept) != (commitment.count, commitment.root):
            raise TryAgain(SOON, "log-moved-on")
        outcome = lifecycle.record_minutes(locked, sha256, commitment.count, commitment.root, at=tools.now())
        store.commit(session, tools.log, outcome)
    tools.bench.sequence()


def _count_and_root(session: Session, ceremony: Ceremony) -> tuple[int, str]:
    try:
        return reader.ceremony_commitment(session, ceremony.id)
    except LogNotDrained as waiting:
        raise TryAgain(SOON, waiting.code) from waiting


def _commitment(session: Session, ceremony: Ceremony) -> _Commitment:
    count, root = _count_and_root(session, ceremony)
    leaves = b"".join(leaf.rstrip(b"\n") + b"\n" for leaf in reader.ceremony_events(session, ceremony.id))
    return _Commitment(count, root, leaves)


def _facts(tools: Tools, session: Session, ceremony: Ceremony, commitment: _Commitment) -> dict[str, Any]:
    documents = store.documents_of(session, ceremony.id)
    if any(d.status is DocumentStatus.COMPLETED for d in documents):
        raise TryAgain(SOON, "archiving")
    everybody = people.people_of(session, ceremony.id)
    witnesses = [_named(witness, everybody) for witness in store.witnesses_of(session, ceremony.id)]
    checkpoint = tools.bench.checkpoint()
    return minutes_facts(ceremony, documents, witnesses, everybody) | {
        "rekam": {
            "asal": checkpoint.origin,
            "jumlah": str(commitment.count),
            "akar": commitment.root,
            "titik_periksa": checkpoint.note.rstrip("\n").split("\n"),
            "kunci": checkpoint.vkey,
        },
        "verifikasi": {"url": f"{tools.base_url}/v/{ceremony.code}", "kode": ceremony.code.upper()},
    }


def _named(witness: Witness, everybody: dict[UUID, Person]) -> tuple[Witness, Person]:
    return witness, everybody[witness.person_id]


def _sealed(tools: Tools, ceremony: Ceremony, facts: dict[str, Any], commitment: _Commitment) -> bytes:
    bench = tools.bench
    note = "\n".join(facts["rekam"]["titik_periksa"]) + "\n"
    attachments = {"events.jsonl": commitment.leaves, "checkpoint.txt": note.encode()}
    mark = tools.mark(ceremony)
    made = partial(render_minutes, bench.minutes, facts, local_day(ceremony), mark=mark, attachments=attachments)
    pdf = bench.renderer.run(made)
    sealed = bench.sealer.seal(pdf)
    acceptance.check_sealed(
        pdf,
        sealed.pdf,
        field=SEAL_FIELD,
        certificate_sha256=sealed.certificate_sha256,
        at=tools.now(),
        trust=tools.trust,
    )
    archived = bench.archivist.archive(sealed.pdf)
    acceptance.check_archived(sealed.pdf, archived.pdf, at=tools.now(), trust=tools.trust)
    return archived.pdf
