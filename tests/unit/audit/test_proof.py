"""Offline proofs: every leaf proves itself in every size, and nothing else does."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit.checkpoint import SigningKey
from backend.audit.merkle import leaf_hash
from backend.audit.policy import Policy
from backend.audit.proof import InvalidProof, TlogProof
from tests.unit.audit.cosigned_log import COSIGNERS, COSIGNING, KEY, MemoryLog, cosigned, numbered

LOG = numbered(70)
POLICY = Policy.of(KEY.public, COSIGNERS, 2)


@dataclass(frozen=True)
class Case:
    index: int
    size: int

    def proof(self, extra: bytes | None = None) -> TlogProof:
        note = cosigned(LOG.note(self.size), *COSIGNING[:2])
        return TlogProof(self.index, LOG.inclusion(self.index, self.size), note, extra)

    @property
    def leaf(self) -> bytes:
        return leaf_hash(LOG.bodies[self.index])


cases = st.integers(1, 70).flatmap(lambda size: st.builds(Case, st.integers(0, size - 1), st.just(size)))


@given(cases, st.none() | st.binary(max_size=40))
def test_a_proof_comes_back_from_its_text_and_holds(case: Case, extra: bytes | None) -> None:
    proof = case.proof(extra)
    again = TlogProof.from_text(proof.to_text())
    assert again == proof
    examined = again.verify(case.leaf, POLICY)
    assert (examined.checkpoint.size, len(examined.cosigned), examined.met) == (case.size, 2, True)


@given(cases, st.data())
def test_a_proof_holds_for_no_other_leaf_and_no_other_place(case: Case, data: st.DataObject) -> None:
    proof = case.proof()
    with pytest.raises(InvalidProof) as refused:
        proof.verify(leaf_hash(b"lain"), POLICY)
    assert refused.value.facts == {"why": "inclusion"}
    index = data.draw(st.integers(0, 80).filter(lambda i: i != case.index))
    with pytest.raises(InvalidProof):
        TlogProof(index, proof.hashes, proof.note).verify(case.leaf, POLICY)


@given(st.data())
def test_a_proof_with_one_other_character_is_refused_or_says_the_same(data: st.DataObject) -> None:
    case = Case(13, 60)
    text = case.proof().to_text()
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.characters(max_codepoint=0x2FF)) + text[place + 1 :]
    try:
        examined = TlogProof.from_text(changed).verify(case.leaf, POLICY)
    except InvalidProof:
        return
    # What is left alone by the standard: lines of keys that nobody knows
    assert examined.checkpoint.root == POLICY.examine(LOG.note(60)).checkpoint.root
    assert changed == text or not examined.met


def test_a_proof_of_another_log_is_refused() -> None:
    other = MemoryLog(LOG.bodies, SigningKey.generate("lain.invalid"))
    proof = TlogProof(3, other.inclusion(3), other.note())
    with pytest.raises(InvalidProof) as refused:
        proof.verify(leaf_hash(LOG.bodies[3]), POLICY)
    assert refused.value.facts == {"why": "note"}


def test_a_quorum_that_is_missing_is_told_and_not_refused() -> None:
    examined = TlogProof(3, LOG.inclusion(3), LOG.note()).verify(leaf_hash(LOG.bodies[3]), POLICY)
    assert not examined.met
    assert (len(examined.cosigned), examined.needed, examined.total) == (0, 2, 3)


def test_a_proof_is_one_file_with_path_and_note() -> None:
    head, _, note = TlogProof(3, (bytes(32),), LOG.note()).to_text().partition("\n\n")
    assert head.splitlines() == ["c2sp.org/tlog-proof@v1", "index 3", "A" * 43 + "="]
    assert note == LOG.note()


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 3", "index 03"),
        lambda text: text.replace("index 3", "index -3"),
        lambda text: text.replace("index 3", "indeks 3"),
        lambda text: text.replace("index 3\n", ""),
        lambda text: text.replace("index 3", "extra A\nindex 3"),
        lambda text: text.replace("index 3", "extra\nindex 3"),
        lambda text: text.replace("index 3", "index 3\nAAAA"),
        lambda text: text.replace("index 3", "index 3\n" + ("A" * 43 + "=\n") * 64),
        lambda text: text.partition("\n\n")[0],
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + "x" * 1_000_000,
        lambda _text: "",
    ],
)
def test_a_text_that_is_no_proof_is_refused(spoilt: object) -> None:
    assert callable(spoilt)
    with pytest.raises(InvalidProof) as refused:
        TlogProof.from_text(spoilt(TlogProof(3, LOG.inclusion(3), LOG.note()).to_text()))
    assert refused.value.facts == {"why": "format"}


@given(st.text(max_size=300))
def test_any_other_text_is_no_proof(text: str) -> None:
    with pytest.raises(InvalidProof):
        TlogProof.from_text(text)
