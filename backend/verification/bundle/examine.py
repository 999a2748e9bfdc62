"""All that can be said of a bundle without opening its PDFs, in the order in which one part rests on the other.

Runs in a limited process: containers, XML, JSON and notes of strangers are read here and nowhere else.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from backend.audit import canonical
from backend.audit.events import LogAnchored
from backend.audit.policy import Policy
from backend.audit.proof import TlogProof
from backend.clock import to_text
from backend.verification import cms
from backend.verification.bundle import container, history, layout, manifest, proofs, stamps
from backend.verification.bundle.container import Container, Entry, NotAContainer
from backend.verification.bundle.findings import Code, Finding, Point, Result, Told
from backend.verification.bundle.history import Event, History, Values
from backend.verification.bundle.proofs import Proofs
from backend.verification.bundle.stamps import Stamp
from backend.verification.standing import Moment
from backend.verification.trust import AnchorClass, Anchors


@dataclass(frozen=True)
class Examination:
    """What was found; `documents` are the PDFs that the caller still has to check, each in a limited process.

    `named` are the SHA-256 of all files that the events name.
    """

    results: tuple[Result, ...]
    documents: tuple[Entry, ...] = ()
    ceremony: str = ""
    named: frozenset[str] = frozenset()
    gone: tuple[tuple[str, str, int], ...] = ()
    erased: tuple[str, ...] = ()
    classes: tuple[AnchorClass, ...] = field(default=())


def examine(path: Path, policy: Policy | None, anchors: Anchors, at: datetime) -> Examination:
    """Return what the bundle proves at the moment `at`, believing `policy` and `anchors` and nothing inside it."""
    try:
        found = container.read(path)
    except NotAContainer as refused:
        return Examination((Result(Point.CONTAINER, (Finding(refused.code, {"name": refused.name}),)),))
    except OSError:
        return Examination((Result(Point.CONTAINER, (Finding(Code.NOT_A_CONTAINER),)),))
    return _Examiner(found, policy, anchors, at).run()


class _Examiner:
    """One pass over one container."""

    def __init__(self, found: Container, policy: Policy | None, anchors: Anchors, at: datetime) -> None:
        self.entries = found.entries
        self.contents = found.contents
        self.policy = policy
        self.anchors = anchors
        self.at = at
        self.proofs: Proofs = proofs.read(self.contents)
        self.history: History = history.read(self.contents)

    def run(self) -> Examination:
        """Take all steps."""
        listed = self.step_1_container()
        whole, outer = self.step_2_stamp_over_the_manifest()
        log, cosigners = proofs.signatures(self.proofs, self.policy)
        seal = self.history.events[-1] if self.history.events else None
        inside = proofs.inclusion(self.proofs, seal.body if seal else None, seal.seq if seal else -1)
        complete = history.completeness(self.history)
        grown = proofs.append_only(self.proofs, self.contents, seal.seq if seal else -1)
        moment = Moment(outer.proven, proven=True) if outer.proven else Moment(self.at, proven=False)
        times, inner = self.step_3_times(moment)
        documents = {n: e for n, e in self.entries.items() if n.startswith(layout.DOCUMENTS)}
        recorded = history.recorded(self.history, {name: entry.sha256 for name, entry in documents.items()})
        others, later = self.step_4_contents()
        shown = history.values(self.history, self.contents.get(layout.DISCLOSURES, b""), later)
        results = (listed, whole, log, cosigners, inside, complete, grown, times, recorded, shown.result, others)
        return self._examination(results, documents, shown, (outer, *inner))

    def _examination(
        self, results: tuple[Result, ...], documents: Mapping[str, Entry], shown: Values, seen: tuple[Stamp, ...]
    ) -> Examination:
        return Examination(
            results=results,
            documents=tuple(entry for name, entry in documents.items() if name.endswith(".pdf")),
            ceremony=self.history.ceremony,
            named=frozenset(event.sha256 for event in self.history.events),
            gone=shown.gone,
            erased=shown.erased,
            classes=tuple(stamp.anchor_class for stamp in seen if stamp.anchor_class),
        )

    def step_1_container(self) -> Result:
        """EN 319 162-1 clause A.4: every file but the container's own is listed, with the digest that it has."""
        data = self.contents.get(layout.MANIFEST)
        if data is None:
            return Result(Point.CONTAINER, (Finding(Code.MANIFEST_MISSING),))
        try:
            listed = manifest.read(data, layout.TIMESTAMP)
        except manifest.BadManifest:
            return Result(Point.CONTAINER, (Finding(Code.MANIFEST_INVALID),))
        here = self.entries.keys() - layout.UNLISTED
        safe = {name: name if layout.SAFE.fullmatch(name) else ascii(name)[1:200] for name in listed}
        findings = [Finding(Code.MISSING, {"name": safe[name]}) for name in sorted(listed.keys() - here)]
        findings += [Finding(Code.UNLISTED, {"name": name}) for name in sorted(here - listed.keys())]
        findings += [
            Finding(Code.CHANGED, {"name": name})
            for name in sorted(here & listed.keys())
            if listed[name] != self.entries[name].sha256
        ]
        told = Told("%(count)s berkas sesuai dengan daftar isi.", {"count": len(here)})
        return Result(Point.CONTAINER, tuple(findings), (told,))

    def step_2_stamp_over_the_manifest(self) -> tuple[Result, Stamp]:
        """EN 319 162-1 clause 4.4.2: the time assertion over the manifest."""
        token, data = self.contents.get(layout.TIMESTAMP), self.contents.get(layout.MANIFEST, b"")
        if token is None:
            return Result(Point.STAMP, (Finding(Code.NOT_STAMPED, {"name": layout.MANIFEST}),)), Stamp(None)
        stamp = stamps.check(token, data, layout.MANIFEST, self.anchors, Moment(self.at, proven=False))
        return Result(Point.STAMP, stamp.findings, _when("Wadah ini sudah ada pada %(at)s (%(by)s).", stamp)), stamp

    def step_3_times(self, moment: Moment) -> tuple[Result, tuple[Stamp, ...]]:
        """Between which times it happened: stamps over the notes, and the log's own record of the first of them."""
        opened, sealed = self._stamp(layout.OPEN, moment), self._stamp(layout.SEAL, moment)
        findings = [*opened.findings, *sealed.findings]
        told = [*_when("Rekam jejak memuat segel sebelum %(at)s (%(by)s).", sealed)]
        if opened.at and sealed.at and opened.at > sealed.at:
            findings.append(Finding(Code.TIMES_REVERSED))
        anchor = self._anchor()
        if isinstance(anchor, Code):
            findings.append(Finding(anchor))
        elif opened.at:
            after = [
                event.line
                for event in map(self._receipt, self._numbers(layout.RECEIPTS))
                if event and event.seq > anchor
            ]
            if not after:
                findings.append(Finding(Code.NOT_BEFORE_UNPROVEN))
            else:
                facts: dict[str, str | int] = {"line": min(after), "at": to_text(opened.at)}
                told.append(Told("Peristiwa mulai baris %(line)s terjadi sesudah %(at)s.", facts))
        return Result(Point.TIMES, tuple(findings), tuple(told)), (opened, sealed)

    def _stamp(self, name: str, moment: Moment) -> Stamp:
        response = self.contents.get(name + layout.RESPONSE)
        if response is None:
            return Stamp(None, findings=(Finding(Code.NOT_STAMPED, {"name": name}),))
        try:
            token = stamps.token_of(response)
        except cms.Malformed:
            return Stamp(None, findings=(Finding(Code.STAMP_INVALID, {"name": name}),))
        return stamps.check(token, self.contents.get(name, b""), name, self.anchors, moment)

    def _anchor(self) -> int | Code:
        """Return the number of the leaf that records the stamp over the opening, or why it proves nothing."""
        leaf, proof = self.contents.get(layout.ANCHORED), self.contents.get(layout.ANCHORED_PROOF)
        response, cosigned = self.contents.get(layout.OPEN + layout.RESPONSE), self.proofs.cosigned
        if leaf is None or proof is None or response is None or cosigned is None:
            return Code.NOT_BEFORE_UNPROVEN
        try:
            event = canonical.parse(leaf)
        except canonical.NotCanonical:
            return Code.ANCHOR_INVALID
        told, read = event["data"].get("x"), proofs.read_proof(proof)
        right = (
            read is not None
            and read.note == cosigned.text
            and proofs.holds(read, leaf, cosigned.checkpoint)
            and event["type"] == LogAnchored.TYPE
            and isinstance(told, dict)
            and told.get("tsr_sha256") == hashlib.sha256(response).hexdigest()
        )
        return read.index if right and read else Code.ANCHOR_INVALID

    def step_4_contents(self) -> tuple[Result, tuple[Event, ...]]:
        """What must be there, what nobody knows, and whether receipts and recipes are what their names say."""
        findings = [Finding(Code.MISSING, {"name": n}) for n in layout.REQUIRED if n not in self.entries]
        findings += [
            Finding(Code.RECIPE_WRONG, {"name": name})
            for name, entry in self.entries.items()
            if name.startswith(layout.RECIPES) and name != f"{layout.RECIPES}{entry.sha256}.zip"
        ]
        given = self._numbers(layout.RECEIPTS)
        receipts = {number: self._receipt(number) for number in given}
        later = {number: self._later(number) for number in self._numbers(layout.LATER)}
        findings += [
            Finding(Code.RECEIPT_INVALID, {"name": f"{folder}{number}{layout.PROOF}"})
            for folder, proved in ((layout.RECEIPTS, receipts), (layout.LATER, later))
            for number, event in proved.items()
            if event is None
        ]
        strange = sum(not layout.is_known(name) for name in self.entries.keys() - layout.UNLISTED)
        told = [Told("%(count)s bukti peristiwa tersendiri cocok.", {"count": len(given)})] if given else []
        told += [Told("%(count)s berkas tidak dikenal versi ini.", {"count": strange})] if strange else []
        result = Result(Point.CONTENTS, tuple(findings), tuple(told))
        return result, tuple(event for event in later.values() if event)

    def _numbers(self, folder: str) -> list[str]:
        """Return the numbers for which something lies in a folder."""
        return sorted({name.removeprefix(folder).partition(".")[0] for name in self.entries if name.startswith(folder)})

    def _proof(self, folder: str, number: str) -> TlogProof | None:
        proof = proofs.read_proof(self.contents.get(f"{folder}{number}{layout.PROOF}", b""))
        right = proof is not None and str(proof.index) == number and proofs.believed(proof, self.policy)
        return proof if right else None

    def _receipt(self, number: str) -> Event | None:
        """Return the event of a receipt, if that proves its place under a log of the policy."""
        proof = self._proof(layout.RECEIPTS, number)
        event = next((event for event in self.history.events if proof and event.seq == proof.index), None)
        return event if proof and event and proofs.leads(proof, event.body) else None

    def _later(self, number: str) -> Event | None:
        """Return an event after the seal, if it is proved to stand there and belongs to the ceremony."""
        proof, leaf = self._proof(layout.LATER, number), self.contents.get(f"{layout.LATER}{number}.json", b"")
        try:
            event = Event(0, int(number), leaf, canonical.parse(leaf))
        except (canonical.NotCanonical, ValueError):
            return None
        mine = event.data.get("ceremony") == self.history.ceremony
        return event if proof and mine and proofs.leads(proof, leaf) else None


def _when(sentence: str, stamp: Stamp) -> tuple[Told, ...]:
    return (Told(sentence, {"at": to_text(stamp.at), "by": stamp.authority}),) if stamp.at else ()
