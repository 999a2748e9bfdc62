"""What an evidence bundle takes from the log about one sealed ceremony: leaves, proofs, stamped checkpoints.

Reads only. Nothing personal is in here: leaves hold digests. Who may receive it is decided above.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from backend.audit import anchors, merkle, reader, tree
from backend.audit.anchors import Anchor
from backend.audit.events import CeremonyOpened, LogAnchored, MinutesSealed
from backend.audit.merkle import Nodes
from backend.audit.proof import TlogProof
from backend.audit.reader import NotYetSigned
from backend.audit.tables import AuditCheckpoint, AuditCosignature, AuditEvent, AuditLeaf
from backend.errors import Refusal

LATER: Final = ("prasasti.privacy.", "prasasti.document.")
"""Kinds of events after the seal that belong to the evidence: what was erased, what was archived again."""


class NoSeal(Refusal):
    """The log has no sealed minutes of this ceremony."""

    code = "log-without-seal"
    status = 409
    message = "Rekam jejak belum memuat penyegelan berita acara seremoni ini."
    remedy = "Tunggulah sampai berita acara disegel, lalu ulangi."


@dataclass(frozen=True)
class Leaf:
    """One event of the ceremony: its number in the log, its id and kind, its exact bytes."""

    seq: int
    id: UUID
    type: str
    body: bytes


@dataclass(frozen=True)
class Stamped:
    """A signed checkpoint (the log's own note), and the DER TimeStampResp over its bytes if there is one."""

    size: int
    note: str
    tsr: bytes | None


@dataclass(frozen=True)
class Step:
    """That the log of `new` leaves extends the log of `old`."""

    old: int
    new: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True)
class Excerpt:
    """The ceremony in the log. `leaves` end with the sealed minutes, which `proof` proves; `later` come after them.

    `steps`: from `opened` to `sealed`, and between `sealed` and the checkpoint of `proof`, the smaller one first.

    `anchored` is the log's record of the timestamp over `opened`, with its proof: what follows it came after that time.
    `after` is the ceremony's first event that does, with the proof of its place.
    """

    leaves: tuple[Leaf, ...]
    later: tuple[Leaf, ...]
    proof: TlogProof
    opened: Stamped
    sealed: Stamped
    steps: tuple[Step, Step]
    anchored: tuple[Leaf, TlogProof] | None
    after: tuple[Leaf, TlogProof] | None


def of_ceremony(session: Session, ceremony_id: UUID) -> Excerpt:
    """Return the excerpt of a ceremony; raises NoSeal, NotYetSigned, TreeDamaged.

    `session` is fresh: all reads see one state.
    """
    tree.freeze(session)
    leaves = _leaves(session, ceremony_id)
    end = next((n for n, leaf in enumerate(leaves) if leaf.type == MinutesSealed.TYPE), None)
    if end is None:
        raise NoSeal
    seal = leaves[end]
    opening = next((leaf for leaf in leaves[:end] if leaf.type == CeremonyOpened.TYPE), leaves[0])
    size, note = _best_cosigned(session, seal.seq)
    found = anchors.of_ceremony(session, ceremony_id)
    opened = _stamped(session, found.opened, opening.seq)
    sealed = _stamped(session, found.sealed, seal.seq)
    nodes = tree.nodes(session)
    anchored = _anchored(session, found.opened, (size, note))
    after = next((leaf for leaf in leaves if anchored and leaf.seq > anchored[0].seq), None)
    return Excerpt(
        leaves=tuple(leaves[: end + 1]),
        later=tuple(leaf for leaf in leaves[end + 1 :] if leaf.type.startswith(LATER)),
        proof=TlogProof(seal.seq, tuple(merkle.inclusion(nodes, seal.seq, size)), note),
        opened=opened,
        sealed=sealed,
        steps=(_step(nodes, opened.size, sealed.size), _step(nodes, sealed.size, size)),
        anchored=anchored,
        after=(after, TlogProof(after.seq, tuple(merkle.inclusion(nodes, after.seq, size)), note)) if after else None,
    )


