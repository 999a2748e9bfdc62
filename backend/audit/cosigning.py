"""What cosigners have said of this log, as the database keeps it: who stands where, which note shows most of them.

Every line was verified before it was kept, and is verified again here: nothing that is stored is believed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from backend.audit import canonical, tree
from backend.audit.checkpoint import PublicKey
from backend.audit.cosignature import CosignerKey
from backend.audit.events import CosignFailed, LogCosigned, MinutesSealed
from backend.audit.note import InvalidNote, read_signature_lines, split_note
from backend.audit.policy import InvalidPolicy, Policy
from backend.audit.tables import AuditCheckpoint, AuditCosignature, AuditEvent, AuditLeaf, AuditQueue
from backend.errors import Refusal

OWN: Final = (LogCosigned.TYPE, CosignFailed.TYPE)
"""What the log tells of cosigning itself. It asks for no new cosignature, or there would be no end."""
_CANDIDATES = 20


class PolicyForeign(Refusal):
    """The policy file speaks of another log than this deployment's."""

    code = "log-policy-foreign"
    status = 503
    message = "Berkas kebijakan %(file)s tidak memuat kunci rekam jejak instalasi ini."
    remedy = "Tuliskan baris `log` dengan kunci dari berkas log.vkey, lalu jalankan ulang layanan."


@dataclass(frozen=True)
class CosignerStanding:
    """How one cosigner stands to a leaf: `covers` tells whether it cosigned a checkpoint that holds it.

    `size` and `at` are of its newest cosignature (0 and None: it never gave one); `trouble` is the reason why it gives
    none now (a stable word), None while all is well.
    """

    name: str
    key: CosignerKey
    url: str | None
    size: int
    at: datetime | None
    covers: bool
    trouble: str | None


@dataclass(frozen=True)
class Standing:
    """`given` of `total` cosigners cover leaf `seq` (-1: an empty log); `met` if those `needed` are among them."""

    seq: int
    cosigners: tuple[CosignerStanding, ...]
    given: int
    needed: int
    total: int
    met: bool


def load_policy(path: Path, key: PublicKey) -> Policy:
    """Return the policy of a file, without a file the one that asks for no cosigner.

    Raises InvalidPolicy, or PolicyForeign unless `key` is among its logs.
    """
    try:
        policy = Policy.from_text(path.read_text("utf-8"))
    except FileNotFoundError:
        return Policy.of(key, (), 0)
    except UnicodeDecodeError as error:
        raise InvalidPolicy(line=0, why="not-utf-8") from error
    if key not in (log.key for log in policy.logs):
        raise PolicyForeign(file=path)
    return policy


def standing(session: Session, policy: Policy, seq: int | None = None) -> Standing:
    """Return how many cosigners cover leaf `seq`; None asks about the last leaf that wants to be cosigned.

    Whoever cosigned a larger tree has proved that it extends the smaller one, so sizes need not be equal.
    """
    last = _last_leaf(session) if seq is None else seq
    found = tuple(_standing(session, policy, name, last) for name in (one.name for one in policy.cosigners))
    names = {one.name for one in found if one.covers}
    given = len(names & policy.counting)
    return Standing(last, found, given, policy.needed, policy.total, policy.met_by(names))


def ceremony_standing(session: Session, policy: Policy, ceremony: UUID) -> Standing | None:
    """Return how many cosigners cover a ceremony up to its sealed minutes, while they are not sealed all of it.

    None if no event of it has a number.
    """
    numbered = select(func.max(AuditLeaf.seq)).join(AuditEvent, col(AuditEvent.id) == col(AuditLeaf.event_id))
    mine = numbered.where(col(AuditEvent.ceremony_id) == str(ceremony))
    sealed: int | None = session.exec(mine.where(col(AuditEvent.type) == MinutesSealed.TYPE)).one()
    last: int | None = session.exec(mine).one() if sealed is None else sealed
    return None if last is None else standing(session, policy, last)


def note_for(session: Session, policy: Policy, seq: int) -> str | None:
    """Return the checkpoint to prove leaf `seq` under, with its cosignatures: the first that meets the quorum,
    else the one that most have cosigned, else the newest; None while no checkpoint holds the leaf.
    """  # noqa: D205 because the order of preference is one sentence
    asked = select(AuditCosignature.size).where(col(AuditCosignature.size) > seq).distinct()
    best: tuple[int, str] | None = None
    for size in session.exec(asked.order_by(col(AuditCosignature.size)).limit(_CANDIDATES)):
        note = cosigned_note(session, size)
        examined = policy.examine(note)
        if examined.met and policy.needed:
            return note
        if examined.given and (best is None or examined.given > best[0]):
            best = (examined.given, note)
    newest = tree.newest_checkpoint(session)
    if best is None and newest > seq:
        return cosigned_note(session, newest)
    return best[1] if best else None


