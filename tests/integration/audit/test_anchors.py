"""Timestamps over checkpoints: taken when something happened whose time matters, told in the log, never in the way."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from backend import clock
from backend.audit import anchors, canonical, reader
from backend.audit.anchoring import PATIENCE, Anchoring, Stamp, StampAway
from backend.audit.events import (
    SYSTEM,
    AnchorFailed,
    CeremonyClosed,
    CeremonyOpened,
    Event,
    LogAnchored,
    MinutesSealed,
)
from backend.signing.anchoring import name_of, read_response, stamper
from backend.signing.timestamps import BadToken
from tests.authority import Authority, running
from tests.integration.audit.deployment import CEREMONY, OTHER_CEREMONY, Deployment, signed

TSA = "http://stempel.invalid/tsa"
NOON = datetime(2026, 9, 30, 5, 0, tzinfo=UTC)


class PretendedAuthority:
    """Answers with bytes that name what was stamped, or is away."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.away = False

    def __call__(self, note: bytes) -> Stamp:
        if self.away:
            raise StampAway("unreachable")
        self.notes.append(note.decode())
        return Stamp(b"TSR over " + sha256(note).digest(), NOON)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority") / "pki") as authority:
        yield authority


@pytest.fixture
def pretended() -> PretendedAuthority:
    return PretendedAuthority()


@pytest.fixture
def anchoring(deployment: Deployment, pretended: PretendedAuthority) -> Anchoring:
    return Anchoring(deployment.database, deployment.log, deployment.key.name, TSA, pretended)


def _opened() -> CeremonyOpened:
    return CeremonyOpened(at=clock.now(), actor=SYSTEM, ceremony=CEREMONY)


def _closed() -> CeremonyClosed:
    return CeremonyClosed(
        at=clock.now(), actor=SYSTEM, ceremony=CEREMONY, completed=1, expired=0, declined=0, returned=0
    )


def _sealed(deployment: Deployment) -> MinutesSealed:
    with deployment.database.reading() as session:
        count, root = reader.ceremony_commitment(session, CEREMONY)
    return MinutesSealed(at=clock.now(), actor=SYSTEM, ceremony=CEREMONY, count=count, root=root)


def _sizes(deployment: Deployment) -> list[int]:
    return [size for (size,) in deployment.rows("SELECT size FROM audit_tsr ORDER BY size")]


def _told(deployment: Deployment, kind: str) -> list[dict[str, object]]:
    found = deployment.rows(f"SELECT body FROM audit_event WHERE type = '{kind}' ORDER BY id")
    return [canonical.parse(bytes(body))["data"] for (body,) in found]


def test_an_empty_log_has_nothing_to_stamp(anchoring: Anchoring, pretended: PretendedAuthority) -> None:
    assert not anchoring.run(NOON)
    assert pretended.notes == []


def test_opening_closing_and_sealing_are_stamped_and_what_lies_between_is_not(
    deployment: Deployment, anchoring: Anchoring, pretended: PretendedAuthority
) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    assert anchoring.run(NOON), "the first checkpoint of all"
    expected = [1]
    makers: tuple[Callable[[], Event], ...] = (
        signed,
        _opened,
        signed,
        _closed,
        lambda: _sealed(deployment),
        lambda: signed(ceremony=OTHER_CEREMONY),
    )
    for make, stamped in zip(makers, (0, 1, 0, 1, 1, 0), strict=True):
        event = make()
        deployment.record(event)
        assert not anchoring.run(NOON), "not before the checkpoint that covers it is signed"
        deployment.drain_and_sign()
        [(size,)] = deployment.rows("SELECT max(size) FROM audit_checkpoint")
        assert anchoring.run(NOON) is bool(stamped), event
        assert not anchoring.run(NOON), "once is enough"
        expected += [size] * stamped
    assert _sizes(deployment) == expected
    with deployment.database.reading() as session:
        newest = anchors.listed(session)
        assert [anchor.size for anchor in newest] == expected[::-1]
        assert anchors.count(session) == len(expected)
    assert [anchor.note for anchor in newest][::-1] == pretended.notes
    assert deployment.codes() == set()


def test_a_stamp_is_told_by_an_event_that_names_its_hash(deployment: Deployment, anchoring: Anchoring) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    anchoring.run(NOON)
    [told] = _told(deployment, LogAnchored.TYPE)
    with deployment.database.reading() as session:
        [(tsa, der)] = anchors.of(session, 1)
    [(root,)] = deployment.rows("SELECT root FROM audit_checkpoint")
    assert tsa == TSA
    assert told["x"] == {
        "origin": deployment.key.name,
        "size": 1,
        "root": bytes(root).hex(),
        "tsa": TSA,
        "tsr_sha256": sha256(der).hexdigest(),
        "stamped_at": "2026-09-30T05:00:00.000000Z",
    }
    assert deployment.drain_and_sign() == 1, "what follows this event is provably later than the stamp"


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit_tsr SET der = :der",
        "UPDATE audit_tsr SET tsa = 'lain'",
        "DELETE FROM audit_tsr",
        "INSERT INTO audit_tsr SELECT size, 'lain', :der FROM audit_checkpoint WHERE size = 1",
    ],
)
def test_a_stamp_that_was_exchanged_taken_away_or_slipped_in_is_found(
    deployment: Deployment, anchoring: Anchoring, harm: str
) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    anchoring.run(NOON)
    assert deployment.codes() == set(), "also while its event still waits for a number"
    deployment.drain_and_sign()
    assert deployment.codes() == set()
    deployment.tamper(harm, **({"der": b"another"} if ":der" in harm else {}))
    assert deployment.codes() == {"anchor-wrong"}


