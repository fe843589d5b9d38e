"""What the bot does by itself to keep the library in order: links asked, owners reminded.

A chore is recorded as an event under a key of its hour or day, so that of any number of processes
one does it, once.
"""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import structlog

from bot.flow import canary
from bot.flow.checking_links import check_links, upkeeper
from bot.flow.standing import rosters_wanted
from bot.flow.track_check import plan_file_problems
from bot.listeners import plan_trouble, privacy_chores, role_trouble
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.replies import Reply
from bot.listeners.waking import send_waiting
from knowledge.errors import places

LINKS, REMINDERS, ROLES, PLANS, INDEX = "links", "reminders", "roles", "plan files", "index"
LINKS_AN_HOUR = 60
"""Ten thousand pieces are asked about within a week, a page a minute."""
BUDGET_SECONDS = 120.0
"""For one hour's links: a job is one of four that answer people."""
REMIND_FROM, WEEKDAYS = time(9, 0), 5
REMINDERS_EACH = 5
"""A day and owner: more would be closed unread; the rest comes the days after."""

log = structlog.get_logger("trailguide.chores")


def record_due(edge: Edge) -> int:
    """Record what is due this hour and today; returns how many were new. Called again and again."""
    recorded = 0
    try:
        for event in _due(edge):
            if edge.tools.inbox.kind(event.key) is None:
                recorded += edge.tools.inbox.record(
                    event.key, event.kind, event.payload(), lane="chores"
                )
    except Exception as failure:  # noqa: BLE001 - the sweep has other work, and comes again
        where = {"error": type(failure).__name__, "at": places(failure)}
        log.error("chores_not_recorded", **where)  # noqa: TRY400 - no lead data
    return recorded


def do(event: Incoming, edge: Edge) -> list[Reply]:
    """Do one; what must be told is left by the change itself, and handed over."""
    if event.action == ROLES:
        return role_trouble.look(event, edge)
    if event.action == PLANS:
        return plan_trouble.look(event, edge)
    if event.action == INDEX:
        canary.prove_hourly(edge.tools)
        return []
    keeper = upkeeper(edge.tools)
    if event.action in privacy_chores.ACTIONS:
        privacy_chores.do(event.action, edge)
    elif event.action == LINKS:
        due = keeper.links_to_check(LINKS_AN_HOUR)
        with edge.tools.turns.waiting():
            check_links(due, edge.tools, budget_seconds=BUDGET_SECONDS)
    else:
        keeper.remind(REMINDERS_EACH)
    send_waiting(edge)
    return []


def _due(edge: Edge) -> list[Incoming]:
    now = edge.tools.clock.now()
    due = [_event(what, when, edge) for what, when in privacy_chores.due(edge)]
    due.append(_event(INDEX, f"{now:%Y-%m-%dT%H}", edge))
    if edge.tools.settings.check_links and upkeeper(edge.tools).links_to_check(1):
        due.append(_event(LINKS, f"{now:%Y-%m-%dT%H}", edge))
    if rosters_wanted(edge.tools):
        due.append(_event(ROLES, f"{now:%Y-%m-%dT%H}", edge))
    if plan_file_problems(edge.tools.settings.home):
        due.append(_event(PLANS, f"{now:%Y-%m-%dT%H}", edge))
    local: datetime = now.astimezone(ZoneInfo(edge.tools.settings.time_zone))
    if local.time() >= REMIND_FROM and local.weekday() < WEEKDAYS:
        due.append(_event(REMINDERS, f"{local.date()}", edge))
    return due


def _event(what: str, when: str, edge: Edge) -> Incoming:
    return Incoming(f"chore:{what}:{when}", Kind.CHORE, edge.team, "", action=what)
