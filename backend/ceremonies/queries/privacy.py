"""Whose personal data a ceremony holds, for the pages on which staff erase it."""

from typing import Final
from uuid import UUID

from backend import regions
from backend.ceremonies import permissions, store
from backend.ceremonies.ceremony import Ceremony
from backend.ceremonies.queries.progress import here_of
from backend.ceremonies.queries.visits import Shown, masked
from backend.ceremonies.tools import Tools
from backend.errors import NotFound
from backend.people import store as people
from backend.people.person import Account, Part, Person

PARTS: Final = {Part.HEAD: "kepala daerah", Part.OFFICIAL: "pejabat kementerian", Part.WITNESS: "saksi"}


def everybody(tools: Tools, account: Account, ceremony_id: UUID, q: str) -> tuple[Ceremony, Shown]:
    """Return a ceremony and the context of the list of its people, those whose name or office holds `q`."""
    with tools.database.reading() as session:
        ceremony = store.ceremony(session, ceremony_id)
        found = people.people_of(session, ceremony_id).values()
    words = q.strip().casefold()
    rows = [_row(account, ceremony, person) for person in found]
    rows = [row for row in rows if words in f"{row['name']} {row['office']} {row['place']}".casefold()]
    return ceremony, {
        "here": here_of(ceremony),
        "title": ceremony.title,
        "q": q,
        "people": sorted(rows, key=lambda row: (row["place"], row["office"])),
        "over": permissions.can(permissions.check_is_not_over, ceremony) is False,
    }


def one(tools: Tools, account: Account, ceremony_id: UUID, person_id: UUID) -> tuple[Ceremony, Shown]:
    """Return a ceremony and the context of the page that asks before a person's data is erased.

    Raises NotFound, Forbidden, ErasureTooEarly or AlreadyErased.
    """
    with tools.database.reading() as session:
        person = people.person(session, person_id)
        if person is None or person.ceremony_id != ceremony_id:
            raise NotFound
        ceremony = store.ceremony(session, ceremony_id)
    permissions.check_can_erase(account, ceremony, person)
    return ceremony, {
        "here": here_of(ceremony),
        "title": ceremony.title,
        "person": {**_row(account, ceremony, person), "address": masked(person.email)},
    }


def _row(account: Account, ceremony: Ceremony, person: Person) -> Shown:
    return {
        "id": str(person.id),
        "name": person.name,
        "office": person.office,
        "institution": person.institution,
        "part": PARTS[person.part],
        "place": regions.by_code(person.region).full_name if person.region else "",
        "pseudonym": person.pseudonym,
        "erased": person.erased,
        "may_erase": permissions.can(permissions.check_can_erase, account, ceremony, person),
    }
