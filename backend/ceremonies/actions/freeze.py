"""Freeze: staff ask, the worker renders, seals and records; number, date and QR are final from then on."""

import json
from dataclasses import replace
from uuid import UUID

from backend import regions
from backend.ceremonies import lifecycle, permissions, store
from backend.ceremonies.ceremony import Ceremony
from backend.ceremonies.document import Document, DocumentStatus, Revision, RevisionKind, SlotRole
from backend.ceremonies.lifecycle import DOCUMENT_MOVES
from backend.ceremonies.printed import document_facts, local_day
from backend.ceremonies.tools import Tools
from backend.documents import template
from backend.documents.packing import pack
from backend.documents.render import Rendered
from backend.errors import NotFound, Refusal
from backend.jobs.catalogue import TryAgain
from backend.people import store as people
from backend.people.person import Account, Person
from backend.signing import acceptance
from backend.signing.refusals import PdfUnreadable
from backend.signing.seal import FIELD as SEAL_FIELD
from backend.signing.signer import Signed


def freeze(tools: Tools, account: Account, ceremony_id: UUID) -> int:
    """Ask for all documents that can be frozen (drafts, and those that failed before); return how many.

    Raises Forbidden, BaseUrlMissing or CeremonyOver.
    """
    permissions.check_can_organise(account)
    with tools.database.reading() as session:
        permissions.check_can_freeze(store.ceremony(session, ceremony_id), tools.base_url)
        ready = [d for d in store.documents_of(session, ceremony_id) if "freeze" in DOCUMENT_MOVES[d.status]]
    for document in ready:
        with tools.database.writing() as session:
            permissions.check_is_not_over(store.ceremony(session, ceremony_id, store.SHARE))
            locked = store.document(session, document.id, lock=True)
            if "freeze" in DOCUMENT_MOVES[locked.status]:
                asked = lifecycle.request_freeze(locked, actor=account.actor, at=tools.now())
                store.commit(session, tools.log, asked)
    return len(ready)


def freeze_document(tools: Tools, document: str) -> None:
    """Render, seal, check and record one document (job `freeze`); does nothing unless it is being frozen.

    A refusal (missing fact, template error) is recorded with its code and shown to staff, who may try again.
    """
    tools.log.check()
    with tools.database.reading() as session:
        kept = store.document(session, UUID(document))
        ceremony = store.ceremony(session, kept.ceremony_id)
        everybody = people.people_of(session, ceremony.id)
    if kept.status is not DocumentStatus.FREEZING:
        return
    try:
        rendered = _render(tools, ceremony, kept, everybody)
        sealed = tools.bench.sealer.seal(rendered.pdf)
        _check_seal(tools, rendered.pdf, sealed)
    except PdfUnreadable as unreadable:
        # What we have just written ourselves is readable: this passes, and is given up only after several tries.
        raise TryAgain(1.0, unreadable.code) from unreadable
    except Refusal as refusal:
        _record_failure(tools, kept, refusal.code)
        return
    frozen = _keep(tools, ceremony, kept, rendered, sealed)
    with tools.database.writing() as session:
        locked = store.document_to_change(session, kept.id)
        if locked.status is DocumentStatus.FREEZING:
            done = lifecycle.record_freeze(locked, _joined(locked, frozen), sealed.certificate_sha256, at=tools.now())
            store.commit(session, tools.log, done)


def _render(tools: Tools, ceremony: Ceremony, document: Document, everybody: dict[UUID, Person]) -> Rendered:
    signers = {slot.role: everybody[slot.person_id] for slot in document.slots}
    if SlotRole.HEAD not in signers or SlotRole.MINISTRY not in signers:
        raise NotFound
    facts = document_facts(
        ceremony,
        document,
        regions.by_code(document.region),
        signers[SlotRole.HEAD],
        signers[SlotRole.MINISTRY],
        tools.base_url,
    )
    folder = tools.templates / ceremony.template
    return tools.bench.renderer.render(folder, facts, local_day(ceremony), mark=tools.mark(ceremony))


def _check_seal(tools: Tools, unsigned: bytes, sealed: Signed) -> None:
    # The seal is ours, but every revision passes the same gate before it is stored (invariant 3).
    acceptance.check_sealed(
        unsigned,
        sealed.pdf,
        field=SEAL_FIELD,
        certificate_sha256=sealed.certificate_sha256,
        at=tools.now(),
        trust=tools.trust,
    )


def _keep(tools: Tools, ceremony: Ceremony, document: Document, rendered: Rendered, sealed: Signed) -> Document:
    mou = template.load(tools.templates / ceremony.template)
    # Regenerating a document years later needs the words, layout and fonts of that day (DESIGN section 5).
    recipe = tools.vault.put(pack(mou))
    faces = {field: tools.vault.put(face) for field, face in rendered.faces.items()}
    reading = {"blocks": rendered.blocks, "same_words": rendered.same_words}
    blocks = json.dumps(reading, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    revision = Revision(
        sha256=tools.vault.put(sealed.pdf),
        kind=RevisionKind.SEALED,
        size=len(sealed.pdf),
        at=sealed.signed_at,
        level=sealed.level,
        certificate_sha256=sealed.certificate_sha256,
    )
    return replace(
        document,
        template_sha256=mou.sha256,
        recipe_sha256=recipe,
        unsigned_sha256=tools.vault.put(rendered.pdf),
        blocks_sha256=tools.vault.put(blocks),
        slots=tuple(replace(slot, face_sha256=faces.get(slot.field)) for slot in document.slots),
        revisions=(revision,),
    )


def _joined(locked: Document, frozen: Document) -> Document:
    """Return what freezing made on the document as it is now: its signatories may have come further meanwhile."""
    faces = {slot.id: slot.face_sha256 for slot in frozen.slots}
    return replace(frozen, slots=tuple(replace(slot, face_sha256=faces[slot.id]) for slot in locked.slots))


def _record_failure(tools: Tools, document: Document, code: str) -> None:
    with tools.database.writing() as session:
        locked = store.document_to_change(session, document.id)
        if locked.status is DocumentStatus.FREEZING:
            store.commit(session, tools.log, lifecycle.record_freeze_failure(locked, code, at=tools.now()))
