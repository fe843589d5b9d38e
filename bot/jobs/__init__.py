"""Durable jobs: the only package that knows DBOS.

A job's argument is an inbox key with its team (`knowledge.teams`); what it works on lies in that
team's own tables, and each step is lent its edge alone. Four traps of DBOS, each seen once, are
closed here: the application version is ours and not a hash of the source; each place in a home
folder has its own executor id (`bot.places`); jobs of a process that died for good are taken over,
when its heartbeat has stopped; and only the bot launches DBOS.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue

import structlog
from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID

from bot.flow.coverage import ReadingAhead
from bot.flow.crm_desk import Desk
from bot.flow.crm_sync import anything_due
from bot.jobs import lives, steps
from bot.jobs.lives import ALIVE, STEPS_VERSION, UNDONE, Lives
from bot.listeners import answering, chores, digest, imports, reporting
from bot.listeners.edge import Edge
from bot.listeners.teams import Teams, as_teams
from bot.places import executor_id
from bot.settings import Settings
from knowledge.errors import TrailguideError
from knowledge.teams import NotInstalled, job_name, jobs_of
from storage.postgresql import with_dead_lines_found

ANSWERS = "answers"
IMPORTS = "imports"
CRM = "crm"
CRM_JOB = "crm:"
ANSWERS_AT_ONCE = 32
"""Under way at a time, most of them waiting for a chat model or for Slack; few compute at once
(`bot.flow.turns`). Asks that come once a second to a model of 20 s keep 20 busy."""
QUEUE_POLL_SECONDS = 0.1
"""A rep waits half of this on average; ten small reads a second cost under 1% of a core."""
KEYS_KEPT = timedelta(days=30)
"""Slack repeats an event for about an hour; a month also serves to look into a complaint."""
REMEMBERED = 10_000
"""Keys handed over, to spare the queue a look; far more than wait at a time."""
PLACES_SINCE = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
PLACES_A_SECOND = 5
"""Places in the queue rise with time, so that a restart goes on after what waits; 31 bits of them
last 13 years. More events than that a second only run ahead of the clock for a while."""

log = structlog.get_logger("trailguide.jobs")


class Jobs:
    """Runs answers durably; make one, `launch` it, `close` it."""

    def __init__(self, settings: Settings, executor: str = "") -> None:
        self._settings = settings
        self._executor = executor or executor_id(settings.home)
        self._shared = settings.shares_database
        self._teams: Teams | None = None
        self._lives: Lives | None = None
        self._closing = threading.Event()
        self._sweeper: threading.Thread | None = None
        self._answer: Callable[[str], None] | None = None
        self._bring_in: Callable[[str], None] | None = None
        self._sync: Callable[[str], None] | None = None
        self._read_at: dict[str, str] = {}
        self._handed: set[str] = set()
        self._turn = threading.Lock()
        self._place = 0
        self._soon: SimpleQueue[tuple[str, str] | None] = SimpleQueue()
        self._starter = threading.Thread(target=self._start_soon, daemon=True, name="starter")

    def launch(self, served: Edge | Teams) -> None:
        """Start DBOS, take up what a former run left, and keep sweeping."""
        teams = self._teams = as_teams(served)
        self._lives = Lives(teams, shared=self._shared)
        DBOS(config=_config(self._settings, self._executor))
        self._answer = steps.of_answers(teams, self._closing)
        self._bring_in = steps.of_imports(teams, self._closing)
        self._sync = steps.of_crm(teams, self._closing)
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
        self._sweeper = threading.Thread(target=self._keep_sweeping, daemon=True, name="sweeper")
        self._sweeper.start()

    def runs(self) -> bool:
        """Whether jobs are launched and taken up."""
        alive = self._sweeper is not None and self._sweeper.is_alive()
        return alive and not self._closing.is_set()

    def soon(self, key: str, team: str = "") -> None:
        """Have an event handed over by another thread; Slack's few threads only acknowledge.

        What a death leaves here lies in the inbox, and the sweep of the next start takes it up.
        """
        self._soon.put((team, key))

    def start(self, key: str, team: str = "") -> None:
        """Hand an event over; when that fails it stays in the inbox, and the sweep tries again.

        Of two events at once the later one may be handed over first; what came before it in its
        lane then goes along.
        """
        try:
            with self._lent(team) as edge:
                for earlier in self._up_to(key, team, edge):
                    self._enqueue(job_name(team, earlier), earlier, team, edge)
        except Exception as failure:  # noqa: BLE001 - the event is on disk; the sweep takes it up
            log.error("not_started", key=key, **answering.where(failure))  # noqa: TRY400

    def sweep(self) -> int:
        """Start every event that waits and that no living job works on; returns how many.

        Digests come last: they may ask Slack about people, and what waits must not wait for that.
        """
        if self._teams is None:
            return 0
        self._living.show()
        self._let_go(self._teams)
        started = sum(self._sweep_team(team) for team in self._teams.ids())
        self._living.looked_at_all()
        return started

    def _sweep_team(self, team: str) -> int:
        """Sweep for one team; of many, the trouble of one does not keep the others waiting."""
        try:
            with self._lent(team) as edge:
                started = self._take_up(edge, team)
                self._take_up_imports(edge, team)
                self._take_up_crm(edge, team)
                new = digest.record_due(edge) + chores.record_due(edge)
                new += reporting.record_due(edge)
                return started + self._take_up(edge, team) if new else started
        except NotInstalled:  # it left meanwhile
            return 0
        except Exception as failure:
            if not team:
                raise
            log.error("sweep_failed", team=team, **answering.where(failure))  # noqa: TRY400
            return 0

    def _let_go(self, teams: Teams) -> None:
        """End the jobs of teams that leave, and remove what they hold; what is in use waits."""
        for team in teams.leaving():
            try:
                ended = DBOS.list_workflows(
                    workflow_id_prefix=jobs_of(team), status=UNDONE, load_input=False,
                    load_output=False,
                )  # fmt: skip
                if ended:
                    DBOS.cancel_workflows([each.workflow_id for each in ended])
                log.info("team_leaves", team=team, jobs=len(ended), removed=teams.remove(team))
            except Exception as failure:  # noqa: BLE001 - the next sweep tries again
                log.error("team_not_removed", team=team, **answering.where(failure))  # noqa: TRY400

    def _take_up(self, edge: Edge, team: str) -> int:
        started = 0
        for key in edge.tools.inbox.pending():
            if key.startswith(ALIVE):  # of a bot that died in the midst of it
                edge.tools.inbox.done(key)
            if answering.event_of(key, edge) is None:
                continue
            named = job_name(team, key)
            job_id = self._living.job_to_start(named)
            # A job that ended while we looked has closed its event by now.
            if job_id and (job_id == named or key in edge.tools.inbox.pending()):
                log.info("taken_up", key=key, job=job_id)
                self._enqueue(job_id, key, team, edge)
                started += 1
        return started

    def _take_up_imports(self, edge: Edge, team: str) -> None:
        """Start the imports that are left to the bot and that no living job works on."""
        for identity in imports.waiting(edge):
            job_id = self._living.job_to_start(job_name(team, f"import:{identity}"))
            if job_id and self._bring_in is not None:
                log.info("import_taken_up", id=identity, job=job_id)
                with SetWorkflowID(job_id):
                    DBOS.enqueue_workflow(IMPORTS, self._bring_in, job_name(team, identity))

    def _take_up_crm(self, edge: Edge, team: str) -> None:
        """Start the work with the CRM when there is some, and none is under way."""
        try:
            crm = edge.tools.crm
        except TrailguideError as missing:  # it must not keep the rest of the sweep from its work
            log.warning("crm_not_usable", told=str(missing))
            return
        if crm is None or not anything_due(Desk(edge.tools, crm)):
            return
        of_this_team = job_name(team, CRM_JOB)
        under_way = DBOS.list_workflows(
            name=steps.SYNC, status=UNDONE, workflow_id_prefix=of_this_team, load_input=False
        )
        if any(self._living.still_runs(job) for job in under_way):
            return
        job_id = self._living.job_to_start(f"{of_this_team}{edge.tools.clock.now():%Y-%m-%dT%H:%M}")
        if job_id and self._sync is not None:
            log.info("crm_taken_up", job=job_id)
            with SetWorkflowID(job_id):
                DBOS.enqueue_workflow(CRM, self._sync, team)

    def close(self, patience_seconds: int = 15) -> None:
        """Stop taking work, let what runs finish, and shut DBOS down."""
        self._closing.set()
        self._soon.put(None)
        if self._starter.is_alive():
            self._starter.join(timeout=5)
        if self._sweeper is not None:
            self._sweeper.join(timeout=5)
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=patience_seconds)

    @property
    def _living(self) -> Lives:
        if self._lives is None:
            raise RuntimeError("launch the jobs before starting one")
        return self._lives

    def _lent(self, team: str) -> AbstractContextManager[Edge]:
        if self._teams is None:
            raise RuntimeError("launch the jobs before starting one")
        return self._teams.lend(team)

    def _up_to(self, key: str, team: str, edge: Edge) -> list[str]:
        """What waits in the lane of an event up to itself, and was not handed over yet."""
        inbox = edge.tools.inbox
        waiting = inbox.waiting(inbox.lane(key))
        upto = waiting[: waiting.index(key) + 1] if key in waiting else [key]
        return [k for k in upto if job_name(team, k) not in self._handed]

    def _enqueue(self, job_id: str, key: str, team: str, edge: Edge) -> None:
        if self._answer is None:
            raise RuntimeError("launch the jobs before starting one")
        named = job_name(team, key)
        lane = job_name(team, edge.tools.inbox.lane(key) or key)
        with self._turn:
            # The queue's own order is by the second on SQLite, and by the key within one.
            self._place = max(self._place + 1, int((time.time() - PLACES_SINCE) * PLACES_A_SECOND))
            place = SetEnqueueOptions(queue_partition_key=lane, priority=self._place)
            with SetWorkflowID(job_id), place:
                DBOS.enqueue_workflow(ANSWERS, self._answer, named)
            if len(self._handed) >= REMEMBERED:
                self._handed.clear()  # handing over once more changes nothing
            self._handed.add(named)

    def _start_soon(self) -> None:
        while (waiting := self._soon.get()) is not None:
            team, key = waiting
            self.start(key, team)

    def _keep_sweeping(self) -> None:
        while not self._closing.wait(lives.SWEEP_SECONDS):
            try:
                self.sweep()
                for team in self._teams.ids() if self._teams is not None else ():
                    self._tidy(team)
            except Exception as failure:  # noqa: BLE001 - the next round tries again
                log.error("sweep_failed", **answering.where(failure))  # noqa: TRY400

    def _tidy(self, team: str) -> None:
        """Forget old keys, and read ahead a little."""
        try:
            with self._lent(team) as edge:
                edge.tools.inbox.purge(KEYS_KEPT)
                ahead = ReadingAhead(edge.tools, self._read_at.get(team, ""))
                ahead.step()
                self._read_at[team] = ahead.read_at
        except Exception as failure:  # noqa: BLE001 - other teams, and the next round, go on
            log.error("sweep_failed", **answering.where(failure))  # noqa: TRY400


def _config(settings: Settings, executor: str) -> DBOSConfig:
    return DBOSConfig(
        name="trailguide",
        system_database_url=_jobs_database(settings),
        application_version=STEPS_VERSION,
        executor_id=executor,
        log_level="WARNING",
        console_log_level="WARNING",
    )


def _jobs_database(settings: Settings) -> str:
    """DBOS's own tables: beside ours on a server, in a file of the home folder when embedded."""
    if settings.database_url and settings.shares_database:
        return with_dead_lines_found(settings.database_url)
    path = (settings.home / "jobs.db").absolute()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # stays with the file
    connection.close()
    return f"sqlite:///{path}"