def test_a_quiet_log_is_stamped_once_a_day(deployment: Deployment, anchoring: Anchoring) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    for hour in range(73):
        anchoring.run(NOON + timedelta(hours=hour))
        deployment.drain_and_sign()
    assert _sizes(deployment) == [1, 2, 3, 4]


def test_the_bracket_of_a_ceremony_is_what_covers_its_events(deployment: Deployment, anchoring: Anchoring) -> None:
    def step(*events: object) -> None:
        deployment.record(*events)  # type: ignore[arg-type]  # because the kinds differ
        deployment.drain_and_sign()
        anchoring.run(NOON)
        deployment.drain_and_sign()

    step(signed(ceremony=OTHER_CEREMONY))
    with deployment.database.reading() as session:
        assert anchors.of_ceremony(session, CEREMONY) == anchors.CeremonyAnchors(None, None, None)
    step(_opened())
    step(signed(), _closed())
    step(_sealed(deployment))
    with deployment.database.reading() as session:
        found = anchors.of_ceremony(session, CEREMONY)
    assert found.opened
    assert found.closed
    assert found.sealed
    places = dict(
        deployment.rows("SELECT e.type, l.seq FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id ORDER BY l.seq")
    )
    for anchor, kind in ((found.opened, CeremonyOpened), (found.closed, CeremonyClosed), (found.sealed, MinutesSealed)):
        assert anchor.size == places[kind.TYPE] + 1
        assert anchor.note.splitlines()[1] == str(anchor.size)


def test_an_authority_that_is_away_is_told_once_and_asked_again(
    deployment: Deployment, anchoring: Anchoring, pretended: PretendedAuthority
) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()
    pretended.away = True
    for attempt in range(1, PATIENCE + 4):
        with pytest.raises(StampAway):
            anchoring.run(NOON)
        assert len(_told(deployment, AnchorFailed.TYPE)) == (attempt >= PATIENCE), attempt
    deployment.drain_and_sign()
    [failed] = _told(deployment, AnchorFailed.TYPE)
    assert (failed["outcome"], failed["reason"]) == ("failure", "unreachable")
    assert deployment.rows("SELECT count(*) FROM audit_tsr") == [(0,)]
    pretended.away = False
    assert anchoring.run(NOON)
    assert _sizes(deployment) == [2]


def test_of_two_workers_one_stamps(deployment: Deployment, anchoring: Anchoring, pretended: PretendedAuthority) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()

    def slower(note: bytes) -> Stamp:
        assert anchoring.run(NOON), "the faster one, while the slower one asks"
        return Stamp(pretended(note).der + b"!", NOON)

    other = Anchoring(deployment.database, deployment.log, deployment.key.name, TSA, slower)
    assert not other.run(NOON)
    assert len(_told(deployment, LogAnchored.TYPE)) == 1
    assert deployment.codes() == set()


def test_no_transaction_is_open_while_the_authority_is_asked(deployment: Deployment) -> None:
    deployment.record(signed())
    deployment.drain_and_sign()

    def asked(_note: bytes) -> Stamp:
        deployment.record(signed())  # on SQLite this waits for ever if the asker holds the write lock
        return Stamp(b"answer", NOON)

    assert Anchoring(deployment.database, deployment.log, deployment.key.name, TSA, asked).run(NOON)


def test_a_kept_answer_proves_the_note_and_nothing_else(deployment: Deployment, authority: Authority) -> None:
    deployment.record(_opened())
    deployment.drain_and_sign()
    real = Anchoring(
        deployment.database,
        deployment.log,
        deployment.key.name,
        name_of(authority.timestamps.url),
        stamper(authority.timestamps),
    )
    before = clock.now() - timedelta(seconds=2)
    assert real.run(clock.now())
    with deployment.database.reading() as session:
        [anchor] = anchors.listed(session)
    token = read_response(anchor.der, anchor.note.encode())
    assert before <= token.at <= clock.now()
    [told] = _told(deployment, LogAnchored.TYPE)
    assert told["x"]["stamped_at"] == clock.to_text(token.at)  # type: ignore[index]  # because JSON
    for der, note in (
        (anchor.der, anchor.note + "\n"),
        (anchor.der[:-40] + bytes(40), anchor.note),
        (b"", anchor.note),
    ):
        with pytest.raises(BadToken):
            read_response(der, note.encode())


def test_an_authority_that_does_not_answer_is_away(authority: Authority) -> None:
    wrong = stamper(type(authority.timestamps)("http://127.0.0.1:9/none", authority.fetcher, pause=0.0))
    with pytest.raises(StampAway) as away:
        wrong(b"note")
    assert away.value.reason == "unreachable"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://tsa.contoh.invalid/tsa?key=rahasia#x", "http://tsa.contoh.invalid/tsa"),
        ("https://akun:sandi@tsa.contoh.invalid:8443/", "https://tsa.contoh.invalid:8443/"),
    ],
)
def test_the_name_of_an_authority_holds_no_secret(url: str, name: str) -> None:
    assert name_of(url) == name
