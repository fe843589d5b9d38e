"""The durable workflows and their steps; names are fixed, closures are not.

Each step may run twice, so what it calls looks first at what was done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from dbos import DBOS

from bot.flow.crm_desk import Desk
from bot.flow.crm_sync import stretch
from bot.listeners import answering, imports
from bot.listeners.edge import Edge
from bot.listeners.teams import Teams, of_team
from bot.outlasting import outlasting
from knowledge.teams import job_name, team_and_key

SYNC = "sync_crm"
IMPORT_PAUSE_SECONDS = 300.0
"""Longest an import sleeps at a time, however long its sites want to be left alone."""
POST_TRIES = 3
"""Each try waits for Slack for about a minute; after that the sweep begins again."""


def of_answers(teams: Teams, closing: threading.Event) -> Callable[[str], None]:
    """Make the workflow of an event over these teams: plan what to post, post it, close."""

    @DBOS.step(name="plan")
    def plan(job: str) -> list[str]:
        return outlasting(
            closing,
            lambda: of_team(job, teams, answering.plan, []),
            lambda: of_team(job, teams, _writable, None),
        )

    @DBOS.step(name="post", retries_allowed=True, max_attempts=POST_TRIES, interval_seconds=5.0)
    def post(job: str) -> bool:
        return outlasting(closing, lambda: of_team(job, teams, answering.post, False))

    @DBOS.step(name="close")
    def close(job: str) -> None:
        of_team(job, teams, answering.close, None)

    @DBOS.workflow(name="answer")
    def answer(job: str) -> None:
        team, _ = team_and_key(job)
        for outbox_key in plan(job):
            post(job_name(team, outbox_key))
        close(job)

    return answer


def _writable(_: str, edge: Edge) -> None:
    edge.tools.inbox.try_to_write()


def of_imports(teams: Teams, closing: threading.Event) -> Callable[[str], None]:
    """Make the workflow of an import: stretches of work, then the word that it is over."""

    def worked(identity: str, edge: Edge) -> float | None:
        return imports.stretch(identity, edge, closing)

    @DBOS.step(name="stretch")
    def stretch(job: str) -> float | None:
        return of_team(job, teams, worked, None)

    @DBOS.step(name="tell", retries_allowed=True, max_attempts=POST_TRIES, interval_seconds=5.0)
    def tell(job: str) -> bool:
        return of_team(job, teams, imports.tell, False)

    @DBOS.workflow(name="bring_in")
    def bring_in(job: str) -> None:
        while (wait := stretch(job)) is not None:
            if wait:
                DBOS.sleep(min(wait, IMPORT_PAUSE_SECONDS))
        tell(job)

    return bring_in


def of_crm(teams: Teams, closing: threading.Event) -> Callable[[str], None]:
    """Make the workflow of a CRM: stretches until nothing is due; how far it came lies in SQL."""

    def worked(_: str, edge: Edge) -> bool:
        crm = edge.tools.crm
        return crm is not None and stretch(Desk(edge.tools, crm), closing.is_set)

    @DBOS.step(name="crm_stretch")
    def crm_stretch(team: str) -> bool:
        return of_team(job_name(team, ""), teams, worked, False)

    @DBOS.workflow(name=SYNC)
    def sync_crm(team: str = "") -> None:
        while crm_stretch(team):
            pass

    return sync_crm
