"""Open, pause, resume and cancel a ceremony: staff decide, the ceremony's row is locked while it changes."""

from collections.abc import Callable
from uuid import UUID

from backend.ceremonies import lifecycle, permissions, store
from backend.ceremonies.outcome import Outcome
from backend.ceremonies.tools import Tools
from backend.people.person import Account

Verb = Callable[..., Outcome]

VERBS: dict[str, Verb] = {
    "open": lifecycle.open_,
    "pause": lifecycle.pause,
    "resume": lifecycle.resume,
    "cancel": lifecycle.cancel,
}


def conduct(tools: Tools, account: Account, ceremony_id: UUID, verb: str) -> None:
    """Carry out one of `VERBS`; raises Forbidden or MoveRefused and then changes nothing."""
    permissions.check_can_organise(account)
    with tools.database.writing() as session:
        ceremony = store.ceremony(session, ceremony_id, store.UPDATE)
        outcome = VERBS[verb](ceremony, actor=account.actor, at=tools.now())
        store.commit(session, tools.log, outcome)
