"""Which jobs will still be run: by this process, or by a peer whose heart beats."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from dbos import DBOS
from dbos._dbos import _get_dbos_instance

from bot.listeners.teams import Teams

STEPS_VERSION = "2"
"""Raise it when the order of a workflow's steps changes: older jobs are then begun afresh."""
HEARTBEAT, ALIVE = "heartbeat", "alive:"
UNDONE = ["ENQUEUED", "PENDING", "DELAYED"]
SWEEP_SECONDS = 20.0
"""Between two sweeps, and between two heartbeats for the peers on a shared database."""
DEAD_AFTER_SECONDS = 90.0
"""Four heartbeats missed: a busy machine misses one or two. Longest silence of our own, before we
judge a peer again for as long, is half of it: what silenced us silenced the peer."""


class Lives:
    """Tells which undone jobs live; `shared` says whether other bots work on the same database."""

    def __init__(
        self, teams: Teams, *, shared: bool, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._teams = teams
        self._shared = shared
        self._monotonic = monotonic
        self._shown_at: float | None = None
        self._shown_since = 0.0
        self._idle: dict[str, float] = {}
        self._looked_at: set[str] = set()

    def job_to_start(self, key: str) -> str | None:
        """The id for a new job on an event, or None while one is under way."""
        for turn in range(1000):
            job_id = f"{key}~{turn}" if turn else key
            status = DBOS.get_workflow_status(job_id)
            if status is None:
                return job_id
            if status.status in UNDONE and self.still_runs(status):
                return None
        return None

    def looked_at_all(self) -> None:
        """Note that a sweep is over: what it met no more is forgotten."""
        self._idle = {job: at for job, at in self._idle.items() if job in self._looked_at}
        self._looked_at.clear()

    def still_runs(self, status: Any) -> bool:
        """Whether an undone job will be run; one that will not is called off."""
        if self._is_ours(status):
            return True
        DBOS.cancel_workflow(status.workflow_id)  # it would hold its lane for ever
        return False

    def _is_ours(self, status: Any) -> bool:
        """Whether this job will still be run: the same steps, by a process that lives."""
        if status.app_version not in {None, STEPS_VERSION} or self._is_left_lying(status):
            return False
        mine = status.executor_id in {None, DBOS.executor_id} or status.status != "PENDING"
        if not mine and self._is_dead(status.executor_id):
            # Puts them back into the queue; each is then taken out once, whoever else does this.
            DBOS._recover_pending_workflows([status.executor_id])  # noqa: SLF001 - the SDK's way
        return True

    def _is_left_lying(self, status: Any) -> bool:
        """Whether it should run in this process and, at two looks well apart, no thread has it.

        A job has none for a moment after it was taken from the queue. A queue's database that was
        full, or gone, ends its threads and leaves "running" written.
        """
        active = _get_dbos_instance()._active_workflows_set.activeList()  # noqa: SLF001 - no other way
        job = status.workflow_id
        ours = status.status == "PENDING" and status.executor_id == DBOS.executor_id
        if not ours or job in active:
            self._idle.pop(job, None)
            return False
        self._looked_at.add(job)
        now = self._monotonic()
        return now - self._idle.setdefault(job, now) >= SWEEP_SECONDS / 2

    def _is_dead(self, executor_id: str) -> bool:
        """Whether a peer shows no life; on an embedded database there are no living peers."""
        if not self._shared:
            return True
        if not self._would_have_heard():
            return False
        kind, now = self._teams.house.kind, self._beat()
        missed = range(int(DEAD_AFTER_SECONDS / SWEEP_SECONDS) + 2)
        return all(kind(_beat_key(executor_id, now + 1 - turn)) is None for turn in missed)

    def show(self) -> None:
        """Leave a heartbeat for the peers; the purge forgets it like any key dealt with."""
        if self._shared:
            key = _beat_key(DBOS.executor_id, self._beat())
            self._teams.house.record(key, HEARTBEAT, {})
            self._teams.house.done(key)
            now = self._monotonic()
            if self._shown_at is None or self._is_silence(now - self._shown_at):
                self._shown_since = now
            self._shown_at = now

    def _would_have_heard(self) -> bool:
        """Whether a living peer could leave its beats: our own came through for long enough.

        Nobody can while the database is away, and a peer's threads then live on in their steps.
        """
        if self._shown_at is None or self._is_silence(self._monotonic() - self._shown_at):
            return False
        return self._shown_at - self._shown_since >= DEAD_AFTER_SECONDS

    def _is_silence(self, seconds: float) -> bool:
        return seconds > DEAD_AFTER_SECONDS / 2

    def _beat(self) -> int:
        """The number of the present stretch of time, the same for all peers.

        By the database's clock: one machine's that is set wrong must not make others look dead.
        """
        return int(self._teams.house.database_seconds() // SWEEP_SECONDS)


def _beat_key(executor_id: str, beat: int) -> str:
    return f"{ALIVE}{executor_id}:{beat}"
