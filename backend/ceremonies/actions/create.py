"""Create a ceremony from its file: people, documents, slots and witnesses in one transaction, or nothing."""

import base64
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from uuid_utils.compat import uuid7

from backend.audit import events
from backend.audit.events import Personal, Subject
from backend.ceremonies import intake, lifecycle, permissions, store
from backend.ceremonies.ceremony import Ceremony, Witness
from backend.ceremonies.document import Document, Slot, SlotRole
from backend.ceremonies.entries import CeremonyEntry, PersonEntry, RegionEntry
from backend.ceremonies.outcome import Fact, Outcome
from backend.ceremonies.tools import Tools
from backend.documents import template
from backend.documents.template import Template
from backend.people.person import Account, Part, Person

CODE_BYTES = 16


def create(tools: Tools, account: Account, file: Path) -> UUID:
    """Create and schedule a ceremony; return its id. Raises CeremonyFileInvalid with all faults, or TemplateUnknown."""
    permissions.check_can_organise(account)
    entry = intake.read(file)
    mou = template.load(tools.templates / entry.template)
    at = tools.now()
    ceremony = _ceremony(entry, at)
    facts = tuple(_everything(ceremony, entry, mou))
    people = tuple(fact for fact in facts if isinstance(fact, Person))
    created = events.CeremonyCreated(
        at=at,
        actor=account.actor,
        ceremony=ceremony.id,
        subject=Subject("template", mou.sha256),
        nature=str(entry.nature),
        template_sha256=mou.sha256,
        regions=len(entry.regions),
        personal=tuple(_names(person for person in people if person.region is None)),
    )
    # One event for each document: the names of 508 regions are more than one leaf of the log may hold.
    drafted = tuple(_drafted(fact, people, account, at) for fact in facts if isinstance(fact, Document))
    with tools.database.writing() as session:
        store.commit(session, tools.log, Outcome((ceremony, *facts), (created, *drafted)))
        store.commit(session, tools.log, lifecycle.schedule(ceremony, actor=account.actor, at=at))
    return ceremony.id


def _ceremony(entry: CeremonyEntry, at: datetime) -> Ceremony:
    return Ceremony(
        id=uuid7(),
        title=entry.title,
        nature=entry.nature,
        template=entry.template,
        starts_at=entry.starts_at,
        zone=entry.zone,
        place=entry.place,
        venue=entry.venue,
        minutes_number=entry.minutes_number,
        code=_code(),
        ministry=entry.ministry,
        created_at=at,
    )


def _everything(ceremony: Ceremony, entry: CeremonyEntry, mou: Template) -> Iterator[Fact]:
    """Yield people before the documents and witnesses that name them: the rows have foreign keys."""
    official = _person(ceremony, entry.official, Part.OFFICIAL)
    yield official
    for number, whole in enumerate(entry.witnesses, start=1):
        person = _person(ceremony, whole, Part.WITNESS)
        yield person
        yield Witness(uuid7(), ceremony.id, person.id, number)
    for region in entry.regions:
        yield from _region(ceremony, region, official, mou)


def _region(ceremony: Ceremony, entry: RegionEntry, official: Person, mou: Template) -> Iterator[Fact]:
    head = _person(ceremony, entry.head, Part.HEAD, entry.code)
    yield head
    signers = {SlotRole.HEAD: head, SlotRole.MINISTRY: official}
    slots = tuple(
        Slot(uuid7(), SlotRole(spec.key), spec.field, spec.order, signers[SlotRole(spec.key)].id) for spec in mou.slots
    )
    document = Document(
        id=uuid7(),
        ceremony_id=ceremony.id,
        region=entry.code,
        area=entry.area,
        number=entry.number,
        region_number=entry.region_number,
        printed=entry.printed,
        code=_code(),
        slots=slots,
    )
    yield document
    for number, local in enumerate(entry.witnesses, start=1):
        person = _person(ceremony, local, Part.WITNESS, entry.code)
        yield person
        yield Witness(uuid7(), ceremony.id, person.id, number, document.id)


def _person(ceremony: Ceremony, entry: PersonEntry, part: Part, region: str | None = None) -> Person:
    return Person(
        id=uuid7(),
        ceremony_id=ceremony.id,
        pseudonym=f"p_{secrets.token_hex(16)}",
        part=part,
        name=entry.name,
        office=entry.office,
        institution=entry.institution,
        email=entry.email,
        salutation=entry.salutation,
        region=region,
    )


def _drafted(document: Document, people: tuple[Person, ...], account: Account, at: datetime) -> events.DocumentDrafted:
    return events.DocumentDrafted(
        at=at,
        actor=account.actor,
        ceremony=document.ceremony_id,
        document=document.id,
        number=document.number,
        personal=tuple(_names(person for person in people if person.region == document.region)),
    )


def _names(people: Iterable[Person]) -> Iterator[Personal]:
    for person in people:
        yield Personal(person.pseudonym, "name", person.name)
        yield Personal(person.pseudonym, "office", person.office)
        yield Personal(person.pseudonym, "email", person.email)


def _code() -> str:
    """Return 128 random bits in base32, as the QR shows them (DESIGN 12.5)."""
    return base64.b32encode(secrets.token_bytes(CODE_BYTES)).rstrip(b"=").decode().lower()
