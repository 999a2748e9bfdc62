"""What the log's notes and proofs in a bundle are worth under the auditor's own policy. Pure; times come from stamps.

A note's tree is compared with events whether or not a policy is given; who signed it is a point of its own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from backend.audit import merkle
from backend.audit.checkpoint import Checkpoint
from backend.audit.note import InvalidNote, split_note, unb64
from backend.audit.policy import Examined, Policy
from backend.audit.proof import InvalidProof, TlogProof
from backend.verification.bundle import layout
from backend.verification.bundle.findings import Code, Finding, Point, Result, Told


@dataclass(frozen=True)
class Note:
    """A checkpoint as it lies in the bundle: what it says, believed or not."""

    name: str
    text: str
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Proofs:
    """The notes of the bundle as far as they can be read."""

    opened: Note | None
    sealed: Note | None
    proof: TlogProof | None
    cosigned: Note | None

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return all of them."""
        return tuple(note for note in (self.opened, self.sealed, self.cosigned) if note)


def read(contents: Mapping[str, bytes]) -> Proofs:
    """Return the notes and the seal's proof; what cannot be read is None."""
    proof = read_proof(contents.get(layout.SEAL_PROOF, b""))
    return Proofs(
        _note(layout.OPEN, contents.get(layout.OPEN, b"")),
        _note(layout.SEAL, contents.get(layout.SEAL, b"")),
        proof,
        _note(layout.SEAL_PROOF, proof.note.encode()) if proof else None,
    )


def read_proof(data: bytes) -> TlogProof | None:
    """Return a C2SP tlog-proof, None for anything else."""
    try:
        return TlogProof.from_text(data.decode())
    except (InvalidProof, UnicodeDecodeError):
        return None


def _note(name: str, data: bytes) -> Note | None:
    try:
        text = data.decode()
        return Note(name, text, Checkpoint.from_text(split_note(text)[0]))
    except (InvalidNote, UnicodeDecodeError):
        return None


def signatures(found: Proofs, policy: Policy | None) -> tuple[Result, Result]:
    """Judge who signed the notes: the log's key, and the cosigners' quorum under the seal's proof."""
    if policy is None:
        unknown = Finding(Code.POLICY_NOT_GIVEN)
        return Result(Point.LOG, (unknown,)), Result(Point.COSIGNERS, (unknown,))
    findings: list[Finding] = [] if len(found.notes) == 3 else [Finding(Code.NOT_CHECKED)]
    forged: list[Finding] = []
    examined: Examined | None = None
    for note in found.notes:
        try:
            examined = policy.examine(note.text)
        except InvalidNote:
            examined = None
            wrong = _why_refused(note, policy)
            (forged if wrong.code is Code.COSIGNATURE_INVALID else findings).append(wrong)
    size = max((note.checkpoint.size for note in found.notes), default=0)
    facts: dict[str, str | int] = {"origin": policy.log_key.name, "size": size}
    told = Told("Titik periksa ditandatangani kunci rekam jejak %(origin)s, sampai butir %(size)s.", facts)
    return Result(Point.LOG, tuple(findings), (told,)), _quorum(forged, examined if found.cosigned else None)


def _why_refused(note: Note, policy: Policy) -> Finding:
    """Return whether a refused note is another log's, is not signed by its log, or carries a false cosignature."""
    origin = note.checkpoint.origin
    mine = [log.key for log in policy.logs if log.key.name == origin]
    if not mine:
        return Finding(Code.ANOTHER_LOG, {"name": note.name, "origin": ascii(origin)[1:-1][:200]})
    for key in mine:
        try:
            key.open(note.text)
        except InvalidNote:
            continue
        return Finding(Code.COSIGNATURE_INVALID, {"name": note.name})
    return Finding(Code.LOG_UNSIGNED, {"name": note.name})


