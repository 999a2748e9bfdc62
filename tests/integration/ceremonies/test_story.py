"""A whole ceremony through the actions, with everything that the database holds of it afterwards."""

from backend.ceremonies.actions import seal_minutes
from backend.ceremonies.document import DocumentStatus
from tests.integration.ceremonies.stage import Stage


def test_from_file_to_minutes(on: Stage) -> None:
    on.open(2)
    first, second = on.documents()
    on.complete(first)
    on.sign(second)
    on.work()
    on.close()
    seal_minutes.request_minutes(on.tools, on.account, on.ceremony)
    on.work()
    assert [d.status for d in on.documents()] == [DocumentStatus.ARCHIVED, DocumentStatus.EXPIRED]
    assert on.events()[-1] == "minutes.sealed"
