"""Looking through the log page by page: nothing twice, nothing left out, whatever waits for its number."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend import clock
from backend.audit import browsing
from backend.audit.browsing import Wanted
from backend.audit.events import Actor, Event, Result, Role
from backend.errors import NotFound
from tests.integration.audit.deployment import CEREMONY, OTHER_CEREMONY, Deployment, returned, signed

WITNESS = Actor("p_" + "77" * 16, Role.WITNESS)


def filled(deployment: Deployment) -> list[UUID]:
    """Record eleven events of the ceremony among others, the last four without a number; return them in log order."""
    ids: list[UUID] = []
    for number in range(11):
        if number == 7:
            deployment.drain_and_sign()
        ids += deployment.record(signed(f"{number:064x}"))
        deployment.record(signed(ceremony=OTHER_CEREMONY))
    return ids


def seen(deployment: Deployment, wanted: Wanted, size: int, *, newest_first: bool = False) -> list[UUID]:
    """Return what pages of `size` show, one after the other."""
    found: list[UUID] = []
    with deployment.database.reading() as session:
        for offset in range(0, browsing.count(session, wanted), size):
            page = browsing.events(session, wanted, limit=size, offset=offset, newest_first=newest_first)
            found += [event.id for event in page]
    return found


@pytest.mark.parametrize("size", [1, 3, 4, 5, 50])
@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_show_everything_once_and_in_order(deployment: Deployment, size: int, *, newest_first: bool) -> None:
    ids = filled(deployment)
    expected = ids[::-1] if newest_first else ids
    assert seen(deployment, Wanted(ceremony=CEREMONY), size, newest_first=newest_first) == expected


def test_the_reach_tells_numbered_and_signed_apart(deployment: Deployment) -> None:
    filled(deployment)
    with deployment.database.reading() as session:
        assert browsing.reach(session) == browsing.Reach(14, 14)
        listed = browsing.events(session, Wanted(ceremony=CEREMONY), limit=50)
    assert [event.seq for event in listed] == [0, 2, 4, 6, 8, 10, 12, None, None, None, None]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(role="witness"), 1),
        (Wanted(outcome="denied"), 1),
        (Wanted(actor=WITNESS.pseudonym), 1),
        (Wanted(group="document"), 1),
        (Wanted(group="signature"), 3),
        (Wanted(group="signature", role="signer"), 2),
        (Wanted(group="%"), 4),
        (Wanted(role="'"), 0),
        (Wanted(actor='","role":"witness'), 0),
        (Wanted(document=UUID(int=7)), 0),
        (Wanted(ceremony=UUID(int=7)), 0),
    ],
    ids=str,
)
def test_a_filter_finds_what_it_says(deployment: Deployment, wanted: Wanted, count: int) -> None:
    denied: Event = replace(signed(), outcome=Result.DENIED, reason="role-witness")
    deployment.record(signed(), replace(signed(), actor=WITNESS), denied, returned('"role":"witness"'))
    with deployment.database.reading() as session:
        assert browsing.count(session, wanted) == count
        assert len(browsing.events(session, wanted, limit=50)) == count


def test_a_span_holds_its_beginning_and_not_its_end(deployment: Deployment) -> None:
    at = clock.now()
    deployment.record(*(replace(signed(), at=at + timedelta(seconds=number)) for number in range(3)))
    with deployment.database.reading() as session:
        span = Wanted(since=at + timedelta(seconds=1), until=at + timedelta(seconds=2))
        assert [event.at for event in browsing.events(session, span, limit=9)] == [at + timedelta(seconds=1)]


def test_an_event_that_is_not_there(deployment: Deployment) -> None:
    with deployment.database.reading() as session, pytest.raises(NotFound):
        browsing.event(session, uuid4())
