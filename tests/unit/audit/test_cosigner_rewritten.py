"""A log that its operator rewrites as he likes, in any order of deeds: what a cosigner signs stays one past."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backend.audit.checkpoint import Checkpoint, SigningKey
from backend.audit.cosigner import CosignerService
from backend.audit.note import read_signature_lines, split_note
from backend.audit.submission import Submission
from tests.unit.audit.cosigned_log import MemoryLog


class Rewriting(RuleBasedStateMachine):
    """A log that its operator rewrites as he likes, always well signed: what is cosigned stays one past."""

    def __init__(self) -> None:
        super().__init__()
        self.cosigned: list[tuple[int, bytes]] = []
        self.bodies: list[bytes] = []
        self.pasts: list[list[bytes]] = []

    @initialize()
    def begin(self) -> None:
        self.key = SigningKey.generate("log.invalid")
        self.service = CosignerService.create(Path(tempfile.mkdtemp(dir=_SCRATCH)) / "penjaga", "penjaga.invalid")
        self.service.trust(self.key.public.to_text())

    @rule(count=st.integers(1, 5), word=st.sampled_from([b"a", b"b"]))
    def grow(self, count: int, word: bytes) -> None:
        self.bodies += [word] * count

    @rule(place=st.integers(0, 20))
    def edit(self, place: int) -> None:
        if place < len(self.bodies):
            self.bodies[place] = b"palsu"

    @rule(count=st.integers(1, 10))
    def cut(self, count: int) -> None:
        self.bodies = self.bodies[:-count]

    @rule()
    def keep(self) -> None:
        self.pasts.append(list(self.bodies))

    @rule()
    def restore(self) -> None:
        if self.pasts:
            self.bodies = list(self.pasts[-1])

    @rule(old=st.integers(0, 30) | st.none())
    def publish(self, old: int | None) -> None:
        log = MemoryLog(list(self.bodies), self.key)
        size = len(self.bodies)
        known = self.cosigned[-1][0] if self.cosigned else 0
        asked = known if old is None else old
        proof = log.consistency(asked, size) if asked <= size else []
        answer = self.service.add_checkpoint(Submission(asked, tuple(proof), log.note()).to_bytes())
        assert (answer.status == 200) == (asked == known and asked <= size and self._extends(log, known))
        if answer.status == 200:
            assert read_signature_lines(answer.text)
            self.cosigned.append((size, Checkpoint.from_text(split_note(log.note())[0]).root))

    def _extends(self, log: MemoryLog, known: int) -> bool:
        if not self.cosigned or known > len(log.bodies):
            return not self.cosigned
        return Checkpoint.from_text(log.text(known)).root == self.cosigned[-1][1]

    @invariant()
    def it_never_went_back(self) -> None:
        assert self.cosigned == sorted(self.cosigned, key=lambda one: one[0])


_SCRATCH = Path()


@pytest.fixture(autouse=True, scope="module")
def _scratch(tmp_path_factory: pytest.TempPathFactory) -> None:
    global _SCRATCH  # noqa: PLW0603 because Hypothesis builds its machines without fixtures
    _SCRATCH = tmp_path_factory.mktemp("penjaga")


TestRewriting = Rewriting.TestCase
TestRewriting.settings = hypothesis_settings(max_examples=25, stateful_step_count=20, deadline=None)
