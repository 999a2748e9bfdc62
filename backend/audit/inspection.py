"""The whole log, checked from its bodies up: nothing that is stored beside them is believed. Reads only.

Every fault is named; a log without faults was not changed since its checkpoints were signed, as far as a database
can show. That it is also the only log of this deployment is shown by what others kept of it.
"""

from collections import defaultdict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from backend.audit import bulk, canonical, events, merkle, outside, tree
from backend.audit.checkpoint import Checkpoint, InvalidNote, PublicKey, open_checkpoint
from backend.audit.faults import Fault, LogReport
from backend.audit.protection import LogUnprotected, assert_protected
from backend.audit.tables import (
    AuditCheckpoint,
    AuditDisclosure,
    AuditEvent,
    AuditHead,
    AuditLeaf,
    AuditNode,
    AuditQueue,
    AuditTsr,
    copies,
)
from backend.database import Database

AFTER_SEAL = frozenset(
    kind.TYPE
    for kind in (
        events.InvitationRequested,
        events.MailAccepted,
        events.MailFailed,
        events.LinkOpened,
        events.LinkDisowned,
        events.CodeRequested,
        events.IdentityChecked,
        events.IdentityFailed,
        events.SignatureFailed,
        events.DocumentArchived,
        events.BundleExported,
        events.LogHandedOut,
        events.PersonErased,
    )
)
"""What may still happen in a ceremony once its minutes count its events: nothing that the minutes tell."""


def verify_log(database: Database, vkey: str, path: Path | None) -> LogReport:
    """Check every row of the log against its bodies, the key `vkey` (C2SP line) and the checkpoint file `path`.

    Raises InvalidNote if `vkey` is no key; everything else that is wrong stands in the report.
    """
    key = PublicKey.from_text(vkey)
    if path is None:
        with database.reading() as session:
            tree.freeze(session)
            return _Inspection(session, key).run()
    with database.reading() as session:
        inspection = _Inspection(session, key)
        with outside.looking(path):  # until all reads see one state; signers need not wait for the rest
            tree.freeze(session)
            inspection.look_outside(path)
        return inspection.run()


