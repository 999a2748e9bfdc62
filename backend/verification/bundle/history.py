"""The events of a bundle: are they leaves of a log, of one ceremony, and all that its sealed minutes count? Pure.

What they say of documents and of personal values is compared here with what lies beside them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from backend.audit import canonical, disclosures, merkle
from backend.audit.events import DocumentCompleted, MinutesSealed, PersonErased, kinds
from backend.verification.bundle import layout
from backend.verification.bundle.findings import Code, Finding, Point, Result, Told

MOST_EVENTS = 200_000
KNOWN = frozenset(kind.TYPE for kind in kinds())


@dataclass(frozen=True)
class Event:
    """One line: its number in the log (-1 where the index tells none), its bytes, and what they say."""

    line: int
    seq: int
    body: bytes
    envelope: Mapping[str, Any]

    @property
    def type(self) -> str:
        """Return the kind of event."""
        return str(self.envelope["type"])

    @property
    def data(self) -> Mapping[str, Any]:
        """Return what is said about the act."""
        data: Mapping[str, Any] = self.envelope["data"]
        return data

    @property
    def document(self) -> str:
        """Return the id of the document it is about, or an empty text."""
        return str(self.envelope.get("subject", "")).partition("document/")[2]

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the file it is about, or an empty text."""
        about = self.data.get("object")
        return str(about.get("sha256", "")) if isinstance(about, dict) else ""

    @property
    def extra(self) -> Mapping[str, Any]:
        """Return what only this kind of event says."""
        extra = self.data.get("x")
        return extra if isinstance(extra, dict) else {}

    @property
    def digests(self) -> frozenset[str]:
        """Return the digests of its personal values."""
        listed = self.data.get("_sd")
        return frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()


