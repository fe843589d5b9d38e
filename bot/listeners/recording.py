"""The middleware that keeps an event before it is acknowledged, and knows a repeat (decision 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import BoltContext, BoltResponse

from bot import measures
from bot.listeners import outsiders, quotas, threads
from bot.listeners.edge import Edge
from bot.listeners.handling import objections
from bot.listeners.reading import incoming
from bot.listeners.storable import make_storable
from bot.listeners.teams import TEAM, Teams

EVENT_KEY = "event_key"
"""Set in Bolt's context when the event is new and on disk."""

log = structlog.get_logger("trailguide.recording")


def recording(teams: Teams) -> Callable[..., BoltResponse | None]:
    """Make the middleware; a retry header means nothing to it, only whether the key is known."""

    def record(
        body: dict[str, Any], context: BoltContext, next_: Callable[[], BoltResponse]
    ) -> BoltResponse | None:
        with teams.lend(str(context.get(TEAM) or "")) as edge:
            done = _recorded(body, context, edge)
        if done is None:
            next_()
        return done

    return record


def _recorded(body: dict[str, Any], context: BoltContext, edge: Edge) -> BoltResponse | None:
    """Keep what asks for work; the answer when there is nothing more to do."""

    def is_for_us(channel: str, thread_ts: str, user: str) -> bool:
        return threads.suggestion_for(edge.tools, channel, thread_ts, user) is not None

    make_storable(body)
    if outsiders.is_outsider(body, edge.team):
        log.info("outsider")
        return BoltResponse(status=200, body="")
    event = incoming(body, edge.bot_user, is_for_us)
    if event is None:
        return None
    event = outsiders.marked(event, body)
    if found := objections(event, edge):
        # The modal stays open with what was typed in it, so there is nothing to keep yet.
        return BoltResponse(
            status=200,
            body={"response_action": "errors", "errors": found},
        )
    kept = quotas.keep(event, edge)
    if not kept.is_new:
        log.info("repeat", key=event.key)
        measures.REPEATS.inc()
        return BoltResponse(status=200, body="")
    if (refused := quotas.refuse(event, kept, edge)) is not None:
        return refused
    measures.EVENTS.labels(event.kind.value).inc()
    context[EVENT_KEY] = event.key
    return None
