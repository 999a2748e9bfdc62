"""The twelve invariants of the audit log (notes/audit-log.md 7): a test on both databases, or those that prove it.

What other files prove already is named in PROVED and not done twice; a name that no longer exists fails here.
"""

import ast
import gc
import hashlib
import itertools
import json
import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import rfc8785
import sqlalchemy as sa

from backend.audit import canonical, merkle, outside, reader, tree
from backend.audit.checkpoint import Checkpoint, open_checkpoint
from backend.audit.inspection import AFTER_SEAL
from backend.database import Database
from tests.integration.audit.deployment import Deployment, returned, signed

TESTS = Path(__file__).parents[2]
PROVED = {
    1: ("unit/audit/test_canonical.py::test_another_spelling_is_refused",),
    2: ("integration/audit/test_drain.py::test_a_drain_killed_at_any_statement_can_be_repeated",),
    3: ("unit/audit/test_merkle.py::test_levels_hold_what_a_growing_tree_completes",),
    4: (
        "integration/audit/test_signing.py::test_a_restored_backup_is_refused_and_so_is_growing_on_from_it",
        "integration/audit/test_renewal.py::test_a_renewal_killed_anywhere_is_finished_by_the_next",
    ),
    5: ("integration/audit/test_drain.py::test_eight_writers_and_two_drainers_lose_and_double_nothing",),
    6: (
        "integration/audit/test_append.py::test_a_deed_that_is_rolled_back_leaves_no_event",
        "integration/audit/test_append.py::test_an_event_that_cannot_be_recorded_stops_the_deed",
    ),
    7: (
        "integration/audit/test_protection.py::test_nothing_in_the_log_can_be_changed_or_taken_away",
        "integration/audit/test_every_revision.py::test_nothing_in_the_log_can_be_changed_after_this_revision",
        "integration/audit/test_roles.py::test_nobody_who_serves_can_change_the_log",
        "integration/audit/test_authorizer.py::test_what_the_program_must_not_do_is_not_even_prepared",
    ),
    8: (
        "unit/audit/test_canonical.py::test_every_kind_of_event_fits_a_leaf_without_a_word_of_what_is_personal",
        "integration/audit/test_append.py::test_a_persons_words_are_nowhere_in_the_database_in_clear",
    ),
    9: ("integration/audit/test_append.py::test_erasing_a_person_changes_no_leaf_and_leaves_the_others",),
    11: ("integration/audit/test_append.py::test_a_moment_comes_back_byte_for_byte",),
    12: (
        "integration/audit/test_reader.py::test_the_minutes_commit_to_exactly_the_ceremonys_leaves_in_order",
        "integration/audit/test_reader.py::test_what_the_minutes_tell_cannot_happen_after_they_were_sealed",
        "integration/audit/test_reader.py::test_minutes_that_count_otherwise_are_found",
    ),
}


@pytest.mark.parametrize("named", sorted(set(itertools.chain(*PROVED.values()))))
def test_a_test_that_proves_an_invariant_is_there(named: str) -> None:
    file, _, test = named.partition("::")
    module = ast.parse((TESTS / file).read_text("utf-8"))
    assert test in {node.name for node in module.body if isinstance(node, ast.FunctionDef)}


def test_invariant_01_a_leaf_is_the_hash_of_its_canonical_body(deployment: Deployment) -> None:
    deployment.record(signed(), returned("Nama keliru: \u00e9 e\u0301 \U0001f58b"), *(signed() for _ in range(20)))
    deployment.drain_and_sign()
    for body, leaf in deployment.rows("SELECT body, leaf_hash FROM audit_event"):
        text = bytes(body)
        assert bytes(leaf) == hashlib.sha256(b"\x00" + text).digest()
        assert rfc8785.dumps(json.loads(text)) == text
        doubled = text.replace(b'"specversion":"1.0"', b'"specversion":"1.0","specversion":"1.0"')
        assert json.loads(doubled) == json.loads(text), "which is why it must be refused"
        with pytest.raises(canonical.NotCanonical):
            canonical.parse(doubled)


def test_invariant_02_every_event_is_in_the_queue_or_numbered_once(deployment: Deployment) -> None:
    chance = random.Random(2)
    for _ in range(12):
        deployment.record(*(signed() for _ in range(chance.randrange(4))))
        if chance.random() < 0.5:
            deployment.drain_and_sign()
        everything = [event for (event,) in deployment.rows("SELECT id FROM audit_event")]
        numbered = deployment.rows("SELECT seq, event_id FROM audit_leaf ORDER BY seq")
        queued = [event for (event,) in deployment.rows("SELECT event_id FROM audit_queue")]
        assert [seq for seq, _ in numbered] == list(range(len(numbered)))
        assert sorted([*(event for _, event in numbered), *queued]) == sorted(everything)


def test_invariant_03_every_entry_and_every_growth_can_be_proved_from_what_is_stored(deployment: Deployment) -> None:
    size, roots = 0, {0: merkle.EMPTY}
    with deployment.database.reading() as session:
        assert tree.head(session).size == 0
    for grown in (1, 2, 5, 8, 13, 31, 40):
        deployment.record(*(signed() for _ in range(grown)))
        deployment.drain_and_sign()
        size += grown
        with deployment.database.reading() as session:
            roots[size] = tree.head(session).root()
    with deployment.database.reading() as session:
        for new in range(size + 1):
            known = tree.gather(session, lambda nodes, new=new: merkle.root_at(nodes, new))  # type: ignore[misc] # because of `new`
            assert roots.get(new, known) == known
            roots[new] = known
        for old, new in itertools.combinations_with_replacement(range(size + 1), 2):
            if (old * 7 + new) % 11 == 0 or new == size:
                path = merkle.consistency(_from(levels_of(deployment)), old, new)
                assert merkle.verify_consistency(old, new, path, roots[old], roots[new])
        for (event_id,) in deployment.rows("SELECT event_id FROM audit_leaf"):
            proof = reader.inclusion_proof(session, event_id)
            assert merkle.verify_inclusion(proof.index, size, merkle.leaf_hash(proof.body), proof.path, roots[size])