def _step(nodes: Nodes, one: int, other: int) -> Step:
    old, new = sorted((one, other))
    return Step(old, new, tuple(merkle.consistency(nodes, old, new)))


def receipts(session: Session, leaves: list[Leaf]) -> list[tuple[Leaf, TlogProof]]:
    """Return the leaves that a signed checkpoint covers, each with its own proof under the newest one."""
    proved = []
    for leaf in leaves:
        try:
            proof = reader.inclusion_proof(session, leaf.id)
        except NotYetSigned:
            continue
        proved.append((leaf, TlogProof(proof.index, proof.path, proof.note)))
    return proved


def _leaves(session: Session, ceremony_id: UUID) -> list[Leaf]:
    found = (
        select(AuditLeaf.seq, AuditEvent.id, AuditEvent.type, AuditEvent.body)
        .join(AuditEvent, col(AuditEvent.id) == col(AuditLeaf.event_id))
        .where(col(AuditEvent.ceremony_id) == str(ceremony_id))
        .order_by(col(AuditLeaf.seq))
    )
    return [Leaf(seq, UUID(event_id), kind, bytes(body)) for seq, event_id, kind, body in session.exec(found)]


def _best_cosigned(session: Session, seq: int) -> tuple[int, str]:
    """Return size and note of the checkpoint over `seq` that most cosigners signed, the earliest of several."""
    count = func.count(col(AuditCosignature.name))
    found = (
        select(AuditCheckpoint.size, AuditCheckpoint.note)
        .outerjoin(AuditCosignature, col(AuditCosignature.size) == col(AuditCheckpoint.size))
        .where(col(AuditCheckpoint.size) > seq)
        .group_by(col(AuditCheckpoint.size), col(AuditCheckpoint.note))
        .order_by(count.desc(), col(AuditCheckpoint.size))
    )
    best = session.exec(found.limit(1)).first()
    if best is None:
        raise NotYetSigned
    size, note = best
    lines = select(AuditCosignature.line).where(col(AuditCosignature.size) == size)
    signed = session.exec(lines.order_by(col(AuditCosignature.name)))
    return size, note + "".join(line.rstrip("\n") + "\n" for line in signed)


def _stamped(session: Session, anchor: Anchor | None, seq: int) -> Stamped:
    """Return the stamped checkpoint over `seq`, or the first one that was signed at all."""
    if anchor is not None:
        return Stamped(anchor.size, anchor.note, anchor.der)
    found = select(AuditCheckpoint.size, AuditCheckpoint.note).where(col(AuditCheckpoint.size) > seq)
    first = session.exec(found.order_by(col(AuditCheckpoint.size)).limit(1)).first()
    if first is None:
        raise NotYetSigned
    return Stamped(*first, None)


def _anchored(session: Session, opened: Anchor | None, cosigned: tuple[int, str]) -> tuple[Leaf, TlogProof] | None:
    """Return the log's own record of the stamp over `opened`, proved under the same checkpoint as the seal."""
    if opened is None:
        return None
    size, note = cosigned
    found = (
        select(AuditLeaf.seq, AuditEvent.id, AuditEvent.type, AuditEvent.body)
        .join(AuditEvent, col(AuditEvent.id) == col(AuditLeaf.event_id))
        .where(col(AuditEvent.type) == LogAnchored.TYPE)
        .where(col(AuditLeaf.seq) >= opened.size, col(AuditLeaf.seq) < size)
        .order_by(col(AuditLeaf.seq))
    )
    stamp = sha256(opened.der).hexdigest().encode()
    for seq, event_id, kind, body in session.exec(found):
        if stamp in bytes(body):
            path = tuple(merkle.inclusion(tree.nodes(session), seq, size))
            return Leaf(seq, UUID(event_id), kind, bytes(body)), TlogProof(seq, path, note)
    return None
