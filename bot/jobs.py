"""Durable jobs: the only file that knows DBOS.

A job's argument is an inbox key; what it works on lies in our own tables. Four traps of DBOS, each
seen once, are closed here: the application version is ours and not a hash of the source; each place
in a home folder has its own executor id (`bot.places`); jobs of a process that died for good are
taken over, when its heartbeat has stopped; and only the bot launches DBOS.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import Any

import structlog
from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID

from bot.flow.coverage import ReadingAhead
from bot.flow.crm_desk import Desk
from bot.flow.crm_sync import anything_due, stretch
from bot.listeners import answering, chores, digest, imports, reporting
from bot.listeners.edge import Edge
from bot.places import executor_id
from bot.settings import Settings
from knowledge.errors import TrailguideError

STEPS_VERSION = "2"
"""Raise it when the order of a workflow's steps changes: older jobs are then begun afresh."""
ANSWERS = "answers"
HEARTBEAT = "heartbeat"
IMPORTS = "imports"
CRM = "crm"
SYNC = "sync_crm"
UNDONE = ["ENQUEUED", "PENDING", "DELAYED"]
IMPORT_PAUSE_SECONDS = 300.0
"""Longest an import sleeps at a time, however long its sites want to be left alone."""
ANSWERS_AT_ONCE = 32
"""Under way at a time, most of them waiting for a chat model or for Slack; few compute at once
(`bot.flow.turns`). Asks that come once a second to a model of 20 s keep 20 busy."""
QUEUE_POLL_SECONDS = 0.1
"""A rep waits half of this on average; ten small reads a second cost under 1% of a core."""
SWEEP_SECONDS = 20.0
"""Between two sweeps, and between two heartbeats for the peers on a shared database."""
DEAD_AFTER_SECONDS = 90.0
"""Four heartbeats missed: a busy machine misses one or two."""
KEYS_KEPT = timedelta(days=30)
"""Slack repeats an event for about an hour; a month also serves to look into a complaint."""
REMEMBERED = 10_000
"""Keys handed over, to spare the queue a look; far more than wait at a time."""
PLACES_SINCE = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
PLACES_A_SECOND = 5
"""Places in the queue rise with time, so that a restart goes on after what waits; 31 bits of them
last 13 years. More events than that a second only run ahead of the clock for a while."""
POST_TRIES = 3
"""Each try waits for Slack for about a minute; after that the sweep begins again."""

log = structlog.get_logger("trailguide.jobs")


