"""Events of strangers: hostile names are carried and not believed, lies about counts and owners are told."""

from typing import Any
from uuid import UUID

import pytest
import rfc8785

from backend.audit import merkle
from backend.audit.disclosures import disclose
from backend.verification.bundle import history, layout
from backend.verification.bundle.history import History

CEREMONY, OTHER = str(UUID(int=1)), str(UUID(int=2))
HOSTILE = (
    "prasasti.\u202e.v1",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "a\nb",
    "\x1b[2J",
    "%s%(x)d",
    "x" * 9999,
)


def leaf(number: int, kind: str = "prasasti.link.opened.v1", **data: Any) -> bytes:
    """Return the bytes of an event."""
    subject = data.pop("subject", f"ceremony/{CEREMONY}")
    envelope = {
        "specversion": "1.0",
        "id": str(UUID(int=1000 + number)),
        "source": f"urn:uuid:{OTHER}",
        "type": kind,
        "subject": subject,
        "time": "2026-09-30T03:03:12.123456Z",
        "data": {"ceremony": CEREMONY, **data},
    }
    return rfc8785.dumps(envelope)


def sealed(*earlier: bytes, **changed: Any) -> History:
    """Return the history of these events and their seal, which counts them unless told otherwise."""
    root = merkle.root_of(map(merkle.leaf_hash, earlier)).hex()
    x = {"count": len(earlier), "root": root, **changed}
    seal = leaf(999, "prasasti.minutes.sealed.v1", x=x, object={"kind": "pdf", "sha256": "ab" * 32})
    bodies = (*earlier, seal)
    index = b"".join(b"%d\n" % (10 * number) for number in range(len(bodies)))
    return history.read({layout.EVENTS: b"".join(body + b"\n" for body in bodies), layout.INDEX: index})


def codes(found: History) -> set[str]:
    """Return what is wrong with the completeness of a history."""
    return {str(finding.code) for finding in history.completeness(found).findings}


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_event_with_a_hostile_name_is_proved_and_told_as_unknown(kind: str) -> None:
    result = history.completeness(sealed(leaf(1), leaf(2, kind), leaf(3)))
    assert result.findings == ()
    assert [told.facts["count"] for told in result.told] == [3, 1]


def test_a_seal_of_other_events_is_told() -> None:
    good = (leaf(1), leaf(2))
    assert codes(sealed(*good)) == set()
    for lie in ({"count": 1}, {"count": 3}, {"count": "2"}, {"root": "00" * 32}, {"root": None}, {"count": None}):
        assert codes(sealed(*good, **lie)) == {"events-incomplete"}, lie


def test_an_event_of_another_ceremony_or_without_one_is_told() -> None:
    assert codes(sealed(leaf(1), leaf(2, ceremony=OTHER))) == {"event-foreign"}
    assert codes(sealed(leaf(1), leaf(2, ceremony=None))) == {"event-foreign"}


def test_lines_that_are_no_leaves_are_told_by_number() -> None:
    seal = sealed().events[-1].body
    for wrong in (b"", b"{}", b"[" * 50_000, b'{"a":1,"a":2}', leaf(1).replace(b'":', b'": ', 1), b"\xff"):
        found = history.read({layout.EVENTS: wrong + b"\n" + seal + b"\n", layout.INDEX: b"1\n2\n"})
        assert [finding.facts for finding in found.findings] == [{"line": 1}], wrong[:40]
    assert codes(history.read({})) == {"seal-missing"}
    assert history.read({layout.EVENTS: leaf(1)}).findings != (), "a line without an end was cut off"


def test_events_whose_members_have_strange_types_surprise_nobody() -> None:
    strange = leaf(1, object=[1], x="?", _sd={"a": 1}, subject="document/x")
    found = sealed(strange, leaf(2, object={"sha256": 5}, x=[], _sd=[1, None]))
    assert codes(found) == set()
    history.recorded(found, {layout.MINUTES: "ab" * 32})
    assert history.values(found, b"[]\n{}\nnull\n\xff\n" + b"[" * 9999 + b"\n", ()).result.findings != ()


def test_a_value_is_shown_once_behind_its_own_event() -> None:
    one = disclose("name", "Karangwangi Rekaan\u202e<b>")
    found = sealed(leaf(1, _sd=[one.digest, disclose("email", "x").digest], _sd_alg="sha-256"), leaf(2))
    line = rfc8785.dumps({"event": str(UUID(int=1001)), "disclosure": one.text}) + b"\n"
    shown = history.values(found, line, ())
    assert (shown.result.findings, shown.gone) == ((), ((str(UUID(int=1001)), "prasasti.link.opened.v1", 1),))
    elsewhere = rfc8785.dumps({"event": str(UUID(int=1002)), "disclosure": one.text}) + b"\n"
    for wrong in (line + line, elsewhere, line.rstrip(b"\n")):
        assert history.values(found, wrong, ()).result.findings != ()


def test_of_a_document_the_newest_revision_counts_and_each_completed_one_must_be_there() -> None:
    about = f"ceremony/{CEREMONY}/document/{OTHER}"

    def event(number: int, kind: str, sha256: str) -> bytes:
        return leaf(number, f"prasasti.{kind}.v1", subject=about, object={"kind": "pdf", "sha256": sha256 * 32})

    signed, completed = event(1, "signature.signed", "01"), event(2, "document.completed", "01")
    found = sealed(signed, completed, event(3, "document.archived", "02"))
    minutes = {layout.MINUTES: "ab" * 32}
    assert history.recorded(found, minutes | {"documents/a.pdf": "02" * 32}).findings == ()

    def told(files: dict[str, str]) -> set[str]:
        return {str(finding.code) for finding in history.recorded(found, files).findings}

    assert told(minutes) == {"document-missing"}
    assert told(minutes | {"documents/a.pdf": "01" * 32}) == {"document-missing", "document-outdated"}
    assert told(minutes | {"documents/a.pdf": "02" * 32, "documents/b.pdf": "03" * 32}) == {"document-unrecorded"}
    assert told({layout.MINUTES: "02" * 32, "documents/a.pdf": "02" * 32}) == {"document-unrecorded"}
