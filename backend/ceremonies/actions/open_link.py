"""Begin a visit: the holder of a link gets a secret for his cookie, and what he was invited to is opened."""

from backend.ceremonies import signatures, store
from backend.ceremonies.tools import Tools
from backend.errors import NotFound
from backend.people import identity, links
from backend.people import store as people


def open_link(tools: Tools, token: str) -> str:
    """Return the visit's secret for the cookie; raises LinkUnknown, LinkVoid or LinkExpired."""
    at = tools.now()
    secret, _ = identity.new_secret()
    with tools.database.writing() as session:
        link = links.check_usable(people.link_by_token(session, token), at)
        person = people.person(session, link.person_id)
        if person is None:
            raise NotFound
        people.begin_visit(session, secret, link, at)
        store.commit(session, tools.log, signatures.open_link(person, at=at))
    return secret
