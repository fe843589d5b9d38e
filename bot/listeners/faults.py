"""What fails before work is handed over: one sentence with a reference that finds the log line."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from typing import Any

import structlog
from slack_bolt import BoltContext, BoltResponse

from bot.listeners import threads
from bot.listeners.edge import Edge
from bot.listeners.teams import TEAM, Teams
from bot.views import words_manners as words
from knowledge.errors import SlackFailed, StorageFailed, places

log = structlog.get_logger("trailguide.faults")


def note(event: str, bug: BaseException, **ids: str) -> str:
    """Log type and place of a failure; returns the reference that stands beside them."""
    reference = secrets.token_hex(4)
    log.error(event, reference=reference, error=type(bug).__name__, at=places(bug), **ids)
    return reference


def when_not_recorded(teams: Teams, windows: Collection[str]) -> Callable[..., BoltResponse]:
    """Make Bolt's error handler: the person is told, and what Slack repeats is asked for again.

    `windows` are the buttons that open a window, by action id.
    """

    def handle(error: Exception, body: dict[str, Any], context: BoltContext) -> BoltResponse:
        reference = note("not_taken_in", error)
        # By 503 a balancer asks the next bot, whose database may be there; 500 is a fault of ours.
        status = 503 if isinstance(error, StorageFailed) else 500
        if body.get("type") == "view_submission":
            return _form_stays(body, reference, status)
        if "command" in body:  # Slack repeats no command; what it shows of a 500 says nothing
            told = {"response_type": "ephemeral", "text": words.not_kept(reference)}
            return BoltResponse(status=200, body=told)
        opens = _is_window(body, windows)
        sentence = words.not_opened(reference) if opens else words.not_kept(reference)
        try:
            with teams.lend(str(context.get(TEAM) or "")) as edge:
                if _is_for_us(body, edge):
                    say(body, sentence, edge)
        except Exception as lost:  # noqa: BLE001 - the team's own place is what failed, perhaps
            log.warning("not_said", reason=type(lost).__name__)
        return BoltResponse(status=status, body="")

    return handle


def say(body: dict[str, Any], sentence: str, edge: Edge) -> None:
    """A line that only the person behind a request sees; in direct messages when it has no place.

    Bots are told nothing, and a Slack that cannot be reached is no second failure.
    """
    event = _part(body, "event")
    user, channel = who(body), where_from(body)
    if not user or event.get("bot_id"):
        return
    try:
        edge.poster.whisper(channel or edge.poster.direct_channel(user), user, sentence)
    except SlackFailed:
        log.warning("not_said")


def who(body: dict[str, Any]) -> str:
    """The user behind a request, or empty."""
    event = _part(body, "event")
    named = event.get("user") or body.get("user_id") or _part(body, "user").get("id")
    return str(named or "")


def where_from(body: dict[str, Any]) -> str:
    """The channel a request comes from, or empty."""
    event = _part(body, "event")
    named = event.get("channel") or body.get("channel_id") or _part(body, "channel").get("id")
    return named if isinstance(named, str) else ""


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    """A part of a request; empty where it is none, or is of another kind."""
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _is_for_us(body: dict[str, Any], edge: Edge) -> bool:
    """Whether the person spoke to the bot: talk of others in a channel is none of its business.

    A message that mentions it comes once more as a mention of its own, and is answered as that.
    """
    event = _part(body, "event")
    if event.get("type") != "message" or event.get("channel_type") == "im":
        return True
    thread = str(event.get("thread_ts") or "")
    if not thread:
        return False
    try:
        return threads.suggestion_for(edge.tools, where_from(body), thread, who(body)) is not None
    except Exception:  # noqa: BLE001 - the database is what failed, perhaps: then nobody knows
        return False


def _is_window(body: dict[str, Any], windows: Collection[str]) -> bool:
    """Whether it would have opened a window, which keeps nothing."""
    names = {str(a.get("action_id")) for a in body.get("actions") or []}
    return bool(names.intersection(windows)) or body.get("type") in {"shortcut", "message_action"}


def _form_stays(body: dict[str, Any], reference: str, status: int) -> BoltResponse:
    """The form stays open with what was typed, the sentence beside its first field."""
    blocks = (body.get("view") or {}).get("blocks") or []
    field = next((b.get("block_id") for b in blocks if b.get("type") == "input"), None)
    if field is None:
        return BoltResponse(status=status, body="")
    told = {"response_action": "errors", "errors": {field: words.not_saved(reference)}}
    return BoltResponse(status=200, body=told)
