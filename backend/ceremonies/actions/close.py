"""Close a ceremony: nobody signs any more, what was not completed expires."""

from uuid import UUID

from backend.ceremonies import lifecycle, permissions, store
from backend.ceremonies.tools import Tools
from backend.people.person import Account


def close(tools: Tools, account: Account, ceremony_id: UUID) -> None:
    """Close the ceremony; a signature on its way either committed before or is refused (DESIGN section 3)."""
    permissions.check_can_organise(account)
    with tools.database.writing() as session:
        ceremony = store.ceremony(session, ceremony_id, store.UPDATE)
        documents = store.documents_of(session, ceremony_id)
        outcome = lifecycle.close(ceremony, documents, actor=account.actor, at=tools.now())
        store.commit(session, tools.log, outcome)
