"""A cosigner signs what extends its memory and nothing else, whatever comes in which order, and never forgets."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from backend.audit import cosigner, merkle
from backend.audit.checkpoint import Checkpoint, SigningKey
from backend.audit.cosigner import CosignerExists, CosignerMissing, CosignerService, NoLogKey
from backend.audit.merkle import EMPTY
from backend.audit.policy import Cosigner, Policy
from backend.audit.submission import LARGEST, Submission
from tests.unit.audit.cosigned_log import AT, KEY, ORIGIN, MemoryLog, numbered

LOG = numbered(40)
FORK = MemoryLog([*LOG.bodies[:20], b"palsu", *LOG.bodies[21:], b"lagi"])


@pytest.fixture
def service(tmp_path: Path) -> CosignerService:
    CosignerService.create(tmp_path / "penjaga", "penjaga.bpk.invalid/prasasti").trust(KEY.public.to_text())
    return CosignerService(tmp_path / "penjaga", lambda: AT)


def sent(log: MemoryLog, old: int, size: int, proof: list[bytes] | None = None) -> bytes:
    return Submission(old, tuple(log.consistency(old, size) if proof is None else proof), log.note(size)).to_bytes()


def test_a_growing_log_is_cosigned_with_name_and_time(service: CosignerService) -> None:
    assert service.add_checkpoint(sent(LOG, 0, 7)).status == 200
    answer = service.add_checkpoint(sent(LOG, 7, 40))
    assert answer.status == 200
    policy = Policy.of(KEY.public, [Cosigner("bpk", service.key.public)], 1)
    examined = policy.examine(LOG.note(40) + answer.text)
    assert (examined.met, examined.cosigned[0].at, examined.checkpoint.size) == (True, AT, 40)
    (latest,) = service.latest()
    assert (latest.origin, latest.size, latest.note, latest.contradictions) == (
        ORIGIN,
        40,
        LOG.note(40) + answer.text,
        (),
    )


def test_the_same_checkpoint_is_cosigned_again_after_a_lost_answer(service: CosignerService) -> None:
    service.add_checkpoint(sent(LOG, 0, 7))
    answer = service.add_checkpoint(sent(LOG, 0, 7))
    assert (answer.status, answer.text, answer.media_type) == (409, "7\n", "text/x.tlog.size")
    assert service.add_checkpoint(sent(LOG, 7, 7)).status == 200


@pytest.mark.parametrize(("old", "size"), [(0, 12), (8, 12), (12, 12), (12, 40), (11, 11), (0, 0)])
def test_whoever_does_not_know_where_we_stand_is_told(service: CosignerService, old: int, size: int) -> None:
    service.add_checkpoint(sent(LOG, 0, 9))
    answer = service.add_checkpoint(sent(LOG, old, size))
    assert (answer.status, answer.text, answer.media_type) == (409, "9\n", "text/x.tlog.size")
    assert service.latest()[0].size == 9


def test_a_fork_is_refused_and_kept_as_proof(service: CosignerService) -> None:
    service.add_checkpoint(sent(LOG, 0, 30))
    same_size = service.add_checkpoint(sent(FORK, 30, 30))
    assert (same_size.status, same_size.media_type) == (409, "text/plain; charset=utf-8")
    assert service.add_checkpoint(sent(FORK, 30, 41)).status == 422
    (latest,) = service.latest()
    assert (latest.size, latest.contradictions) == (30, (FORK.note(30),))


def test_notes_that_only_lack_a_proof_prove_nothing_against_a_log(service: CosignerService) -> None:
    service.add_checkpoint(sent(LOG, 0, 9))
    for size in range(10, 40):
        assert service.add_checkpoint(sent(LOG, 9, size, [b"x" * 32])).status == 422
    assert service.add_checkpoint(sent(LOG, 9, 9, [b"x" * 32])).status == 422
    assert service.latest()[0].contradictions == ()


def test_what_is_kept_of_a_mad_log_is_bounded(service: CosignerService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cosigner, "MOST_KEPT", 3)
    service.add_checkpoint(sent(LOG, 0, 30))
    for i in range(6):
        mad = KEY.sign(Checkpoint(ORIGIN, 30, bytes([i]) * 32).to_text())
        assert service.add_checkpoint(Submission(30, (), mad).to_bytes()).status == 409
    assert len(service.latest()[0].contradictions) == 3


@pytest.mark.parametrize("key", [SigningKey.generate(ORIGIN), SigningKey.generate("lain.invalid")])
def test_a_log_nobody_told_us_of_is_not_signed(service: CosignerService, key: SigningKey) -> None:
    answer = service.add_checkpoint(sent(MemoryLog(LOG.bodies, key), 0, 7))
    assert answer.status == (403 if key.name == ORIGIN else 404)
    assert service.latest() == []


def test_the_name_of_a_known_log_under_a_foreign_key_is_forbidden(service: CosignerService) -> None:
    foreign = SigningKey.generate("lain.invalid")
    note = foreign.sign(LOG.text(7))
    assert service.add_checkpoint(Submission(0, (), note).to_bytes()).status == 403
    service.trust(foreign.public.to_text())
    assert service.add_checkpoint(Submission(0, (), note).to_bytes()).status == 403


def test_a_log_may_change_its_key_and_stays_itself(service: CosignerService) -> None:
    service.add_checkpoint(sent(LOG, 0, 9))
    renewed = MemoryLog(LOG.bodies, SigningKey.generate(ORIGIN))
    assert service.add_checkpoint(sent(renewed, 9, 20)).status == 403
    service.trust(renewed.key.public.to_text())
    assert service.add_checkpoint(sent(renewed, 9, 20)).status == 200
    assert service.add_checkpoint(sent(LOG, 20, 21)).status == 200


def test_several_logs_do_not_meet(service: CosignerService) -> None:
    other = MemoryLog([b"lain"] * 5, SigningKey.generate("lain.invalid"))
    service.trust(other.key.public.to_text())
    assert service.add_checkpoint(sent(LOG, 0, 30)).status == 200
    assert service.add_checkpoint(sent(other, 0, 5)).status == 200
    assert [(one.origin, one.size) for one in service.latest()] == [("lain.invalid", 5), (ORIGIN, 30)]


def test_an_empty_log_has_one_root(service: CosignerService) -> None:
    wrong = KEY.sign(Checkpoint(ORIGIN, 0, b"x" * 32).to_text())
    assert service.add_checkpoint(Submission(0, (), wrong).to_bytes()).status == 409
    right = KEY.sign(Checkpoint(ORIGIN, 0, EMPTY).to_text())
    assert service.add_checkpoint(Submission(0, (), right).to_bytes()).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"old 0\n\n",
        b"old 0\n" + LOG.note(7).encode(),
        b"old 00\n\n" + LOG.note(7).encode(),
        b"old -1\n\n" + LOG.note(7).encode(),
        b"old 1e3\n\n" + LOG.note(7).encode(),
        b"OLD 0\n\n" + LOG.note(7).encode(),
        b"old 0\r\n\r\n" + LOG.note(7).encode(),
        b"old 0\nAAAA\n\n" + LOG.note(7).encode(),
        b"old 0\n!\n\n" + LOG.note(7).encode(),
        b"old 0\n" + b"A" * 43 + b"=\n\n" + LOG.text(7).encode(),
        b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + LOG.note(7).encode(),
        b"old 8\n\n" + LOG.note(7).encode(),
        b"old 0\n\n" + LOG.note(7).encode() + "— x y\n".encode(),
        b"old 0\n\n" + LOG.note(7).encode() + "— x AAAA\n".encode() * 9_000,
        b"old 0\n\n" + KEY.sign("bukan titik periksa\n").encode(),
        b"x" * LARGEST * 2,
    ],
)
def test_what_is_malformed_is_refused(service: CosignerService, body: bytes) -> None:
    assert service.add_checkpoint(body).status == 400
    assert service.latest() == []


def test_many_requests_at_once_leave_one_past(service: CosignerService, monkeypatch: pytest.MonkeyPatch) -> None:
    verify = merkle.verify_consistency

    def slowly(*proof: Any) -> bool:
        time.sleep(0.02)  # between what is remembered and what is stored
        return verify(*proof)

    monkeypatch.setattr(merkle, "verify_consistency", slowly)
    with ThreadPoolExecutor(8) as threads:
        bodies = [sent(log, 0, size) for size in range(21, 41) for log in (LOG, FORK)]
        answers = list(threads.map(service.add_checkpoint, bodies))
    assert sorted({answer.status for answer in answers}) == [200, 409]
    assert sum(answer.status == 200 for answer in answers) == 1


def test_its_memory_refuses_to_go_back_or_to_be_cleared(service: CosignerService, tmp_path: Path) -> None:
    service.add_checkpoint(sent(LOG, 0, 9))
    with closing(sqlite3.connect(tmp_path / "penjaga" / "memory.db")) as memory:
        for sql in ("UPDATE latest SET size = 8", "UPDATE latest SET origin = 'x'", "DELETE FROM latest"):
            with pytest.raises(sqlite3.IntegrityError):
                memory.execute(sql)


@pytest.mark.parametrize("gone", ["memory.db", "cosigner.key", "logs"])
def test_without_its_memory_it_does_not_start(service: CosignerService, tmp_path: Path, gone: str) -> None:
    (tmp_path / "penjaga" / gone).unlink()
    with pytest.raises(CosignerMissing) as refused:
        CosignerService(tmp_path / "penjaga")
    assert refused.value.facts["file"] == gone
    if gone == "memory.db":
        with pytest.raises(sqlite3.OperationalError):
            service.add_checkpoint(sent(LOG, 0, 9))
        assert not (tmp_path / "penjaga" / gone).exists()


def test_a_cosigner_is_made_once_and_its_key_is_for_nobody_else(service: CosignerService, tmp_path: Path) -> None:
    with pytest.raises(CosignerExists):
        CosignerService.create(tmp_path / "penjaga", "lain.invalid")
    assert (tmp_path / "penjaga" / "cosigner.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "penjaga" / "cosigner.vkey").read_text("utf-8").strip() == service.key.public.to_text()
    with pytest.raises(ValueError, match="neither space nor plus"):
        CosignerService.create(tmp_path / "lain", "dua kata")
    assert not (tmp_path / "lain").exists()


@pytest.mark.parametrize("line", ["", "kunci", "a+b+c", "lain.invalid+00000000+" + "A" * 44])
def test_only_the_key_of_a_log_can_be_trusted(service: CosignerService, line: str) -> None:
    with pytest.raises(NoLogKey):
        service.trust(line)
    with pytest.raises(NoLogKey):
        service.trust(service.key.public.to_text())
    assert set(service.logs()) == {ORIGIN}


_KILLED = """
import os, signal, sys
from pathlib import Path
from backend.audit.cosigner import CosignerService
from backend.audit.cosignature import CosigningKey

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

service = CosignerService(Path(sys.argv[1]))
if sys.argv[2] == "before":
    CosigningKey.cosign = die
service.add_checkpoint(sys.stdin.buffer.read())
die()
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_the_store_it_knows_what_it_may_have_said(
    service: CosignerService, tmp_path: Path, when: str
) -> None:
    service.add_checkpoint(sent(LOG, 0, 9))
    words = [sys.executable, "-c", _KILLED, str(tmp_path / "penjaga"), when]
    killed = subprocess.run(words, input=sent(LOG, 9, 30), env={**os.environ, "PYTHONPATH": "."}, check=False)
    assert killed.returncode == -signal.SIGKILL
    again = CosignerService(tmp_path / "penjaga")
    known = 9 if when == "before" else 30
    assert again.add_checkpoint(sent(FORK, 30, 30)).text == (
        "9\n" if when == "before" else "another-root-of-the-same-size\n"
    )
    assert again.latest()[0].size == known
    assert again.add_checkpoint(sent(LOG, known, 30)).status == 200
