"""What a job is called, where it waits and how long it is tried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import Refusal
from backend.jobs.catalogue import PATIENCE, ROUND, GiveUp, Job, JobName, Patience, QueueName, TryAgain, reason


def test_the_same_occasion_is_the_same_job() -> None:
    assert Job(JobName.FREEZE, "d1:1").id == Job(JobName.FREEZE, "d1:1", (("document", "d1"),)).id == "freeze:d1:1"
    assert Job(JobName.FREEZE, "d1:2").id != Job(JobName.FREEZE, "d1:1").id


def test_a_code_never_waits_behind_invitations() -> None:
    assert Job(JobName.CODE, "c").queue is QueueName.CODES
    assert Job(JobName.MAIL, "m").queue is QueueName.MAIL


@pytest.mark.parametrize("key", ["", "a~2"])
def test_a_key_that_could_be_taken_for_another_attempt_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        Job(JobName.MAIL, key)


def test_waits_double_up_to_the_longest_and_then_end() -> None:
    patience = Patience(tries=5, first=2, longest=10)
    assert [patience.wait(attempt) for attempt in range(1, 6)] == [2, 4, 8, 10, None]


@given(st.sampled_from(list(JobName)), st.integers(1, 60), st.integers(0, 20))
def test_a_round_asked_for_by_staff_is_as_patient_as_the_first(name: JobName, attempt: int, asked: int) -> None:
    assert PATIENCE[name].wait(attempt + ROUND * asked) == PATIENCE[name].wait(attempt)


def test_an_attempt_never_reaches_the_numbers_of_the_next_round() -> None:
    assert all(patience.tries < ROUND for patience in PATIENCE.values())


class _Refused(Refusal):
    code = "no-paper"


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (GiveUp("smtp-550"), "smtp-550"),
        (TryAgain(), "try-again"),
        (_Refused(), "no-paper"),
        (ValueError("frasa sandi rahasia"), "ValueError"),
        (OSError(13, "denied: rahasia"), "PermissionError"),
    ],
)
def test_a_reason_is_a_word_and_never_the_text_of_an_error(error: Exception, word: str) -> None:
    assert reason(error) == word
