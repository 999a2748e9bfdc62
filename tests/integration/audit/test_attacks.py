"""The attack table of the log's design: whoever owns the database and the log's key rewrites the past, well signed.

No check of the rewritten rows alone can find it. Every rewrite is refused by a cosigner that saw the old log, and
contradicted by a receipt that somebody took home; honest growth is neither (notes/audit-log.md section 4).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import rfc8785
import sqlalchemy as sa
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from backend.audit import canonical, merkle, reader, tree
from backend.audit.checkpoint import Checkpoint
from backend.audit.note import split_note
from backend.audit.policy import Policy
from backend.audit.proof import InvalidProof, TlogProof
from backend.audit.tables import copies
from tests.integration.audit.deployment import DEPLOYMENT, Deployment, signed
from tests.integration.audit.institutions import Institutions

COUNT, EDITED = 40, 17
ATTACKED = tuple(f"audit_{name}" for name in ("cosignature", "checkpoint", "head", "node", "leaf", "queue", "event"))
Rewrite = Callable[[list[bytes]], list[bytes]]


@dataclass(frozen=True)
class Past:
    """What others keep of the honest log: a cosigner its memory, a signer his receipt and the leaf that it proves."""

    institutions: Institutions
    receipt: TlogProof
    leaf: bytes
    bodies: list[bytes]

    @property
    def policy(self) -> Policy:
        return self.institutions.policy

    def contradicts(self, deployment: Deployment) -> bool:
        """Tell whether the receipt and the log as it stands cannot both be true, though one key signed both."""
        old = self.receipt.verify(merkle.leaf_hash(self.leaf), self.policy).checkpoint
        with deployment.database.reading() as session:
            new = tree.head(session)
            if new.size < old.size:
                return True
            path = merkle.consistency(tree.nodes(session), old.size, new.size)
        return not merkle.verify_consistency(old.size, new.size, path, old.root, new.root())


@pytest.fixture
def past(deployment: Deployment, tmp_path: Path) -> Past:
    institutions = Institutions(tmp_path / "lembaga", deployment)
    institutions.add("bpk")
    ids = deployment.record(*(signed(f"{i:064x}") for i in range(COUNT)))
    deployment.drain_and_sign()
    assert institutions.run(institutions.publisher(), signed().at) == 1
    with deployment.database.reading() as session:
        proof = reader.inclusion_proof(session, ids[EDITED])
        bodies = [line.rstrip(b"\n") for line in reader.export_jsonl(session)]
    return Past(institutions, TlogProof.from_text(proof.to_text()), proof.body, bodies)


def forged(body: bytes, **changes: str) -> bytes:
    """Return a leaf that says something else, in the canonical form."""
    envelope = canonical.parse(body)
    return rfc8785.dumps({**envelope, **changes})


def invented(like: bytes, time: str | None = None) -> bytes:
    """Return a new leaf, backdated if a time is given."""
    return forged(like, id=str(uuid7()), **({"time": time} if time else {}))


def later(bodies: list[bytes], count: int = 15) -> list[bytes]:
    """Return the log after it went on."""
    return [*bodies, *(invented(bodies[-1]) for _ in range(count))]


def edited(bodies: list[bytes]) -> list[bytes]:
    changed = forged(bodies[EDITED], time="2020-01-01T00:00:00.000000Z")
    return later([*bodies[:EDITED], changed, *bodies[EDITED + 1 :]])


def edited_only(bodies: list[bytes]) -> list[bytes]:
    return edited(bodies)[: len(bodies)]


def cut_and_continued(bodies: list[bytes]) -> list[bytes]:
    return later(bodies[:-10], 25)


def cut(bodies: list[bytes]) -> list[bytes]:
    return bodies[:-10]


def dropped_and_renumbered(bodies: list[bytes]) -> list[bytes]:
    return later([*bodies[:EDITED], *bodies[EDITED + 1 :]])


def backdated(bodies: list[bytes]) -> list[bytes]:
    when = canonical.parse(bodies[EDITED])["time"]
    return later([*bodies[:EDITED], invented(bodies[EDITED], when), *bodies[EDITED:]])


def swapped(bodies: list[bytes]) -> list[bytes]:
    return later([*bodies[:EDITED], bodies[EDITED + 1], bodies[EDITED], *bodies[EDITED + 2 :]])


def restored_and_continued(bodies: list[bytes]) -> list[bytes]:
    return later(bodies[:25], 40)


REWRITES: list[Rewrite] = [
    edited,
    edited_only,
    cut_and_continued,
    cut,
    dropped_and_renumbered,
    backdated,
    swapped,
    restored_and_continued,
]


def rewrite(deployment: Deployment, bodies: list[bytes]) -> None:
    """Put another past in the place of the log, hashes and all, and forget what was signed before."""
    tables = SQLModel.metadata.tables
    frontier = merkle.Frontier()
    nodes = [node for body in bodies for node in frontier.push(merkle.leaf_hash(body))]
    parsed = [(canonical.parse(body), body) for body in bodies]
    with deployment.tampering() as connection:
        for name in ATTACKED:
            connection.execute(sa.delete(tables[name]))
        events = [{"id": e["id"], "body": body, "leaf_hash": merkle.leaf_hash(body), **copies(e)} for e, body in parsed]
        connection.execute(sa.insert(tables["audit_event"]), events)
        leaves = [{"seq": seq, "event_id": e["id"]} for seq, (e, _) in enumerate(parsed)]
        connection.execute(sa.insert(tables["audit_leaf"]), leaves)
        connection.execute(
            sa.insert(tables["audit_node"]), [dict(zip(("level", "idx", "hash"), n, strict=True)) for n in nodes]
        )
        head = {"id": 1, "size": frontier.size, "frontier": frontier.to_bytes()}
        connection.execute(sa.insert(tables["audit_head"]), head)
    deployment.path.unlink(missing_ok=True)
    deployment.sign()


@pytest.mark.parametrize("attack", REWRITES, ids=lambda attack: attack.__name__)
def test_a_rewrite_passes_its_own_check_and_is_refused_and_contradicted(
    deployment: Deployment, past: Past, attack: Rewrite
) -> None:
    rewrite(deployment, attack(past.bodies))
    assert deployment.verify().sound, "whoever rewrites all of it leaves rows that fit each other"
    publisher = past.institutions.publisher()
    assert past.institutions.run(publisher, signed().at) == 0
    special = {"cut": "cosigner-knows-more", "edited_only": "fork-claimed"}
    assert past.institutions.trouble("bpk") == special.get(attack.__name__, "proof-refused")
    (latest,) = past.institutions.services["bpk"].latest()
    assert latest.size == COUNT
    assert past.contradicts(deployment)


def test_honest_growth_is_cosigned_and_agrees_with_every_receipt(deployment: Deployment, past: Past) -> None:
    deployment.record(*(signed() for _ in range(15)))
    deployment.drain_and_sign()
    assert past.institutions.run(past.institutions.publisher(), signed().at) == 1
    assert past.institutions.standing().met
    assert not past.contradicts(deployment)


def test_a_fork_of_the_same_size_leaves_its_proof_with_the_cosigner(deployment: Deployment, past: Past) -> None:
    rewrite(deployment, edited_only(past.bodies))
    past.institutions.run(past.institutions.publisher(), signed().at)
    (latest,) = past.institutions.services["bpk"].latest()
    (other,) = latest.contradictions
    ours, theirs = (Checkpoint.from_text(split_note(note)[0]) for note in (latest.note, other))
    assert deployment.key.public.open(other)
    assert deployment.key.public.open(latest.note)
    assert (ours.size, ours.root != theirs.root) == (theirs.size, True)


def test_two_logs_for_two_readers_get_no_second_quorum(deployment: Deployment, past: Past) -> None:
    """Split view: the operator shows another log to somebody else, and a second cosigner that never saw the first."""
    fresh = past.institutions.add("anri")
    rewrite(deployment, edited(past.bodies))
    past.institutions.needed = 2
    assert past.institutions.run(past.institutions.publisher(), signed().at) == 1  # whoever knows no past cannot tell
    assert fresh.latest()[0].size == COUNT + 15
    standing = past.institutions.standing()
    assert (standing.given, standing.met) == (1, False)


def test_a_receipt_proves_nothing_for_another_log(deployment: Deployment, past: Past) -> None:
    other = Deployment(
        deployment.database, deployment.log, type(deployment.key).generate("lain.invalid"), deployment.path
    )
    foreign = Policy.of(other.key.public, [], 0)
    with pytest.raises(InvalidProof) as refused:
        past.receipt.verify(merkle.leaf_hash(past.leaf), foreign)
    assert refused.value.facts == {"why": "note"}
    assert canonical.parse(past.leaf)["source"] == f"urn:uuid:{DEPLOYMENT}"