def _quorum(forged: list[Finding], examined: Examined | None) -> Result:
    if examined is None:
        return Result(Point.COSIGNERS, tuple(forged) or (Finding(Code.NOT_CHECKED),))
    facts = {"signed": len(examined.cosigned), "needed": examined.needed, "total": examined.total}
    findings = [] if examined.met else [Finding(Code.QUORUM_NOT_MET, facts)]
    told = [Told("%(signed)s dari %(total)s penjaga log menandatangani; kebijakan meminta %(needed)s.", facts)]
    told += [
        Told("%(name)s: %(at)s", {"name": one.name, "at": one.at.strftime("%Y-%m-%dT%H:%M:%SZ")})
        for one in examined.cosigned
    ]
    return Result(Point.COSIGNERS, (*forged, *findings), tuple(told))


def inclusion(found: Proofs, leaf: bytes | None, seq: int) -> Result:
    """Judge whether the leaf's bytes stand at `seq` under the checkpoint of the seal's proof."""
    if leaf is None or found.proof is None or found.cosigned is None:
        return Result(Point.INCLUSION, (Finding(Code.PROOF_INVALID),))
    if found.proof.index != seq or not holds(found.proof, leaf, found.cosigned.checkpoint):
        return Result(Point.INCLUSION, (Finding(Code.PROOF_INVALID),))
    facts = {"number": seq + 1, "size": found.cosigned.checkpoint.size}
    return Result(
        Point.INCLUSION, told=(Told("Penyegelan berita acara adalah butir %(number)s dari %(size)s.", facts),)
    )


def holds(proof: TlogProof, leaf: bytes, checkpoint: Checkpoint) -> bool:
    """Tell whether a proof leads from the leaf's bytes to the checkpoint's root."""
    return merkle.verify_inclusion(proof.index, checkpoint.size, merkle.leaf_hash(leaf), proof.hashes, checkpoint.root)


def leads(proof: TlogProof, leaf: bytes) -> bool:
    """Tell whether a proof leads from the leaf's bytes to the root that its own note states."""
    note = _note("", proof.note.encode())
    return note is not None and holds(proof, leaf, note.checkpoint)


def believed(proof: TlogProof, policy: Policy | None) -> bool:
    """Tell whether the note of a proof is signed by a log of the policy; without one nothing is asked."""
    if policy is None:
        return True
    try:
        policy.examine(proof.note)
    except InvalidNote:
        return False
    return True


def append_only(found: Proofs, contents: Mapping[str, bytes], seal: int) -> Result:
    """Judge whether the log only grew, from the opening to the seal and to the checkpoint of the seal's proof."""
    if found.opened is None or found.sealed is None or found.cosigned is None:
        return Result(Point.APPEND_ONLY, (Finding(Code.NOT_CHECKED),))
    opened, sealed, cosigned = (note.checkpoint for note in (found.opened, found.sealed, found.cosigned))
    findings = []
    if not _extends(contents.get(layout.CONSISTENCY), opened, sealed) or sealed.size <= seal:
        findings.append(Finding(Code.NOT_EXTENDED, {"name": layout.CONSISTENCY}))
    old, new = sorted((sealed, cosigned), key=lambda one: one.size)
    same = old.size == new.size and old.root == new.root
    if not same and not _extends(contents.get(layout.LINK), old, new):
        findings.append(Finding(Code.NOT_EXTENDED, {"name": layout.LINK}))
    told = Told("Rekam jejak %(new)s butir melanjutkan yang %(old)s butir.", {"old": opened.size, "new": new.size})
    return Result(Point.APPEND_ONLY, tuple(findings), (told,))


def _extends(data: bytes | None, old: Checkpoint, new: Checkpoint) -> bool:
    try:
        told = json.loads(data or b"")
        sizes, hashes = (told["old"], told["new"]), [unb64(text) for text in told["hashes"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return sizes == (old.size, new.size) and merkle.verify_consistency(*sizes, hashes, old.root, new.root)