def levels_of(deployment: Deployment) -> dict[tuple[int, int], bytes]:
    """Return the stored nodes."""
    return {(level, index): bytes(digest) for level, index, digest in deployment.all_of("audit_node")}


def _from(stored: dict[tuple[int, int], bytes]) -> merkle.Nodes:
    return lambda level, index: stored[level, index]


def test_invariant_03_also_in_trees_of_a_million() -> None:
    chance = random.Random(3)
    leaves = [merkle.leaf_hash(b"%d" % n) for n in range(1 << 15)]
    levels = merkle.levels(leaves * 31)
    size = len(levels[0])
    assert size > 1_000_000

    def nodes(level: int, index: int) -> bytes:
        return levels[level][index]

    for _ in range(150):
        new = chance.randrange(1, size + 1)
        old, index = chance.randrange(new + 1), chance.randrange(new)
        root = merkle.root_at(nodes, new)
        path = merkle.consistency(nodes, old, new)
        assert merkle.verify_consistency(old, new, path, merkle.root_at(nodes, old), root)
        assert merkle.verify_inclusion(index, new, levels[0][index], merkle.inclusion(nodes, index, new), root)
        assert not merkle.verify_inclusion(index, new, merkle.EMPTY, merkle.inclusion(nodes, index, new), root)


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@contextmanager
def _killed_at(database: Database, number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Die before or after the `number`-th of: statements, commits, steps of writing the file outside."""
    seen: list[str] = []

    def step(what: str) -> None:
        seen.append(what)
        if len(seen) == number:
            raise Killed

    def statement(_c: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        if not sql.startswith("BEGIN"):
            step(sql.partition(" ")[0])

    def around(name: str, real: Any) -> Any:
        def wrapped(*given: Any, **named: Any) -> Any:
            step(f"before {name}")
            result = real(*given, **named)
            step(f"after {name}")
            return result

        return wrapped

    database.close()
    opened: list[Any] = []
    engines = {id(engine): engine for engine in (database.write_engine, database.read_engine)}.values()
    with ExitStack() as stack, monkeypatch.context() as patch:
        for engine in engines:
            sa.event.listen(engine, "connect", lambda connection, _record: opened.append(connection))
        # A killed process leaves no connection behind, whatever it was doing on it.
        stack.callback(_drop, database, opened)
        for engine, moment in itertools.product(engines, ("before_cursor_execute", "after_cursor_execute")):
            sa.event.listen(engine, moment, statement)
            stack.callback(sa.event.remove, engine, moment, statement)
        patch.setattr(os, "fsync", around("fsync", os.fsync))
        patch.setattr(Path, "replace", around("replace", Path.replace))
        patch.setattr(
            database.write_engine.dialect, "do_commit", around("commit", database.write_engine.dialect.do_commit)
        )
        yield seen


def _drop(database: Database, opened: list[Any]) -> None:
    for connection in opened:
        with suppress(Exception):  # because some are closed already
            connection.rollback()
            connection.close()
    database.close()
    gc.collect()


@pytest.mark.needs("thorough")
def test_invariant_04_no_two_signed_notes_contradict_each_other_after_a_kill_anywhere(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: set[Checkpoint] = set()
    real = outside.write

    def kept(path: Path, text: str, mode: int = 0o644) -> None:
        notes.add(open_checkpoint(text, deployment.key.public))  # signed from here on, whatever becomes of the file
        real(path, text, mode)

    monkeypatch.setattr(outside, "write", kept)
    number = 0
    while True:
        number += 1
        deployment.record(signed(), signed(), signed())
        with _killed_at(deployment.database, number, monkeypatch) as seen, suppress(Killed):
            deployment.drain_and_sign()
            break
        assert len(seen) == number
        assert {fault.code for fault in deployment.verify().faults} <= {"checkpoint-lost"}, seen
    assert number > 30, "statements of drain and sign, two commits, file and folder"
    assert deployment.drain_and_sign() == 0
    assert deployment.verify().sound
    stored = {
        open_checkpoint(note, deployment.key.public) for (note,) in deployment.rows("SELECT note FROM audit_checkpoint")
    }
    everything = sorted(notes | stored, key=lambda note: note.size)
    assert len({note.size for note in everything}) == len(everything), "two roots for one size"
    nodes = _from(levels_of(deployment))
    for old, new in itertools.combinations(everything, 2):
        path = merkle.consistency(nodes, old.size, new.size)
        assert merkle.verify_consistency(old.size, new.size, path, old.root, new.root)


def test_invariant_12_only_what_follows_a_seal_by_nature_may_follow_it() -> None:
    deciding = ("signature.signed", "witness.attested", "document.completed", "ceremony.", "consent.", "minutes.")
    assert [kind for kind in AFTER_SEAL if kind.removeprefix("prasasti.").startswith(deciding)] == []