class _Inspection:
    """One pass over the database; what is wrong gathers in `faults`."""

    def __init__(self, session: Session, key: PublicKey) -> None:
        self.session = session
        self.key = key
        self.faults: list[Fault] = []
        self.events = self.checkpoints = self.erased = 0
        self.outside: Checkpoint | None = None
        self.sequence: dict[str, int] = {}
        self.queue: set[str] = set()
        self.leaves: dict[int, bytes] = {}
        self.digests: dict[str, set[str]] = {}
        self.source: dict[int, str] = {}
        self.ceremonies: dict[str, list[tuple[int, bytes, str, str]]] = defaultdict(list)
        self.anchored: dict[tuple[Any, ...], str] = {}
        self.seals: dict[str, dict[int, dict[str, Any]]] = {}
        self.frontier = merkle.Frontier()
        self.roots: dict[int, bytes] = {}

    def blame(self, code: str, **facts: object) -> None:
        self.faults.append(Fault(code, facts))

    def look_outside(self, path: Path) -> None:
        """Read the file before the database, which then knows at least as much."""
        try:
            self.outside = outside.read(path, self.key)
            unreadable = False
        except outside.OutsideUnreadable:
            self.blame("outside-invalid")
            unreadable = True
        if tree.newest_checkpoint(self.session) and self.outside is None and not unreadable:
            self.blame("outside-missing")

    def run(self) -> LogReport:
        """Check everything, in the order in which one part rests on the other."""
        try:
            assert_protected(self.session.connection())
        except LogUnprotected as refusal:
            self.blame(refusal.code, **refusal.facts)
        self.attempt("audit_leaf, audit_queue", self.read_places)
        self.attempt("audit_event", self.read_events)
        self.attempt("audit_node, audit_head", self.compare_tree)
        self.attempt("audit_checkpoint", self.compare_checkpoints)
        self.compare_outside()
        self.attempt("audit_tsr", self.compare_anchors)
        self.attempt("audit_disclosure", self.compare_disclosures)
        for ceremony, seals in self.seals.items():
            self.compare_seal(ceremony, min(seals), seals[min(seals)])
        return LogReport(
            events=self.events,
            size=self.frontier.size,
            queued=len(self.queue),
            root=self.frontier.root().hex(),
            checkpoints=self.checkpoints,
            outside=self.outside.size if self.outside else None,
            erased=self.erased,
            faults=tuple(self.faults),
        )

    def attempt(self, part: str, check: Callable[[], None]) -> None:
        """Run one check; what was changed so that it cannot even be read is a fault like any other."""
        try:
            check()
        except (sa.exc.SQLAlchemyError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            self.blame("unreadable", part=part)

    def read_places(self) -> None:
        """Read which events are numbered and which wait; numbers run from 0 without a gap."""
        self.queue = set(self.session.exec(select(AuditQueue.event_id)))
        expected = 0
        for seq, event_id in self.session.exec(select(AuditLeaf.seq, AuditLeaf.event_id).order_by(col(AuditLeaf.seq))):
            if seq != expected:
                self.blame("sequence-gap", seq=expected)
            if event_id in self.sequence:
                self.blame("event-twice", event=event_id)
            self.sequence[event_id] = seq
            expected = seq + 1

    def read_events(self) -> None:
        """Check every event against its own body and for its one place."""
        seen: set[str] = set()
        columns = [sa.inspect(AuditEvent).columns[name] for name in bulk.EVENT]
        # Cast, because an UPDATE typed into sqlite3 turns bytes into text, which would not even be read
        raw = [sa.cast(c, sa.LargeBinary).label(c.name) if isinstance(c.type, sa.LargeBinary) else c for c in columns]
        for row in self.session.connection().execute(sa.select(*raw).execution_options(yield_per=2000)):
            event_id, body, leaf_hash, *copied = row
            seen.add(event_id)
            self.events += 1
            self.check_event(event_id, body, leaf_hash, copied)
        for event_id in sorted(self.sequence.keys() - seen):
            self.blame("event-missing", event=event_id, seq=self.sequence[event_id])
        for event_id in sorted(self.queue - seen):
            self.blame("queue-missing", event=event_id)
        for seq, source in sorted(self.source.items()):
            if source != self.source.get(0, source):
                self.blame("event-foreign", event=next(e for e, s in self.sequence.items() if s == seq))

    def check_event(self, event_id: str, body: bytes, stored: bytes, copied: list[str | None]) -> None:
        seq = self.sequence.get(event_id)
        if seq is None and event_id not in self.queue:
            self.blame("event-nowhere", event=event_id)
        if seq is not None and event_id in self.queue:
            self.blame("event-twice", event=event_id)
        leaf = merkle.leaf_hash(body)
        if leaf != stored:
            self.blame("event-hash", event=event_id)
        if seq is not None:
            self.leaves[seq] = leaf
        try:
            envelope = canonical.parse(body)
        except canonical.NotCanonical:
            self.blame("event-altered", event=event_id)
            return
        self.check_columns(event_id, envelope, copied)
        self.remember(event_id, envelope)
        if seq is not None:
            self.source[seq] = envelope["source"]
            if ceremony := envelope["data"].get("ceremony"):
                self.ceremonies[ceremony].append((seq, leaf, event_id, envelope["type"]))
                if envelope["type"] == events.MinutesSealed.TYPE:
                    self.seals.setdefault(ceremony, {})[seq] = envelope["data"].get("x", {})

    def remember(self, event_id: str, envelope: dict[str, Any]) -> None:
        if digests := envelope["data"].get("_sd"):
            self.digests[event_id] = set(digests)
        if envelope["type"] == events.LogAnchored.TYPE:
            told = envelope["data"].get("x", {})
            self.anchored[told.get("origin"), told.get("size"), told.get("tsa")] = told.get("tsr_sha256")

    def check_columns(self, event_id: str, envelope: dict[str, Any], copied: list[str | None]) -> None:
        told = copies(envelope)
        if envelope["id"] == event_id and copied == list(told.values()):
            return
        found = {"id": event_id, **dict(zip(told, copied, strict=True))}
        wrong = [name for name, value in {"id": envelope["id"], **told}.items() if found[name] != value]
        self.blame("event-columns", event=event_id, columns=", ".join(wrong))

    def compare_tree(self) -> None:
        """Grow the tree anew and compare every stored node and the head with it."""
        levels = merkle.levels([leaf for _, leaf in sorted(self.leaves.items())])
        size = len(levels[0])
        self.frontier = merkle.Frontier(size, (levels[level][index] for level, index in merkle.subtrees(0, size)))
        signed = {*self.session.exec(select(AuditCheckpoint.size)), self.outside.size if self.outside else 0}
        self.roots = {at: merkle.root_at(lambda level, index: levels[level][index], at) for at in signed if at <= size}
        self.compare_nodes(levels)
        heads = self.session.exec(select(AuditHead.id, AuditHead.size, AuditHead.frontier)).all()
        right = [(1, self.frontier.size, self.frontier.to_bytes())] if self.frontier.size else []
        if [(number, size, bytes(edge)) for number, size, edge in heads] != right:
            self.blame("head-wrong", stored=heads[0][1] if heads else 0, size=self.frontier.size)

    def compare_nodes(self, levels: list[list[bytes]]) -> None:
        stored = sa.select(col(AuditNode.level), col(AuditNode.idx), col(AuditNode.hash))
        rows = self.session.connection().execute(stored.execution_options(yield_per=10_000))
        found = {(level, index): bytes(digest) for level, index, digest in rows}
        right = sum(map(len, levels))
        if len(found) == right and all(
            found.get((level, index)) == digest for level, row in enumerate(levels) for index, digest in enumerate(row)
        ):
            return
        nodes = {(level, index): digest for level, row in enumerate(levels) for index, digest in enumerate(row)}
        wrong = [place for place in nodes.keys() | found.keys() if nodes.get(place) != found.get(place)]
        self.blame("node-wrong", count=len(wrong), first="{}/{}".format(*min(wrong, key=str)))

    def compare_checkpoints(self) -> None:
        """Check every signed note against the tree as it was at its size."""
        before = 0
        for row in self.session.exec(select(AuditCheckpoint).order_by(col(AuditCheckpoint.size))):
            self.checkpoints += 1
            if row.previous != before:
                self.blame("checkpoint-gap", size=row.size)
            before = row.size
            try:
                signed = open_checkpoint(row.note, self.key)
            except InvalidNote:
                self.blame("checkpoint-invalid", size=row.size)
                continue
            columns = (row.size, bytes(row.root))
            if columns != (signed.size, signed.root) or self.roots.get(signed.size) != signed.root:
                self.blame("checkpoint-wrong", size=row.size)
        if self.outside is not None and before < self.outside.size:
            self.blame("checkpoint-lost", size=self.outside.size)

    def compare_anchors(self) -> None:
        """Check that the timestamps kept are those that the log tells of, by hash; others judge what they prove."""
        kept = {
            (self.key.name, size, tsa): sha256(der).hexdigest()
            for size, tsa, der in self.session.exec(select(AuditTsr.size, AuditTsr.tsa, AuditTsr.der))
        }
        told = {place: digest for place, digest in self.anchored.items() if place[0] == self.key.name}
        for _, size, tsa in sorted(place for place in kept.keys() | told.keys() if kept.get(place) != told.get(place)):
            self.blame("anchor-wrong", size=size, tsa=tsa)

    def compare_outside(self) -> None:
        if self.outside is None:
            return
        if self.outside.size > self.frontier.size:
            self.blame("outside-ahead", signed=self.outside.size, size=self.frontier.size)
        elif self.roots.get(self.outside.size) != self.outside.root:
            self.blame("outside-wrong", signed=self.outside.size)

    def compare_disclosures(self) -> None:
        """Check that every personal value was recorded with its event; count those that are gone (erased)."""
        stored = 0
        for event_id, digest in self.session.exec(select(AuditDisclosure.event_id, AuditDisclosure.digest)):
            stored += 1
            if digest not in self.digests.get(event_id, ()):
                self.blame("disclosure-stray", event=event_id)
        self.erased = max(0, sum(map(len, self.digests.values())) - stored)

    def compare_seal(self, ceremony: str, sealed: int, said: dict[str, Any]) -> None:
        """Check the count and root that sealed minutes commit to; only AFTER_SEAL may follow what they count."""
        logged = sorted(self.ceremonies[ceremony])
        count = said.get("count")
        earlier = [leaf for seq, leaf, _, _ in logged if seq < sealed]
        if not isinstance(count, int) or not 0 <= count <= len(earlier):
            self.blame("seal-wrong", ceremony=ceremony, count=count)
            return
        if merkle.root_of(earlier[:count]).hex() != said.get("root"):
            self.blame("seal-wrong", ceremony=ceremony, count=count)
        for seq, _, event_id, kind in logged[count:]:
            if seq != sealed and kind not in AFTER_SEAL:
                self.blame("seal-incomplete", ceremony=ceremony, event=event_id)
