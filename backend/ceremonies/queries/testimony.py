"""What a witness sees: what there is to attest to, what he waits for, his receipt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from backend import regions
from backend.ceremonies import store
from backend.ceremonies.ceremony import Ceremony, CeremonyStatus, Witness, WitnessStatus
from backend.ceremonies.document import Document, SlotRole
from backend.ceremonies.permissions import NothingToAttest
from backend.ceremonies.queries.visits import Shown, rosette, zone_of
from backend.ceremonies.signatures import attestable
from backend.ceremonies.tools import Tools
from backend.errors import NotFound
from backend.people import store as people
from backend.people.person import Person
from backend.people.store import Visit


@dataclass(frozen=True)
class WitnessView:
    """Which page a witness gets (`attest`, `waiting`, `done`, `not_open`, `over`) and what it shows."""

    mark: str
    page: str
    shown: Shown = field(hash=False)


@dataclass(frozen=True)
class _Seen:
    """A witness, what he attests to, the ceremony's petals; `head` and `document` are None for the whole ceremony."""

    person: Person
    ceremony: Ceremony
    witness: Witness
    documents: tuple[Document, ...]
    head: Person | None
    petals: Sequence[tuple[UUID, datetime | None]]

    @property
    def document(self) -> Document | None:
        return next((d for d in self.documents if d.id == self.witness.document_id), None)


def witness_view(tools: Tools, visit: Visit) -> WitnessView:
    """Return what the visit's witness sees now; raises NotFound for a visitor who is no witness."""
    with tools.database.reading() as session:
        seen = _read(session, visit)
    ceremony, witness = seen.ceremony, seen.witness
    mark = tools.mark(ceremony)
    base: Shown = {"person": seen.person, "ceremony": ceremony, "zone": zone_of(seen.person, ceremony)}
    if witness.status in {WitnessStatus.ATTESTED, WitnessStatus.DECLINED}:
        return WitnessView(mark, "done", {**base, **_receipt(seen)})
    if ceremony.status in {CeremonyStatus.SCHEDULED, CeremonyStatus.DRAFT, CeremonyStatus.PAUSED}:
        return WitnessView(mark, "not_open", {**base, "read_address": ""})
    if ceremony.status is not CeremonyStatus.OPEN:
        cancelled = ceremony.status is CeremonyStatus.CANCELLED
        reason = "ceremony_cancelled" if cancelled else "ceremony_closed"
        return WitnessView(mark, "over", {**base, "reason": reason, "contact": ceremony.ministry["surel"]})
    try:
        sha256 = attestable(witness, seen.documents)
    except NothingToAttest:
        return WitnessView(mark, "waiting", {**base, "awaited": seen.head.office if seen.head else ""})
    return WitnessView(mark, "attest", {**base, **_attestation(seen, sha256)})


def _read(session: Session, visit: Visit) -> _Seen:
    person = people.person(session, visit.link.person_id)
    witness = store.witness_of(session, visit.link.person_id)
    if person is None or witness is None:
        raise NotFound
    ceremony = store.ceremony(session, person.ceremony_id)
    petals = store.petals(session, ceremony.id)
    if witness.document_id is None:
        documents = store.documents_of(session, ceremony.id)
        return _Seen(person, ceremony, witness, documents, None, petals)
    document = store.document(session, witness.document_id)
    slot = document.slot_for(SlotRole.HEAD)
    head = people.person(session, slot.person_id) if slot else None
    return _Seen(person, ceremony, witness, (document,), head, petals)


def _receipt(seen: _Seen) -> Shown:
    drawn = rosette(seen.petals, seen.ceremony.id, seen.witness.document_id)
    return {
        "outcome": str(seen.witness.status),
        "at": seen.witness.at,
        "sha256": seen.witness.attested_sha256 or "",
        "petals": drawn["petals"],
        "seed": drawn["seed"],
    }


def _attestation(seen: _Seen, sha256: str) -> Shown:
    times = [at for _, at in seen.petals if at]
    progress = {**rosette(seen.petals, seen.ceremony.id), "last_at": max(times, default=None), "root": sha256}
    shown: Shown = {"scope": "ceremony", "document": None, "progress": progress, "base": sha256}
    mine = seen.document
    if mine is None or seen.head is None:
        return shown
    slot = mine.slot_for(SlotRole.HEAD)
    document = {
        "region_name": regions.by_code(mine.region).full_name,
        "number": mine.number,
        "signer": seen.head.name,
        "signer_office": seen.head.office,
        "signed_at": slot.signed_at if slot else None,
        "sha256": sha256,
    }
    return {**shown, "scope": "document", "document": document}