def cosigned_note(session: Session, size: int) -> str:
    """Return the signed checkpoint of `size` leaves followed by what cosigners signed under it, '' if there is none."""
    note = session.exec(select(AuditCheckpoint.note).where(col(AuditCheckpoint.size) == size)).first()
    lines = select(AuditCosignature.line).where(col(AuditCosignature.size) == size).order_by(col(AuditCosignature.name))
    return note + "".join(session.exec(lines)) if note is not None else ""


def newest_size(session: Session, key: CosignerKey) -> int:
    """Return the largest size that this cosigner signed, 0 if it never did."""
    mine = select(func.max(AuditCosignature.size)).where(col(AuditCosignature.name) == key.name)
    return int(session.exec(mine).one() or 0)


def trouble(session: Session, key: CosignerKey) -> str | None:
    """Return why this cosigner gives no signature, as the log tells it last; None if it gives them.

    What was told before its newest cosignature is over, so only what follows it is read.
    """
    latest = next(
        (data for data in _told(session, newest_size(session, key)) if data["x"].get("cosigner") == key.name), None
    )
    return latest.get("reason") if latest else None


def unproven(session: Session, policy: Policy) -> list[tuple[int, str]]:
    """Return (size, name) of stored lines of the policy's cosigners that do not verify: somebody changed them."""
    keys = {one.key.name: one.key for one in policy.cosigners}
    found = select(AuditCosignature.size, AuditCosignature.name, AuditCosignature.line, AuditCheckpoint.note).join(
        AuditCheckpoint, col(AuditCheckpoint.size) == col(AuditCosignature.size)
    )
    return [
        (size, name)
        for size, name, line, note in session.exec(found.order_by(col(AuditCosignature.size)))
        if name in keys and _time_of(keys[name], note, line) is None
    ]


def wants_cosigning(session: Session, since: int, size: int) -> set[str]:
    """Return the kinds of events among the leaves [since, size) that ask for a cosignature."""
    kinds = (
        select(AuditEvent.type)
        .join(AuditLeaf, col(AuditLeaf.event_id) == col(AuditEvent.id))
        .where(col(AuditLeaf.seq) >= since, col(AuditLeaf.seq) < size)
        .distinct()
    )
    return set(session.exec(kinds)) - set(OWN)


def _standing(session: Session, policy: Policy, name: str, seq: int) -> CosignerStanding:
    cosigner = next(one for one in policy.cosigners if one.name == name)
    size = newest_size(session, cosigner.key)
    at = _signed_at(session, cosigner.key, size) if size else None
    covers = at is not None and size > seq >= 0
    return CosignerStanding(
        name, cosigner.key, cosigner.url, size if at else 0, at, covers, trouble(session, cosigner.key)
    )


def _signed_at(session: Session, key: CosignerKey, size: int) -> datetime | None:
    row = session.exec(
        select(AuditCheckpoint.note, AuditCosignature.line)
        .join(AuditCosignature, col(AuditCosignature.size) == col(AuditCheckpoint.size))
        .where(col(AuditCosignature.size) == size, col(AuditCosignature.name) == key.name)
    ).one()
    return _time_of(key, *row)


def _time_of(key: CosignerKey, note: str, line: str) -> datetime | None:
    try:
        return max(key.verify(split_note(note)[0], signature) for _, signature in read_signature_lines(line))
    except InvalidNote:
        return None


def _last_leaf(session: Session) -> int:
    """Return the highest number under a signed checkpoint whose event is not itself about cosigning."""
    last = (
        select(AuditLeaf.seq)
        .join(AuditEvent, col(AuditEvent.id) == col(AuditLeaf.event_id))
        .where(col(AuditLeaf.seq) < tree.newest_checkpoint(session), col(AuditEvent.type).not_in(OWN))
        .order_by(col(AuditLeaf.seq).desc())
        .limit(1)
    )
    found = session.exec(last).first()
    return -1 if found is None else found


def _told(session: Session, since: int) -> Iterator[dict[str, Any]]:
    """Yield the data of events about cosigning from leaf `since` on, the latest first."""
    own = sa.select(col(AuditEvent.body)).where(col(AuditEvent.type).in_(OWN))
    waiting = own.join(AuditQueue, col(AuditQueue.event_id) == col(AuditEvent.id)).order_by(
        col(AuditQueue.position).desc()
    )
    numbered = (
        own.join(AuditLeaf, col(AuditLeaf.event_id) == col(AuditEvent.id))
        .where(col(AuditLeaf.seq) >= since)
        .order_by(col(AuditLeaf.seq).desc())
    )
    for statement in (waiting, numbered):
        for (body,) in session.connection().execute(statement):
            yield canonical.parse(bytes(body))["data"]
