"""People of other companies: they are never served, and nothing is said where they can read it."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.listeners.incoming import Incoming, Kind
from bot.listeners.replies import Reply
from bot.views import words_manners as words
from bot.views.blocks import line

KNOWN_SECONDS = 600.0
"""A channel is seldom shared; an event's own flag says so at once, whatever is remembered here."""
SHARED = ("is_ext_shared", "is_pending_ext_shared")

log = structlog.get_logger("trailguide.outsiders")


@dataclass(frozen=True, slots=True)
class Channels:
    """Which channels people of other companies can read, asked of Slack and remembered a while."""

    client: WebClient
    team: str
    monotonic: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, bool]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open_to_outsiders(self, channel: str) -> bool:
        """Whether others read it; False where Slack does not say: the event's flag counts then."""
        if channel[:1] not in {"C", "G"}:
            return False
        with self._lock:
            at, known = self._known.get(channel, (0.0, False))
            if channel in self._known and self.monotonic() - at < KNOWN_SECONDS:
                return known
        try:
            told = self.client.conversations_info(channel=channel)["channel"]
            found = is_shared(told, self.team)
        except SlackApiError as refused:
            log.warning("channel_not_told", reason=str(refused.response.get("error")))
            found = False
        except (OSError, http.client.HTTPException) as lost:
            log.warning("channel_not_told", reason=type(lost).__name__)
            return False
        with self._lock:
            self._known[channel] = (self.monotonic(), found)
        return found


def is_shared(channel: dict[str, Any], team: str) -> bool:
    """Whether a channel object of Slack's is shared with another company or another workspace."""
    if any(channel.get(name) for name in SHARED):
        return True
    others = set(channel.get("shared_team_ids") or []) - {team}
    return bool(channel.get("is_org_shared") and others)


def is_outsider(body: dict[str, Any], team: str) -> bool:
    """Whether the person behind a request belongs to another workspace; False when not told."""
    event, user = body.get("event") or {}, body.get("user") or {}
    if "command" in body:
        told = body.get("team_id")
    elif event:
        told = event.get("user_team") or event.get("source_team") or event.get("team")
    else:
        told = user.get("team_id")
    return bool(team) and str(told or "").startswith("T") and told != team


def marked(event: Incoming, body: dict[str, Any]) -> Incoming:
    """The event with what Slack itself says of its channel."""
    return replace(event, shared=True) if body.get("is_ext_shared_channel") else event


def kept_out(event: Incoming, channels: Channels | None) -> list[Reply] | None:
    """The line to the asker alone that stands for an answer in a shared channel; None elsewhere."""
    if event.kind in {Kind.COMMAND, Kind.SUBMISSION} or not _is_open(event, channels):
        return None
    said = words.SHARED_CHANNEL_ACT if event.kind is Kind.ACTION else words.SHARED_CHANNEL
    return [Reply("shared", line(said), event.user)]


def only_inside(event: Incoming, replies: list[Reply], channels: Channels | None) -> list[Reply]:
    """The replies without those that others would read, such as a card in a channel now shared."""
    places = {r.channel for r in replies}
    outside = {event.channel} if event.shared else set()
    if channels is not None:
        outside |= {place for place in places if channels.open_to_outsiders(place)}
    return [r for r in replies if r.channel not in outside]


def _is_open(event: Incoming, channels: Channels | None) -> bool:
    if event.shared:
        return True
    return channels is not None and channels.open_to_outsiders(event.channel)
