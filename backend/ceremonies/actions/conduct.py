"""Open, pause, resume and cancel a ceremony: staff decide, the ceremony's row is locked while it changes."""

from collections.abc import Callable
from uuid import UUID

from backend.ceremonies import lifecycle, permissions, store
from backend.ceremonies.outcome import Outcome
from backend.ceremonies.tools import Tools
from backend.people import store as people
from backend.people.person import Account

VERBS: dict[str, Callable[..., Outcome]] = {
    "pause": lifecycle.pause,
    "resume": lifecycle.resume,
    "cancel": lifecycle.cancel,
}


def open_(tools: Tools, account: Account, ceremony_id: UUID) -> None:
    """Let signing begin and tell everybody who was invited; raises Forbidden or MoveRefused and changes nothing."""
    permissions.check_can_organise(account)
    with tools.database.writing() as session:
        ceremony = store.ceremony(session, ceremony_id, store.UPDATE)
        invited = people.invited_to(session, ceremony_id)
        store.commit(session, tools.log, lifecycle.open_(ceremony, invited, actor=account.actor, at=tools.now()))


def conduct(tools: Tools, account: Account, ceremony_id: UUID, verb: str) -> None:
    """Carry out one of `VERBS`; raises Forbidden or MoveRefused and then changes nothing."""
    permissions.check_can_organise(account)
    with tools.database.writing() as session:
        ceremony = store.ceremony(session, ceremony_id, store.UPDATE)
        store.commit(session, tools.log, VERBS[verb](ceremony, actor=account.actor, at=tools.now()))
