"""An evidence bundle as it lies in a folder after unpacking, made from a real log: what foreign readers are given."""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path

from backend import clock
from backend.audit import canonical, cosigning, merkle, reader, tree
from backend.audit.events import SYSTEM, MinutesSealed, Subject
from backend.audit.policy import Policy
from backend.audit.proof import TlogProof
from tests.integration.audit.deployment import CEREMONY, OTHER_CEREMONY, Deployment, signed
from tests.integration.audit.institutions import Institutions


@dataclass
class Unpacked:
    """A folder with the files of tests/outside/log/README.md, and the auditor's own policy beside it."""

    folder: Path
    policy: Path
    sizes: tuple[int, int] = (0, 0)
    numbers: list[int] = field(default_factory=list)


def unpack(deployment: Deployment, institutions: Institutions, folder: Path) -> Unpacked:
    """Let a ceremony happen among other things, seal and cosign it, and lay its evidence out in `folder`."""
    deployment.record(signed(ceremony=OTHER_CEREMONY), signed())
    deployment.drain_and_sign()
    first = deployment.sign()
    deployment.record(*(signed(f"{i:064x}", OTHER_CEREMONY if i % 3 else CEREMONY) for i in range(29)))
    deployment.drain_and_sign()
    with deployment.database.reading() as session:
        count, root = reader.ceremony_commitment(session, CEREMONY)
    seal = MinutesSealed(
        at=clock.now(),
        actor=SYSTEM,
        ceremony=CEREMONY,
        subject=Subject("pdf", "ab" * 32),
        count=count,
        root=root,
    )
    deployment.record(seal)
    deployment.drain_and_sign()
    last = deployment.sign()
    assert first is not None
    assert last is not None
    institutions.run(institutions.publisher(), institutions.at)
    made = Unpacked(folder, folder.parent / "policy-of-the-auditor", (first.size, last.size))
    folder.mkdir()
    made.policy.write_text(institutions.policy.to_text(), "utf-8")
    _write(deployment, institutions.policy, made)
    return made


def _write(deployment: Deployment, policy: Policy, made: Unpacked) -> None:
    folder, (old, new) = made.folder, made.sizes
    with deployment.database.reading() as session:
        log = [line.rstrip(b"\n") for line in reader.export_jsonl(session)]
        mine = [i for i, body in enumerate(log) if canonical.parse(body)["data"].get("ceremony") == str(CEREMONY)]
        nodes = tree.nodes(session)
        note = cosigning.note_for(session, policy, mine[-1]) or ""
        proofs = {i: TlogProof(i, tuple(merkle.inclusion(nodes, i, new)), note).to_text() for i in mine}
        plain = [cosigning.cosigned_note(session, size) for size in (old, new)]
        hashes = [base64.b64encode(one).decode() for one in merkle.consistency(nodes, old, new)]
    (folder / "events.jsonl").write_bytes(b"".join(log[i] + b"\n" for i in mine))
    (folder / "events.idx").write_text("".join(f"{i}\n" for i in mine), "ascii")
    (folder / "log.jsonl").write_bytes(b"".join(body + b"\n" for body in log))
    (folder / "seal.tlog-proof").write_text(proofs[mine[-1]], "utf-8")
    (folder / "receipts").mkdir()
    for i in mine[:3]:
        (folder / "receipts" / f"{i}.tlog-proof").write_text(proofs[i], "utf-8")
    for name, text in zip(("open", "seal"), plain, strict=True):
        (folder / f"{name}.checkpoint").write_text(text, "utf-8")
    (folder / "consistency.json").write_text(json.dumps({"old": old, "new": new, "hashes": hashes}), "utf-8")
    (folder / "policy").write_text(policy.to_text(), "utf-8")
    made.numbers = mine
