"""The engine behind the queue (DBOS): runs handlers, tries again, takes over from dead workers, forgets old work.

At least once is what it promises: a handler that was killed is run again, so handlers are idempotent. This is the only
file that knows how DBOS runs a job; the state of record is in our own tables (DESIGN section 10).
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig
from sqlmodel import Session

from backend import clock
from backend.database import Database
from backend.jobs import failures, heartbeat
from backend.jobs.catalogue import PATIENCE, GiveUp, Job, JobName, TryAgain, reason
from backend.jobs.queue import APPLICATION, SERIALIZER, VERSION, WORKFLOW, put

Handler = Callable[..., None]
GaveUp = Callable[[Session, Job, str], None]

KEPT = timedelta(days=7)
SWEEP_OLD = 3600.0
DEADLY = 20  # a job that has killed its worker this often is given up
LOST = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED"]

_log = logging.getLogger(__name__)


class Engine:
    """One worker process's engine; a process has at most one running. The database must have been prepared."""

    def __init__(
        self,
        database: Database,
        executor_id: str,
        handlers: Mapping[JobName, Handler],
        gave_up: GaveUp | None = None,
    ) -> None:
        """Take the parts; nothing runs yet.

        `executor_id` is stable and belongs to one slot (`host-0`): work of a killed process is found again under it.
        `handlers` get a job's arguments by name. `gave_up(session, job, code)` joins the transaction that records a
        final failure, so that the business state can follow it.
        """
        self._database = database
        self._executor_id = executor_id
        self._handlers = dict(handlers)
        self._gave_up = gave_up
        self._heartbeat = heartbeat.Heartbeat(database, executor_id)
        self._stopping = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="job-heartbeat", daemon=True)
        self._active = 0
        self._counting = threading.Lock()
        self.superseded = threading.Event()

    def start(self) -> None:
        """Begin to work; what this slot left unfinished when it was killed is queued again at once."""
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._database.url,
            "application_version": VERSION,
            "executor_id": self._executor_id,
            "serializer": SERIALIZER,
            "run_migrations": False,
            "log_level": "WARNING",
        }
        self._heartbeat.take()
        DBOS(config=config)

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=DEADLY)
        def run(name: str, key: str, attempt: int, arguments: dict[str, str]) -> str:
            return self._run(Job(JobName(name), key, tuple(arguments.items())), attempt)

        DBOS.launch()
        self._beating.start()

    def stop(self, patience: int = 30) -> None:
        """Stop taking jobs and wait up to `patience` seconds for those under way; the rest starts again elsewhere."""
        self._stopping.set()
        self._beating.join()
        # DBOS waits in whole seconds, so it is asked to only if there is something to wait for.
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=patience if self._active else 0)
        if not self.superseded.is_set():
            self._persist(self._heartbeat.leave)

    def _run(self, job: Job, attempt: int) -> str:
        """Run one attempt; return how it ended, which only the engine's own table shows."""
        with self._counting:
            self._active += 1
        try:
            self._handlers[job.name](**dict(job.arguments))
        except Exception as error:  # noqa: BLE001 because whatever a handler raises only decides about its next attempt
            return self._settle(job, attempt, error)
        finally:
            with self._counting:
                self._active -= 1
        return "done"

    def _settle(self, job: Job, attempt: int, error: Exception) -> str:
        """Queue the next attempt, or write down that there is none."""
        wait = None if isinstance(error, GiveUp) else PATIENCE[job.name].wait(attempt)
        if wait is not None and isinstance(error, TryAgain) and error.seconds is not None:
            wait = error.seconds
        expected = isinstance(error, GiveUp | TryAgain)
        _log.warning(
            "job %s, attempt %d: %s; %s",
            job.id,
            attempt,
            reason(error),
            "given up" if wait is None else f"again in {wait:g} s",
            exc_info=None if expected else error,
        )
        if wait is None:
            self._persist(lambda: self._give_up(job, attempt, reason(error)))
            return "failed"
        pause = wait
        self._persist(lambda: self._queue_again(job, attempt + 1, pause))
        return "again"

    def _queue_again(self, job: Job, attempt: int, wait: float) -> None:
        with self._database.writing() as session:
            put(session, job, attempt, wait)

    def _give_up(self, job: Job, attempts: int, code: str) -> None:
        """Record a final failure with what follows from it; if that fails in turn, staff at least sees the failure."""
        try:
            with self._database.writing() as session:
                failures.record(session, job, attempts, code)
                if self._gave_up is not None:
                    self._gave_up(session, job, code)
        except sa.exc.DBAPIError:
            raise
        except Exception:  # noqa: BLE001 because a fault in what follows must not hide the failure itself
            _log.exception("what follows from the failure of job %s", job.id)
            with self._database.writing() as session:
                failures.record(session, job, attempts, code)

    def _persist(self, write: Callable[[], None]) -> None:
        """Write, and while the database is away try again: the outcome of a job must not be lost with a connection."""
        pause = 0.5
        while True:
            try:
                return write()
            except sa.exc.DBAPIError as error:
                if self._stopping.is_set():
                    raise
                _log.warning("database away (%s), next try in %g s", type(error.orig).__name__, pause)
            self._stopping.wait(pause)
            pause = min(pause * 2, 30.0)

    def _beat(self) -> None:
        since_swept = SWEEP_OLD
        while not self._stopping.wait(heartbeat.EVERY):
            try:
                self._heartbeat.beat()
                self._take_over()
                self._find_lost()
                if since_swept >= SWEEP_OLD:
                    self._forget_old()
                    since_swept = 0.0
            except heartbeat.Superseded:
                _log.error("another process works as %s; this one stops", self._executor_id)
                self.superseded.set()
                return
            except Exception:  # noqa: BLE001 because a heartbeat that ends would make a living worker look dead
                _log.exception("heartbeat of %s", self._executor_id)
            since_swept += heartbeat.EVERY

    def _take_over(self) -> None:
        """Queue again what dead workers left unfinished (what the paid Conductor would do, notes/jobs.md 2, trap 2)."""
        dead = self._heartbeat.dead()
        if dead:
            DBOS._recover_pending_workflows(dead)  # noqa: SLF001 because there is no public way; dbos is pinned
            self._heartbeat.bury(dead)
            _log.warning("took over the work of %s", ", ".join(dead))

    def _find_lost(self) -> None:
        """Write down jobs that the engine itself dropped: they killed every worker, or were cancelled by hand."""
        for lost in DBOS.list_workflows(name=WORKFLOW, status=LOST, limit=50, load_output=False):
            if lost.input is None:
                continue
            name, key, attempt, arguments = lost.input["args"]
            job = Job(JobName(name), key, tuple(arguments.items()))
            self._give_up(job, attempt, "worker-lost")
            DBOS.delete_workflow(lost.workflow_id)

    def _forget_old(self) -> None:
        """Delete finished jobs of more than a week ago; the log and our own tables keep what matters."""
        before = clock.to_text(clock.now() - KEPT)
        while old := DBOS.list_workflows(
            name=WORKFLOW, status="SUCCESS", completed_before=before, limit=500, load_input=False, load_output=False
        ):
            DBOS.delete_workflows([workflow.workflow_id for workflow in old])
