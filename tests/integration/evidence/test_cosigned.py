"""Cosigners under the seal's proof: k of n by the auditor's own policy, in our verifier and in the script."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.audit.cosignature import CosigningKey
from backend.audit.note import split_note
from backend.audit.policy import Cosigner, Policy
from backend.audit.proof import TlogProof
from backend.verification.bundle import layout
from backend.verification.bundle.findings import Point
from tests.integration.evidence.kit import Kit, told, wrong
from tests.integration.evidence.test_script import run

AT = datetime(2026, 9, 30, 3, 4, 5, tzinfo=UTC)
KEYS = [CosigningKey.generate(f"penjaga.{name}.invalid/prasasti") for name in ("bpk", "anri", "palsu")]
MEMBERS = [Cosigner(key.name.split(".")[1], key.public) for key in KEYS]


def signed(kit: Kit, *keys: CosigningKey, forged: bool = False) -> bytes:
    """Return the evidence with these cosigners' lines under the seal's proof and the anchor's."""
    files = kit.files()
    for name in (layout.SEAL_PROOF, layout.ANCHORED_PROOF):
        proof = TlogProof.from_text(files[name].decode())
        text = split_note(proof.note)[0]
        lines = "".join(key.cosign(text + "?\n" if forged else text, AT) for key in keys)
        files[name] = TlogProof(proof.index, proof.hashes, proof.note + lines).to_text().encode()
    return kit.forged(files)


def asking(kit: Kit, needed: int) -> Policy:
    """Return a policy that asks for some of the cosigners."""
    return Policy.of(kit.policy.log_key, MEMBERS, needed)


@pytest.mark.parametrize(("count", "needed", "met"), [(2, 2, True), (1, 2, False), (0, 1, False), (3, 1, True)])
def test_k_of_n_are_counted_and_too_few_decide_nothing(kit: Kit, *, count: int, needed: int, met: bool) -> None:
    found = kit.examine(signed(kit, *KEYS[:count]), asking(kit, needed))
    assert wrong(found) == ({} if met else {"cosigners": {"quorum-not-met"}})
    facts = told(found)[Point.COSIGNERS].told[0].facts
    assert (facts["signed"], facts["needed"], facts["total"]) == (count, needed, 3)


def test_a_false_line_of_a_known_cosigner_is_a_fault_and_the_logs_own_signature_stands(kit: Kit) -> None:
    found = wrong(kit.examine(signed(kit, KEYS[0], forged=True), asking(kit, 1)))
    assert found == {"cosigners": {"cosignature-invalid"}}


def test_lines_of_unknown_keys_are_left_alone(kit: Kit) -> None:
    assert wrong(kit.examine(signed(kit, *KEYS), kit.policy)) == {}


@pytest.mark.needs("openssl", "xxd")
def test_the_script_counts_the_same(kit: Kit, tools: Path) -> None:
    file = kit.folder / "kebijakan"

    def said(data: bytes, needed: int) -> tuple[int, str]:
        file.write_text(asking(kit, needed).to_text(), "utf-8")
        status, words = run(kit, data, tools, str(kit.root), key=str(file))
        return status, next(line for line in words.splitlines() if line.startswith("cosigners"))

    good = signed(kit, *KEYS[:2])
    assert said(good, 2) == (0, "cosigners      OK            2 of 3 signed; the policy asks for 2")
    assert said(good, 3)[0] == 2
    status, line = said(signed(kit, KEYS[0], forged=True), 1)
    assert (status, "FAIL" in line) == (1, True)
    assert said(kit.data, 0)[0] == 0
