"""What a witness sees: what there is to attest to, what he waits for, his receipt."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session

from backend import regions
from backend.ceremonies import store
from backend.ceremonies.ceremony import Ceremony, CeremonyStatus, Witness, WitnessStatus
from backend.ceremonies.document import Document, SlotRole
from backend.ceremonies.permissions import NothingToAttest
from backend.ceremonies.queries.visits import Shown, head_signed_at, rosette, zone_of
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


def witness_view(tools: Tools, visit: Visit) -> WitnessView:
    """Return what the visit's witness sees now; raises NotFound for a visitor who is no witness."""
    with tools.database.reading() as session:
        person, ceremony, witness = _who(session, visit)
        documents = store.documents_of(session, ceremony.id)
        people_by_id = people.people_of(session, ceremony.id)
    mark = tools.mark(ceremony)
    base: Shown = {"person": person, "ceremony": ceremony, "zone": zone_of(person, ceremony)}
    if witness.status in {WitnessStatus.ATTESTED, WitnessStatus.DECLINED}:
        return WitnessView(mark, "done", {**base, **_receipt(witness, documents)})
    if ceremony.status in {CeremonyStatus.SCHEDULED, CeremonyStatus.DRAFT, CeremonyStatus.PAUSED}:
        return WitnessView(mark, "not_open", {**base, "read_address": ""})
    if ceremony.status is not CeremonyStatus.OPEN:
        cancelled = ceremony.status is CeremonyStatus.CANCELLED
        reason = "ceremony_cancelled" if cancelled else "ceremony_closed"
        return WitnessView(mark, "over", {**base, "reason": reason, "contact": ceremony.ministry["surel"]})
    try:
        sha256 = attestable(witness, documents)
    except NothingToAttest:
        return WitnessView(mark, "waiting", {**base, "awaited": _awaited(witness, documents, people_by_id)})
    return WitnessView(mark, "attest", {**base, **_attestation(witness, documents, people_by_id, sha256)})


def _who(session: Session, visit: Visit) -> tuple[Person, Ceremony, Witness]:
    person = people.person(session, visit.link.person_id)
    witness = store.witness_of(session, visit.link.person_id)
    if person is None or witness is None:
        raise NotFound
    return person, store.ceremony(session, person.ceremony_id), witness


def _mine(witness: Witness, documents: tuple[Document, ...]) -> Document | None:
    return next((d for d in documents if d.id == witness.document_id), None)


def _head(document: Document, everybody: dict[UUID, Person]) -> Person:
    slot = document.slot_for(SlotRole.HEAD)
    if slot is None:
        raise NotFound
    return everybody[slot.person_id]


def _awaited(witness: Witness, documents: tuple[Document, ...], everybody: dict[UUID, Person]) -> str:
    mine = _mine(witness, documents)
    return _head(mine, everybody).office if mine else ""


def _receipt(witness: Witness, documents: tuple[Document, ...]) -> Shown:
    shown = rosette(documents, witness.document_id)
    return {
        "outcome": str(witness.status),
        "at": witness.at,
        "sha256": witness.attested_sha256 or "",
        "petals": shown["petals"],
        "seed": shown["seed"],
    }


def _attestation(
    witness: Witness, documents: tuple[Document, ...], everybody: dict[UUID, Person], sha256: str
) -> Shown:
    mine = _mine(witness, documents)
    times = [at for at in (head_signed_at(d) for d in documents) if at]
    progress = {**rosette(documents), "last_at": max(times, default=None), "root": sha256}
    shown: Shown = {"scope": "ceremony", "document": None, "progress": progress, "base": sha256}
    if mine is None:
        return shown
    head = _head(mine, everybody)
    document = {
        "region_name": regions.by_code(mine.region).full_name,
        "number": mine.number,
        "signer": head.name,
        "signer_office": head.office,
        "signed_at": head_signed_at(mine),
        "sha256": sha256,
    }
    return {**shown, "scope": "document", "document": document}
