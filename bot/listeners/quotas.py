"""How much one person, and all together, may ask within a minute; who asks more is told so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from slack_bolt import BoltResponse

from bot import measures
from bot.listeners import acts
from bot.listeners.edge import Edge
from bot.listeners.handling import FORMS
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.lanes import lane_of
from bot.listeners.quotas_told import seconds_to
from bot.views import words_quotas as words
from knowledge.roles import Act
from storage.quotas import CAPPED, Asked, Caps, Quotas, Taken

WRITTEN = frozenset({
    Kind.MENTION, Kind.DIRECT, Kind.FOLLOW_UP, Kind.COMMAND, Kind.ADDING, Kind.ASSISTANT,
})  # fmt: skip


def is_counted(event: Incoming) -> bool:
    """Whether it is an ask: something written, or what makes a new card; no press on one."""
    return event.kind in WRITTEN or acts.needed_for(event) is Act.ASK


def keep(event: Incoming, edge: Edge) -> Taken:
    """Keep an event before it is acknowledged; of an ask that is one too many, its key alone."""
    lane, settings = lane_of(event), edge.tools.settings
    if not event.user or not is_counted(event):
        kept = edge.tools.inbox.record(
            event.key, event.kind, event.payload(), lane=lane, first=True
        )
        return Taken(is_new=kept)
    answered_at_once = event.kind in {Kind.COMMAND, Kind.SUBMISSION}
    return Quotas(edge.tools.db, edge.tools.clock).take(
        Asked(event.key, event.kind, event.user, event.payload(), lane),
        Caps(settings.asks_per_minute, settings.team_asks_per_minute),
        None if answered_at_once else lambda go_on: _notice(event, go_on),
    )


def refuse(event: Incoming, taken: Taken, edge: Edge) -> BoltResponse | None:
    """The answer to a request whose ask was not taken; None where it was.

    Slack shows what answers a command or a form; anybody else is told by a message.
    """
    if taken.go_on is None:
        return None
    measures.CAPPED.inc()
    if taken.tell:
        edge.start(taken.tell)
    seconds = seconds_to(taken.go_on, edge)
    told: dict[str, Any] | str = ""
    if event.kind is Kind.COMMAND:
        told = {"response_type": "ephemeral", "text": words.left(seconds)}
    elif event.kind is Kind.SUBMISSION:
        errors = {FORMS[event.action].field: words.form_stays(seconds)}
        told = {"response_action": "errors", "errors": errors}
    return BoltResponse(status=200, body=told)


def _notice(event: Incoming, go_on: datetime) -> dict[str, Any]:
    """The event that tells the person, where nobody else reads it."""
    alone = event.kind in {Kind.DIRECT, Kind.ASSISTANT}
    told = Incoming(
        key=f"{CAPPED}:{event.key}",
        kind=Kind.CAPPED,
        team=event.team,
        user=event.user,
        channel=event.channel if alone else event.user,
        thread_ts=event.thread_ts if alone else "",
        until=go_on.isoformat(),
    )
    return told.payload()