class Jobs:
    """Runs answers durably; make one, `launch` it, `close` it."""

    def __init__(self, settings: Settings, executor: str = "") -> None:
        self._settings = settings
        self._executor = executor or executor_id(settings.home)
        self._shared = settings.shares_database
        self._edge: Edge | None = None
        self._closing = threading.Event()
        self._sweeper: threading.Thread | None = None
        self._answer: Callable[[str], None] | None = None
        self._bring_in: Callable[[str], None] | None = None
        self._sync: Callable[[], None] | None = None
        self._handed: set[str] = set()
        self._turn = threading.Lock()
        self._place = 0
        self._soon: SimpleQueue[str | None] = SimpleQueue()
        self._starter = threading.Thread(target=self._start_soon, daemon=True, name="starter")

    def launch(self, edge: Edge) -> None:
        """Start DBOS, take up what a former run left, and keep sweeping."""
        self._edge = edge
        DBOS(config=_config(self._settings, self._executor))
        self._answer = _register(edge)
        self._bring_in = _register_imports(edge, self._closing)
        self._sync = _register_crm(edge, self._closing)
        DBOS.launch()
        DBOS.register_queue(
            ANSWERS,
            worker_concurrency=ANSWERS_AT_ONCE,
            partition_concurrency=1,  # a lane is a partition: its events go one by one
            polling_interval_sec=QUEUE_POLL_SECONDS,
            on_conflict="always_update",
        )
        # One at a time: two would only share the one core that asks leave them.
        DBOS.register_queue(IMPORTS, worker_concurrency=1, on_conflict="always_update")
        # Two bots may begin at the same moment: what is written is claimed in SQL, and what is
        # pulled twice changes nothing.
        DBOS.register_queue(CRM, worker_concurrency=1, on_conflict="always_update")
        self.sweep()
        self._starter.start()
        self._sweeper = threading.Thread(
            target=self._keep_sweeping,
            args=(ReadingAhead(edge.tools),),
            daemon=True,
            name="sweeper",
        )
        self._sweeper.start()

    def runs(self) -> bool:
        """Whether jobs are launched and taken up."""
        alive = self._sweeper is not None and self._sweeper.is_alive()
        return alive and not self._closing.is_set()

    def soon(self, key: str) -> None:
        """Have an event handed over by another thread; Slack's few threads only acknowledge.

        What a death leaves here lies in the inbox, and the sweep of the next start takes it up.
        """
        self._soon.put(key)

    def start(self, key: str) -> None:
        """Hand an event over; when that fails it stays in the inbox, and the sweep tries again.

        Of two events at once the later one may be handed over first; what came before it in its
        lane then goes along.
        """
        try:
            for earlier in self._up_to(key):
                self._enqueue(earlier, earlier)
        except Exception as failure:  # noqa: BLE001 - the event is on disk; the sweep takes it up
            log.error("not_started", key=key, **answering.where(failure))  # noqa: TRY400

    def sweep(self) -> int:
        """Start every event that waits and that no living job works on; returns how many.

        Digests come last: they may ask Slack about people, and what waits must not wait for that.
        """
        if self._edge is None:
            return 0
        self._show_life()
        started = self._take_up(self._edge)
        self._take_up_imports(self._edge)
        self._take_up_crm(self._edge)
        new = digest.record_due(self._edge) + chores.record_due(self._edge)
        new += reporting.record_due(self._edge)
        return started + self._take_up(self._edge) if new else started

    def _take_up(self, edge: Edge) -> int:
        started = 0
        for key in edge.tools.inbox.pending():
            if answering.event_of(key, edge) is None:
                continue
            job_id = self._job_to_start(key)
            # A job that ended while we looked has closed its event by now.
            if job_id and (job_id == key or key in edge.tools.inbox.pending()):
                log.info("taken_up", key=key, job=job_id)
                self._enqueue(job_id, key)
                started += 1
        return started

    def _take_up_imports(self, edge: Edge) -> None:
        """Start the imports that are left to the bot and that no living job works on."""
        for identity in imports.waiting(edge):
            job_id = self._job_to_start(f"import:{identity}")
            if job_id and self._bring_in is not None:
                log.info("import_taken_up", id=identity, job=job_id)
                with SetWorkflowID(job_id):
                    DBOS.enqueue_workflow(IMPORTS, self._bring_in, identity)

    def _take_up_crm(self, edge: Edge) -> None:
        """Start the work with the CRM when there is some, and none is under way."""
        try:
            crm = edge.tools.crm
        except TrailguideError as missing:  # it must not keep the rest of the sweep from its work
            log.warning("crm_not_usable", told=str(missing))
            return
        if crm is None or not anything_due(Desk(edge.tools, crm)):
            return
        under_way = DBOS.list_workflows(name=SYNC, status=UNDONE, load_input=False)
        if any(self._still_runs(job) for job in under_way):
            return
        job_id = self._job_to_start(f"crm:{edge.tools.clock.now():%Y-%m-%dT%H:%M}")
        if job_id and self._sync is not None:
            log.info("crm_taken_up", job=job_id)
            with SetWorkflowID(job_id):
                DBOS.enqueue_workflow(CRM, self._sync)

    def close(self, patience_seconds: int = 15) -> None:
        """Stop taking work, let what runs finish, and shut DBOS down."""
        self._closing.set()
        self._soon.put(None)
        if self._starter.is_alive():
            self._starter.join(timeout=5)
        if self._sweeper is not None:
            self._sweeper.join(timeout=5)
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=patience_seconds)

    def _up_to(self, key: str) -> list[str]:
        """What waits in the lane of an event up to itself, and was not handed over yet."""
        if self._edge is None:
            return [key]
        inbox = self._edge.tools.inbox
        waiting = inbox.waiting(inbox.lane(key))
        upto = waiting[: waiting.index(key) + 1] if key in waiting else [key]
        return [k for k in upto if k not in self._handed]

    def _enqueue(self, job_id: str, key: str) -> None:
        if self._answer is None or self._edge is None:
            raise RuntimeError("launch the jobs before starting one")
        lane = self._edge.tools.inbox.lane(key) or key
        with self._turn:
            # The queue's own order is by the second on SQLite, and by the key within one.
            self._place = max(self._place + 1, int((time.time() - PLACES_SINCE) * PLACES_A_SECOND))
            place = SetEnqueueOptions(queue_partition_key=lane, priority=self._place)
            with SetWorkflowID(job_id), place:
                DBOS.enqueue_workflow(ANSWERS, self._answer, key)
            if len(self._handed) >= REMEMBERED:
                self._handed.clear()  # handing over once more changes nothing
            self._handed.add(key)

    def _job_to_start(self, key: str) -> str | None:
        """The id for a new job on an event, or None while one is under way."""
        for turn in range(1000):
            job_id = f"{key}~{turn}" if turn else key
            status = DBOS.get_workflow_status(job_id)
            if status is None:
                return job_id
            if status.status in UNDONE and self._still_runs(status):
                return None
        return None

    def _still_runs(self, status: Any) -> bool:
        """Whether an undone job will be run; one that will not is called off."""
        if self._is_ours(status):
            return True
        DBOS.cancel_workflow(status.workflow_id)  # it would hold its lane for ever
        return False

    def _is_ours(self, status: Any) -> bool:
        """Whether this job will still be run: the same steps, by a process that lives."""
        if status.app_version not in {None, STEPS_VERSION}:
            return False
        mine = status.executor_id in {None, DBOS.executor_id} or status.status != "PENDING"
        if not mine and self._is_dead(status.executor_id):
            # Puts them back into the queue; each is then taken out once, whoever else does this.
            DBOS._recover_pending_workflows([status.executor_id])  # noqa: SLF001 - the SDK's way
        return True

    def _is_dead(self, executor_id: str) -> bool:
        """Whether a peer shows no life; on an embedded database there are no living peers."""
        if not self._shared or self._edge is None:
            return True
        kind, now = self._edge.tools.inbox.kind, self._beat()
        missed = range(int(DEAD_AFTER_SECONDS / SWEEP_SECONDS) + 2)
        return all(kind(_beat_key(executor_id, now + 1 - turn)) is None for turn in missed)

    def _show_life(self) -> None:
        """Leave a heartbeat for the peers; the purge forgets it like any key dealt with."""
        if self._shared and self._edge is not None:
            key = _beat_key(DBOS.executor_id, self._beat())
            self._edge.tools.inbox.record(key, HEARTBEAT, {})
            self._edge.tools.inbox.done(key)

    def _beat(self) -> int:
        """The number of the present stretch of time, the same for all peers."""
        return int(time.time() // SWEEP_SECONDS)

    def _start_soon(self) -> None:
        while (key := self._soon.get()) is not None:
            self.start(key)

    def _keep_sweeping(self, ahead: ReadingAhead) -> None:
        while not self._closing.wait(SWEEP_SECONDS):
            try:
                self.sweep()
                if self._edge is not None:
                    self._edge.tools.inbox.purge(KEYS_KEPT)
                    ahead.step()
            except Exception as failure:  # noqa: BLE001 - the next round tries again
                log.error("sweep_failed", **answering.where(failure))  # noqa: TRY400


def _register(edge: Edge) -> Callable[[str], None]:
    """Make the workflow and its steps, bound to this edge; names are fixed, closures are not."""

    @DBOS.step(name="plan")
    def plan(key: str) -> list[str]:
        return answering.plan(key, edge)

    @DBOS.step(name="post", retries_allowed=True, max_attempts=POST_TRIES, interval_seconds=5.0)
    def post(outbox_key: str) -> bool:
        return answering.post(outbox_key, edge)

    @DBOS.step(name="close")
    def close(key: str) -> None:
        answering.close(key, edge)

    @DBOS.workflow(name="answer")
    def answer(key: str) -> None:
        for outbox_key in plan(key):
            post(outbox_key)
        close(key)

    return answer


def _register_imports(edge: Edge, closing: threading.Event) -> Callable[[str], None]:
    """Make the workflow of an import: stretches of work, then the word that it is over."""

    @DBOS.step(name="stretch")
    def stretch(identity: str) -> float | None:
        return imports.stretch(identity, edge, closing)

    @DBOS.step(name="tell", retries_allowed=True, max_attempts=POST_TRIES, interval_seconds=5.0)
    def tell(identity: str) -> bool:
        return imports.tell(identity, edge)

    @DBOS.workflow(name="bring_in")
    def bring_in(identity: str) -> None:
        while (wait := stretch(identity)) is not None:
            if wait:
                DBOS.sleep(min(wait, IMPORT_PAUSE_SECONDS))
        tell(identity)

    return bring_in


def _register_crm(edge: Edge, closing: threading.Event) -> Callable[[], None]:
    """Make the workflow of the CRM: stretches until nothing is due; how far it came lies in SQL."""

    @DBOS.step(name="crm_stretch")
    def crm_stretch() -> bool:
        crm = edge.tools.crm
        return crm is not None and stretch(Desk(edge.tools, crm), closing.is_set)

    @DBOS.workflow(name=SYNC)
    def sync_crm() -> None:
        while crm_stretch():
            pass

    return sync_crm


def _config(settings: Settings, executor: str) -> DBOSConfig:
    return DBOSConfig(
        name="trailguide",
        system_database_url=_jobs_database(settings),
        application_version=STEPS_VERSION,
        executor_id=executor,
        log_level="WARNING",
        console_log_level="WARNING",
    )


def _beat_key(executor_id: str, beat: int) -> str:
    return f"alive:{executor_id}:{beat}"


def _jobs_database(settings: Settings) -> str:
    """DBOS's own tables: beside ours on a server, in a file of the home folder when embedded."""
    if settings.database_url and settings.shares_database:
        return settings.database_url
    path = (settings.home / "jobs.db").absolute()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # stays with the file
    connection.close()
    return f"sqlite:///{path}"
