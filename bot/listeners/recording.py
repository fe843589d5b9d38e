"""The middleware that keeps an event before it is acknowledged, and knows a repeat (decision 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import BoltContext, BoltResponse

from bot.listeners import threads
from bot.listeners.answering import where
from bot.listeners.edge import Edge
from bot.listeners.handling import objections
from bot.listeners.reading import incoming
from bot.views import words

EVENT_KEY = "event_key"
"""Set in Bolt's context when the event is new and on disk."""

log = structlog.get_logger("trailguide.recording")


def recording(edge: Edge) -> Callable[..., BoltResponse | None]:
    """Make the middleware; a retry header means nothing to it, only whether the key is known."""

    def is_for_us(channel: str, thread_ts: str, user: str) -> bool:
        return threads.suggestion_for(edge.tools, channel, thread_ts, user) is not None

    def record(
        body: dict[str, Any], context: BoltContext, next_: Callable[[], BoltResponse]
    ) -> BoltResponse | None:
        event = incoming(body, edge.bot_user, is_for_us)
        if event is None:
            next_()
            return None
        if found := objections(event, edge):
            # The modal stays open with what was typed in it, so there is nothing to keep yet.
            return BoltResponse(
                status=200,
                body={"response_action": "errors", "errors": found},
            )
        if not edge.tools.inbox.record(event.key, event.kind, event.payload()):
            log.info("repeat", key=event.key)
            return BoltResponse(status=200, body="")
        context[EVENT_KEY] = event.key
        next_()
        return None

    return record


def when_not_recorded(edge: Edge) -> Callable[..., BoltResponse]:
    """Make the error handler: Slack is told to try again, and the user to do so, too."""

    def handle(error: Exception, body: dict[str, Any]) -> BoltResponse:
        log.error("not_taken_in", **where(error))
        event = body.get("event") or {}
        user = str(
            event.get("user") or body.get("user_id") or (body.get("user") or {}).get("id") or ""
        )
        channel = str(
            event.get("channel")
            or body.get("channel_id")
            or (body.get("channel") or {}).get("id")
            or ""
        )
        if user and channel and not event.get("bot_id"):
            edge.poster.whisper(channel, user, words.KEPT_NOT)
        return BoltResponse(status=500, body="")

    return handle
