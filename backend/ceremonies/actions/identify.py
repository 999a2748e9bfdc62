"""Confirm presence with the one-time code; wrong tries are counted and recorded."""

from backend.audit import events
from backend.ceremonies import signatures, store
from backend.ceremonies.tools import Tools
from backend.errors import NotFound
from backend.people import identity
from backend.people import store as people
from backend.people.identity import CodeExpired, CodeSpent, CodeWrong
from backend.people.store import Visit


def identify(tools: Tools, visit: Visit, typed: str) -> None:
    """Mark the visit identified, or raise CodeWrong, CodeSpent or CodeExpired after counting the try."""
    at = tools.now()
    refused: CodeWrong | CodeSpent | CodeExpired | None = None
    with tools.database.writing() as session:
        person = people.person(session, visit.link.person_id)
        if person is None:
            raise NotFound
        kept = people.lock_code(session, visit.link.id)
        try:
            identity.check_code(tools.code_key, kept, typed, at)
        except (CodeWrong, CodeSpent, CodeExpired) as error:
            # Not raised inside the transaction: the counted try must be stored.
            refused = error
            if kept is not None:
                people.save_code(session, kept.tried())
            failed = events.IdentityFailed(
                at=at,
                actor=person.actor,
                ceremony=person.ceremony_id,
                outcome=events.Result.DENIED,
                reason=error.code,
                method="mail-code",
            )
            store.record(session, tools.log, failed)
        else:
            people.drop_code(session, visit.link.id)
            people.mark_identified(session, visit.secret_sha256, at)
            store.commit(session, tools.log, signatures.identify(person, at=at))
    if refused is not None:
        raise refused
