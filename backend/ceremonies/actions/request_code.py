"""Ask for a one-time code: the worker makes it when it is sent, so that it never waits in a row or a job."""

from backend.audit import events
from backend.ceremonies import store
from backend.ceremonies.tools import Tools
from backend.errors import NotFound
from backend.jobs import queue
from backend.mail import outbox
from backend.mail.outbox import Mail, Message
from backend.people import store as people
from backend.people.links import Link


def request_code(tools: Tools, link: Link) -> None:
    """Queue a code for the link's person; an earlier code dies when the new one is made."""
    with tools.database.writing() as session:
        person = people.person(session, link.person_id)
        if person is None:
            raise NotFound
        asked = events.CodeRequested(at=tools.now(), actor=person.actor, ceremony=person.ceremony_id)
        store.record(session, tools.log, asked)
        mail = Mail(Message.CODE, person.ceremony_id, person.id, person.email, link.id)
        queue.enqueue(session, [outbox.add(session, mail, store.MESSAGE_ID_HOST)])
