"""Every kind of job has one queue and one patience; who handles it is wired in exactly one place."""

from backend.jobs.catalogue import PATIENCE, QUEUES, WAITS_ON, JobName, QueueName


def test_every_job_waits_somewhere_and_is_tried_a_known_number_of_times() -> None:
    assert set(WAITS_ON) == set(JobName)
    assert set(PATIENCE) == set(JobName)


def test_every_queue_is_worked_off_and_used() -> None:
    assert [queue.name for queue in QUEUES] == list(QueueName)
    assert set(WAITS_ON.values()) == set(QueueName)
