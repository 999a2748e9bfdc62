"""The ministry's official is led from one document to the next whose head has signed."""

from backend.ceremonies import store
from backend.ceremonies.document import Document, SlotRole
from backend.people.person import Person
from tests.integration.ceremonies.stage import Stage


def _next(on: Stage, who: Person) -> Document | None:
    with on.tools.database.reading() as session:
        return store.next_in_turn(session, who.id)


def test_the_official_is_led_to_what_waits_for_him_and_no_further(on: Stage) -> None:
    on.open(3)
    first, second, third = on.documents()
    official = on.person_of(first, SlotRole.MINISTRY)
    assert _next(on, official) is None
    on.sign(third)
    on.sign(second)
    assert _next(on, official) == on.again(second)
    on.sign(on.again(second), SlotRole.MINISTRY)
    assert _next(on, official) == on.again(third)
    assert _next(on, on.person_of(first)) == on.again(first)