@dataclass(frozen=True)
class History:
    """All events of the bundle in their order, and what is wrong with their lines."""

    events: tuple[Event, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def seal(self) -> Event | None:
        """Return the event that seals the minutes, if it is the last one."""
        last = self.events[-1] if self.events else None
        return last if last and last.type == MinutesSealed.TYPE else None

    @property
    def ceremony(self) -> str:
        """Return the id of the ceremony, or an empty text."""
        return str(self.events[-1].data.get("ceremony", "")) if self.events else ""

    @cached_property
    def newest(self) -> dict[str, str]:
        """Return the SHA-256 of the newest signed revision of each document."""
        return {event.document: event.sha256 for event in self.events if event.type in layout.REVISIONS}

    def completed(self) -> frozenset[str]:
        """Return the documents that all parties have signed."""
        return frozenset(event.document for event in self.events if event.type == DocumentCompleted.TYPE)


def read(contents: Mapping[str, bytes]) -> History:
    """Return the events of EVENTS with the numbers of INDEX."""
    lines = contents.get(layout.EVENTS, b"").split(b"\n")
    if lines.pop() != b"" or len(lines) > MOST_EVENTS:
        return History((), (Finding(Code.EVENT_INVALID, {"line": len(lines) + 1}),))
    numbers = list(_numbers(contents.get(layout.INDEX, b"")))
    rising = all(one < other for one, other in pairwise([-1, *numbers]))
    findings = [] if rising and len(numbers) == len(lines) else [Finding(Code.INDEX_WRONG)]
    events: list[Event] = []
    for line, body in enumerate(lines, start=1):
        try:
            seq = numbers[line - 1] if line <= len(numbers) else -1
            events.append(Event(line, seq, body, canonical.parse(body)))
        except canonical.NotCanonical:
            findings.append(Finding(Code.EVENT_INVALID, {"line": line}))
    return History(tuple(events), tuple(findings))


def _numbers(index: bytes) -> Iterator[int]:
    for line in index.split(b"\n")[:-1]:
        yield int(line) if line.isdigit() and len(line) < 16 else -1


def completeness(history: History) -> Result:
    """Judge whether these are exactly the events that the sealed minutes count (notes/audit-log.md 5)."""
    findings = list(history.findings)
    seal, ceremony = history.seal, history.ceremony
    findings += [
        Finding(Code.EVENT_FOREIGN, {"line": event.line})
        for event in history.events
        if event.data.get("ceremony") != ceremony
    ]
    if seal is None:
        return Result(Point.COMPLETENESS, (*findings, Finding(Code.SEAL_MISSING)))
    count, root = seal.extra.get("count"), seal.extra.get("root")
    earlier = [merkle.leaf_hash(event.body) for event in history.events[:-1]]
    if count != len(earlier) or merkle.root_of(earlier).hex() != root:
        findings.append(Finding(Code.INCOMPLETE, {"count": str(count)}))
    told = [
        Told("Semua %(count)s peristiwa yang dihitung berita acara ada, utuh, dan berurutan.", {"count": len(earlier)})
    ]
    if unknown := sum(event.type not in KNOWN for event in history.events):
        told.append(Told("%(count)s peristiwa berjenis yang belum dikenal versi ini.", {"count": unknown}))
    return Result(Point.COMPLETENESS, tuple(findings), tuple(told))


def recorded(history: History, files: Mapping[str, str]) -> Result:
    """Compare the PDFs (name -> SHA-256) with the events: each is named as the newest one, none is missing."""
    if not history.events:
        return Result(Point.RECORDED, (Finding(Code.NOT_CHECKED),))
    named = {event.sha256 for event in history.events}
    newest, completed = history.newest, history.completed()
    findings = []
    for name, sha256 in files.items():
        right = {history.seal.sha256} if name == layout.MINUTES and history.seal else set(newest.values())
        if sha256 not in right:
            known = sha256 in named and name != layout.MINUTES
            findings.append(Finding(Code.DOCUMENT_OUTDATED if known else Code.DOCUMENT_UNRECORDED, {"name": name}))
    present = set(files.values())
    findings += [
        Finding(Code.DOCUMENT_MISSING, {"sha256": newest.get(document, "-")})
        for document in sorted(completed)
        if newest.get(document) not in present
    ]
    told = [
        Told(
            "%(count)s dokumen dan berita acara dicatat peristiwa, dan tidak ada yang kurang.",
            {"count": len(completed)},
        )
    ]
    if others := len(files.keys() - {layout.MINUTES}) - len(completed):
        told.append(Told("%(count)s dokumen di antaranya belum ditandatangani semua pihak.", {"count": others}))
    return Result(Point.RECORDED, tuple(findings), tuple(told))


@dataclass(frozen=True)
class Values:
    """The personal values of the events: what is shown, and for which events how many digests stand alone."""

    result: Result
    gone: tuple[tuple[str, str, int], ...] = ()
    erased: tuple[str, ...] = field(default=())


def values(history: History, shown: bytes, later: tuple[Event, ...]) -> Values:
    """Compare the disclosures with the digests; `later` are proved events after the seal, erasures among them.

    `gone` holds (event id, kind, number of digests without a value), `erased` the pseudonyms whose data was erased.
    """
    left = {str(event.envelope["id"]): set(event.digests) for event in history.events}
    total = sum(map(len, left.values()))
    findings = []
    lines = shown.split(b"\n")
    if lines.pop() != b"":
        findings.append(Finding(Code.DISCLOSURE_STRAY, {"line": len(lines) + 1}))
    for line, text in enumerate(lines, start=1):
        event, digest = _disclosed(text)
        if digest not in left.get(event, ()):
            findings.append(Finding(Code.DISCLOSURE_STRAY, {"line": line}))
        else:
            left[event].remove(digest)
    kinds_of = {str(event.envelope["id"]): event.type for event in history.events}
    gone = tuple((event, kinds_of[event], len(digests)) for event, digests in left.items() if digests)
    erased = tuple(str(event.extra.get("person", "")) for event in later if event.type == PersonErased.TYPE)
    missing = sum(number for _, _, number in gone)
    facts = {"shown": total - missing, "total": total, "missing": missing, "persons": len(erased)}
    told = [Told("%(shown)s dari %(total)s nilai pribadi diperlihatkan dan cocok dengan sidiknya.", facts)]
    if missing:
        told.append(Told("%(missing)s nilai tidak diperlihatkan atau sudah dihapus; buktinya tetap berlaku.", facts))
    if erased:
        told.append(Told("Data pribadi %(persons)s orang dihapus menurut rekam jejak.", facts))
    return Values(Result(Point.DISCLOSURES, tuple(findings), tuple(told)), gone, erased)


def _disclosed(text: bytes) -> tuple[str, str]:
    try:
        line = json.loads(text)
        return str(line["event"]), disclosures.read(str(line["disclosure"])).digest
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", ""
