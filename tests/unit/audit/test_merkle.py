"""The tree against RFC 6962's own recursive definitions, for every size up to 130, and proofs against every forgery."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.audit import merkle

MOST = 130
LEAVES = [merkle.leaf_hash(b"%d" % n) for n in range(MOST)]


def _root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + _root(leaves[:k]) + _root(leaves[k:])).digest()


def _nodes(level: int, index: int) -> bytes:
    assert (index + 1) << level <= MOST, "a subtree that is not complete was asked for"
    return _root(LEAVES[index << level : (index + 1) << level])


ROOTS = [_root(LEAVES[:n]) for n in range(MOST + 1)]
STORED = {(level, i): _nodes(level, i) for level in range(8) for i in range(MOST >> level)}


def _stored(level: int, index: int) -> bytes:
    return STORED[level, index]


def test_hashes_are_those_of_the_standard() -> None:
    assert merkle.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.node_hash(merkle.EMPTY, merkle.EMPTY) == sha256(b"\x01" + merkle.EMPTY * 2).digest()


def test_growing_gives_the_root_and_every_complete_subtree_of_each_size() -> None:
    frontier, completed = merkle.Frontier(), {}
    for size, leaf in enumerate(LEAVES, start=1):
        completed.update({(level, i): digest for level, i, digest in frontier.push(leaf)})
        assert frontier.root() == merkle.root_at(_stored, size) == merkle.root_of(LEAVES[:size]) == ROOTS[size]
        assert merkle.Frontier.from_bytes(size, frontier.to_bytes()).root() == ROOTS[size]
    assert completed == STORED


def test_every_leaf_is_proved_in_every_tree_and_nowhere_else() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            path = merkle.inclusion(_stored, index, size)
            assert merkle.verify_inclusion(index, size, LEAVES[index], path, ROOTS[size])
            assert not merkle.verify_inclusion((index + 1) % size, size, LEAVES[index], path, ROOTS[size]) or size == 1
            assert not merkle.verify_inclusion(index, size, LEAVES[index], path, ROOTS[size - 1])
            assert not merkle.verify_inclusion(index, size, LEAVES[index], [*path, LEAVES[0]], ROOTS[size])
            assert not path or not merkle.verify_inclusion(index, size, LEAVES[index], path[:-1], ROOTS[size])


def test_every_tree_is_proved_to_extend_every_smaller_one_and_no_other() -> None:
    forged = bytes(32)
    for new in range(MOST + 1):
        for old in range(new + 1):
            path = merkle.consistency(_stored, old, new)
            assert merkle.verify_consistency(old, new, path, ROOTS[old], ROOTS[new])
            assert not merkle.verify_consistency(old, new, path, forged, ROOTS[new])
            assert old == 0 or not merkle.verify_consistency(old, new, path, ROOTS[old], forged)
            assert not merkle.verify_consistency(old, new, [*path, forged], ROOTS[old], ROOTS[new])
            assert not path or not merkle.verify_consistency(old, new, path[:-1], ROOTS[old], ROOTS[new])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_flipped_bit_breaks_any_proof(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, MOST))
    old = data.draw(st.integers(1, new - 1))
    place, bit = data.draw(st.integers(0, 31)), data.draw(st.integers(0, 7))

    def flip(digest: bytes) -> bytes:
        changed = bytearray(digest)
        changed[place] ^= 1 << bit
        return bytes(changed)

    path = merkle.inclusion(_stored, old, new)
    at = data.draw(st.integers(0, len(path) - 1))
    broken = [flip(p) if i == at else p for i, p in enumerate(path)]
    assert not merkle.verify_inclusion(old, new, LEAVES[old], broken, ROOTS[new])
    assert not merkle.verify_inclusion(old, new, flip(LEAVES[old]), path, ROOTS[new])
    steps = merkle.consistency(_stored, old, new)
    at = data.draw(st.integers(0, len(steps) - 1))
    broken = [flip(p) if i == at else p for i, p in enumerate(steps)]
    assert not merkle.verify_consistency(old, new, broken, ROOTS[old], ROOTS[new])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 1 << 20), st.data())
def test_proofs_hold_in_trees_too_large_to_draw(new: int, data: st.DataObject) -> None:
    """All leaves are alike here, so that a subtree of any height costs one hash."""
    old = data.draw(st.integers(1, new))
    heights = [LEAVES[0]]
    for _ in range(21):
        heights.append(merkle.node_hash(heights[-1], heights[-1]))

    def nodes(level: int, index: int) -> bytes:
        assert (index + 1) << level <= new
        return heights[level]

    path = merkle.consistency(nodes, old, new)
    assert merkle.verify_consistency(old, new, path, merkle.root_at(nodes, old), merkle.root_at(nodes, new))
    proof = merkle.inclusion(nodes, old - 1, new)
    assert merkle.verify_inclusion(old - 1, new, LEAVES[0], proof, merkle.root_at(nodes, new))


@pytest.mark.parametrize(("size", "hashes"), [(1, 0), (2, 2), (3, 1), (0, 1)])
def test_a_right_edge_that_does_not_fit_its_size_is_refused(size: int, hashes: int) -> None:
    with pytest.raises(ValueError, match="right edge"):
        merkle.Frontier(size, LEAVES[:hashes])


def test_proofs_of_what_is_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion(_stored, 5, 5)
    with pytest.raises(ValueError, match="extend"):
        merkle.consistency(_stored, 6, 5)
    assert not merkle.verify_inclusion(5, 5, LEAVES[0], [], ROOTS[5])
    assert not merkle.verify_inclusion(0, 1, LEAVES[0][:12], [], LEAVES[0][:12])
    assert not merkle.verify_consistency(3, 2, [], ROOTS[3], ROOTS[2])


@given(st.integers(0, 130))
def test_levels_hold_what_a_growing_tree_completes(size: int) -> None:
    leaves = [merkle.leaf_hash(b"%d" % n) for n in range(size)]
    frontier = merkle.Frontier()
    grown = {(level, index): digest for leaf in leaves for level, index, digest in frontier.push(leaf)}
    levels = merkle.levels(leaves)
    assert {(lv, i): digest for lv, row in enumerate(levels) for i, digest in enumerate(row)} == grown
    assert merkle.root_at(lambda level, index: levels[level][index], size) == frontier.root()
