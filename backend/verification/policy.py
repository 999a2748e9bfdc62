"""What may happen to a file after a signature: what each later revision did, held against what the signature allows.

The rule in one sentence: nothing that the signer saw may change; what was added in sight is told and never passes
unless the certifier allowed it; what cannot be seen (proofs, timestamps, metadata, the signature fields that he saw)
passes. docs/decisions/0011 gives the reasons; `changes.py` finds what a revision did.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from backend.verification.changes import Changes
from backend.verification.document import Document
from backend.verification.objects import References
from backend.verification.signature import Placed
from backend.verification.step import Step

NOTHING, FORMS, COMMENTS = 1, 2, 3  # levels of DocMDP: what a certification allows later (ISO 32000-2 table 257)


class Weight(IntEnum):
    """What a step means to a signature before it."""

    PERMITTED = 0
    VISIBLE = 1
    NOT_PERMITTED = 2


SAID = {Weight.PERMITTED: "permitted", Weight.VISIBLE: "visible", Weight.NOT_PERMITTED: "not permitted"}


@dataclass(frozen=True)
class After:
    """What became of a file after one signature. `said`: `changes_after` in the words of the report."""

    weight: Weight
    said: str
    added: set[str]
    harmless: bool


def review(document: Document, since: int) -> list[Step]:
    """Return the steps after revision `since`, in order."""
    if since + 1 >= document.revisions:
        return []
    references = References(document, since)
    steps = []
    for revision in range(since + 1, document.revisions):
        changes = Changes(document, revision, references)
        steps.append(changes.told())
        references.follow(revision)
    return steps


def certification(signatures: Iterable[Placed]) -> Placed | None:
    """Return the signature that certifies the file: the first, if it is one (ISO 32000-2 clause 12.8.2.2.1)."""
    first = min(signatures, key=lambda one: one.revision, default=None)
    return first if first and first.mdp is not None else None


def judge(placed: Placed, later: list[Step], certified: Placed | None = None) -> After:
    """Return what the steps after a signature mean to it; `certified` is the certification of the whole file."""
    levels = {one.mdp for one in (placed, certified) if one and one.mdp is not None}
    level = min(levels, default=None)
    weights = [_weigh(placed, level, step) for step in later]
    weight = max(weights, default=Weight.PERMITTED)
    broken = [step for step, one in zip(later, weights, strict=True) if one is Weight.NOT_PERMITTED]
    harmless = all(step.faults and step.harmless and not _forbidden(placed, level, step) for step in broken)
    added = {kind for step in later for kind in step.added}
    return After(weight, SAID[weight] if later else "none", added, harmless)


def _weigh(placed: Placed, level: int | None, step: Step) -> Weight:
    if step.faults or _forbidden(placed, level, step):
        return Weight.NOT_PERMITTED
    unasked = step.completed and level is None
    seen = step.shown or step.covering or step.replaced or step.annotated or unasked
    return Weight.VISIBLE if seen else Weight.PERMITTED


def _forbidden(placed: Placed, level: int | None, step: Step) -> bool:
    """Tell whether a signature, or the certification before it, forbids what a step did in permitted ways.

    Level 1 closes everything but timestamps and proofs; only a certifier lets what a field showed be replaced, and
    only at level 3 comments be added; under a certification no new field comes into sight (sneaky signature attack).
    """
    if any(placed.closes(name) for name in (*step.filled, *step.completed, *step.replaced)):
        return True
    if level == NOTHING and step.added & {"signature", "form", "annotation"}:
        return True
    return bool(
        (step.shown and level is not None)
        or (step.replaced and level is None)
        or (step.annotated and level != COMMENTS)
    )
