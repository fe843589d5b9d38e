"""The work behind an event: plan the messages that answer it, post them, close the event.

Each step may run twice (a process can die between any two), so each looks first at what was done.
Nothing here knows about queues; `bot.jobs` strings the steps together durably.
"""

from __future__ import annotations

import structlog

from bot.listeners import digest, faults, handling, notices, outsiders, threads
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.replies import Reply, answer_to_asker
from bot.measures import SECONDS_TO_CARD
from bot.views import escape, words, words_coverage, words_report, words_touches
from bot.views.blocks import line
from knowledge.errors import TrailguideError, places
from storage.away import noticing

TOLD_LIMIT = 1500
"""Of a failure's sentence, which may quote what was typed."""

log = structlog.get_logger("trailguide.answering")

_NOT_SHOWN = {
    "picture": words_coverage.NO_UPLOAD,
    "export": words_touches.NOT_UPLOADED,
    "report": words_report.NOT_POSTED,
}
"""What is said in place of what Slack refuses, by the part of the answer."""


def plan(key: str, edge: Edge) -> list[str]:
    """Work out the answer to an event and plan its messages; returns their outbox keys in order.

    Whatever fails becomes a sentence for the person who asked (M59). A database that is away for a
    while does not: then this raises `DatabaseAway`, and is to be done again.
    """
    event = event_of(key, edge)
    if event is None or digest.is_over(event, edge):
        return []
    planned = edge.tools.inbox.payload(_plan_key(key))
    if planned is not None:
        return [str(k) for k in planned["outbox"]]
    with noticing() as away:
        replies = _replies(event, edge)
        inside = outsiders.only_inside(event, replies, edge.channels)
    if away:  # some of it was not kept, whatever the answer says
        raise away[0]
    keys = [_plan_one(event, reply, edge) for reply in inside]
    edge.tools.inbox.note(_plan_key(key), threads.KIND, {"outbox": keys})
    return keys


def _replies(event: Incoming, edge: Edge) -> list[Reply]:
    """What to post, or a sentence on why there is nothing else to post."""
    key = event.key
    try:
        kept_out = outsiders.kept_out(event, edge.channels)
        with edge.tools.turns.working():
            return handling.answer(event, edge) if kept_out is None else kept_out
    except TrailguideError as told:
        log.info("told_the_user", key=key, error=type(told).__name__)
        return answer_to_asker(
            event, edge, line(words.refused(escape.mrkdwn(str(told), TOLD_LIMIT))), "told"
        )
    except Exception as bug:  # noqa: BLE001 - the edge: a bug must become an answer, not silence
        reference = faults.note("bug", bug, key=key)
        return answer_to_asker(event, edge, line(words.failed(reference)), "failed")


def post(outbox_key: str, edge: Edge) -> bool:
    """Post one planned message; True when it is in Slack. Raises `SlackFailed` to try later."""
    posted = edge.poster.post(outbox_key)
    if posted is None:
        return _told_plainly(outbox_key, edge)
    suggestion_id = threads.noted(edge.tools.inbox, f"card:{outbox_key}")
    if suggestion_id:
        _count_time(outbox_key, edge)
        edge.tools.suggestions.card_posted(suggestion_id, posted.channel, posted.ts)
        threads.follow(edge.tools.inbox, posted.channel, posted.ts, suggestion_id)
        notices.withdrawn_while_posted(outbox_key, suggestion_id, edge)
    return True


def _count_time(outbox_key: str, edge: Edge) -> None:
    kept_at = edge.tools.inbox.received_at(outbox_key.rpartition(":")[0])
    if kept_at is not None:
        SECONDS_TO_CARD.observe((edge.tools.clock.now() - kept_at).total_seconds())


def _told_plainly(outbox_key: str, edge: Edge) -> bool:
    """One plain line to the asker in place of what Slack refuses for good (M59)."""
    event = event_of(outbox_key.rpartition(":")[0], edge)
    if event is None:
        return False
    told = _NOT_SHOWN.get(outbox_key.rpartition(":")[2], words.NOT_SHOWN)
    if not event.user:
        return False
    plain = edge.poster.plan(f"{outbox_key}~plain", line(told), channel=event.user)
    return edge.poster.post(plain) is not None


def close(key: str, edge: Edge) -> None:
    """Mark the event as answered; its key stays, so that a repeat is known."""
    edge.tools.inbox.done(key)


def event_of(key: str, edge: Edge) -> Incoming | None:
    """The event kept under a key; None when it was erased since, or is none of the work kinds."""
    payload = edge.tools.inbox.payload(key)
    if payload is None or edge.tools.inbox.kind(key) not in set(Kind):
        return None
    return Incoming.from_payload(payload)


def where(bug: BaseException) -> dict[str, object]:
    """Type and place of a failure, for the log."""
    return {"error": type(bug).__name__, "at": places(bug)}


def _plan_key(key: str) -> str:
    return f"plan:{key}"


def _plan_one(event: Incoming, reply: Reply, edge: Edge) -> str:
    key = f"{event.key}:{reply.part}"
    if reply.card_of:
        threads.note(edge.tools.inbox, f"card:{key}", reply.card_of)
    if reply.file:
        return edge.poster.plan_file(
            key, reply.file, channel=reply.channel, thread_ts=reply.thread_ts
        )
    return edge.poster.plan(
        key,
        reply.message,
        channel=reply.channel,
        thread_ts=reply.thread_ts,
        update_ts=reply.update_ts,
    )
