"""Say "bukan saya": the person reached was not meant; the link is void and staff see it."""

from backend.ceremonies import signatures, store
from backend.ceremonies.tools import Tools
from backend.errors import NotFound
from backend.people import store as people
from backend.people.links import Link


def disown(tools: Tools, link: Link) -> None:
    """Void the link; every visit through it ends with it."""
    with tools.database.writing() as session:
        person = people.person(session, link.person_id)
        if person is None:
            raise NotFound
        store.commit(session, tools.log, signatures.disown(person, link, at=tools.now()))
