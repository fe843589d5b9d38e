"""What is said to the bot: a mention, a direct message, a follow-up in a thread of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.listeners.incoming import Incoming, Kind
from bot.listeners.reading.shortcuts import files_of
from bot.listeners.wire_text import readable

IsForUs = Callable[[str, str, str], bool]
"""Whether a thread (channel, its timestamp) holds a suggestion made for this person."""


def read_event(body: dict[str, Any], bot_user: str, is_for_us: IsForUs) -> Incoming | None:
    """The message that is for us; None for what bots, edits and other people say."""
    event = body.get("event") or {}
    if event.get("type") == "assistant_thread_started":
        return _assistant_thread(body, event.get("assistant_thread") or {})
    return _message(body, event, bot_user, is_for_us)


def _message(
    body: dict[str, Any], event: dict[str, Any], bot_user: str, is_for_us: IsForUs
) -> Incoming | None:
    user, channel = str(event.get("user") or ""), str(event.get("channel") or "")
    if event.get("bot_id") or not user or user == bot_user or event.get("edited"):
        return None
    if event.get("subtype") not in {None, "file_share", "thread_broadcast"}:
        return None
    thread = str(event.get("thread_ts") or "")
    if event.get("type") == "app_home_opened" and event.get("tab") == "home":
        kind = Kind.HOME
    elif event.get("type") == "app_mention":
        kind = Kind.MENTION
        if event.get("channel_type") == "im" or channel.startswith("D"):
            return None  # a mention in direct messages comes as a message, too
    elif event.get("type") != "message":
        return None
    elif event.get("channel_type") == "im":
        kind = Kind.DIRECT
    elif (
        thread
        and f"<@{bot_user}" not in str(event.get("text") or "")
        and is_for_us(channel, thread, user)
    ):
        kind = Kind.FOLLOW_UP
    else:
        return None
    team = str(body.get("team_id") or event.get("team") or "")
    return Incoming(
        key=f"event:{team}:{body.get('event_id')}",
        kind=kind,
        team=team,
        user=user,
        channel=channel,
        ts=str(event.get("ts") or ""),
        thread_ts=thread,
        text=readable(str(event.get("text") or ""), bot_user),
        files=files_of(event) if kind is Kind.DIRECT else (),
    )


def _assistant_thread(body: dict[str, Any], thread: dict[str, Any]) -> Incoming | None:
    """A conversation that somebody opened with us; nothing is said in it yet."""
    user, channel = str(thread.get("user_id") or ""), str(thread.get("channel_id") or "")
    if not user or not channel or not thread.get("thread_ts"):
        return None
    team = str(body.get("team_id") or "")
    return Incoming(
        key=f"event:{team}:{body.get('event_id')}",
        kind=Kind.ASSISTANT,
        team=team,
        user=user,
        channel=channel,
        thread_ts=str(thread["thread_ts"]),
    )
