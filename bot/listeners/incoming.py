"""What came in from Slack, as small frozen values: which events are ours, and under what key."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from bot.views.modals import EDIT_CALLBACK, NOT_NOW_CALLBACK

LONGEST_TEXT = 40_000
"""Slack's most for one message; more can only come from a hostile sender."""


class Kind(StrEnum):
    """What sort of work an event asks for."""

    MENTION = "mention"
    DIRECT = "direct"
    FOLLOW_UP = "follow_up"
    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"


RECORDED_ACTIONS = frozenset({"approve", "another", "share", "helped", "not_helped"})
"""Buttons that start work; `edit` and `not_now` only open a window, and that cannot wait."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event that asks for work: no more of it is kept than the work needs.

    `ts` is the message asked in or acted on, `thread_ts` the thread around it, `version` the start
    of the hash of the text that the pressed card shows; the last four were typed in a modal, where
    a text is None when its field was left alone, and empty when it was emptied.
    """

    key: str
    kind: Kind
    team: str
    user: str
    channel: str = ""
    ts: str = ""
    thread_ts: str = ""
    text: str = ""
    action: str = ""
    suggestion_id: str = ""
    version: str = ""
    subject: str | None = None
    body: str | None = None
    reason: str = ""
    until: str = ""

    def payload(self) -> dict[str, Any]:
        """The fields that are set, for the inbox."""
        told = ((f, getattr(self, f.name)) for f in fields(self))
        return {f.name: value for f, value in told if value != f.default}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Incoming:
        """The value that `payload` was made from."""
        return cls(**{**payload, "kind": Kind(payload["kind"])})


def incoming(
    body: dict[str, Any], bot_user: str, is_for_us: Callable[[str, str, str], bool]
) -> Incoming | None:
    """Return the work that a Slack request asks for, or None when it asks for none.

    `is_for_us(channel, thread_ts, user)` says whether the thread holds a suggestion made for this
    person; only then is a message of a channel taken without a mention.
    """
    kind = body.get("type")
    if kind == "event_callback":
        return _event(body, bot_user, is_for_us)
    if kind == "block_actions":
        return _action(body)
    if kind == "view_submission":
        return _submission(body)
    return _command(body) if "command" in body else None


def _event(
    body: dict[str, Any], bot_user: str, is_for_us: Callable[[str, str, str], bool]
) -> Incoming | None:
    event = body.get("event") or {}
    user, channel = str(event.get("user") or ""), str(event.get("channel") or "")
    if event.get("bot_id") or not user or user == bot_user or event.get("edited"):
        return None
    if event.get("subtype") not in {None, "file_share", "thread_broadcast"}:
        return None
    thread = str(event.get("thread_ts") or "")
    if event.get("type") == "app_mention":
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
    )


OTHER_WORDS = frozenset({"help", "lead", "add", "gaps", "audit", "due", "journey"})
"""Words of the command that are no ask."""


def _command(body: dict[str, Any]) -> Incoming | None:
    text = str(body.get("text") or "").strip()
    word, _, rest = text.partition(" ")
    if not rest.strip() or word.lower() in OTHER_WORDS:
        return None
    asked = rest if word.lower() == "next" else text  # "/trailguide Dana asks …" is an ask too
    team = str(body.get("team_id") or "")
    return Incoming(
        key=f"command:{team}:{body.get('trigger_id')}",
        kind=Kind.COMMAND,
        team=team,
        user=str(body.get("user_id") or ""),
        channel=str(body.get("channel_id") or ""),
        text=readable(asked, ""),
    )


def _action(body: dict[str, Any]) -> Incoming | None:
    action = (body.get("actions") or [{}])[0]
    name = str(action.get("action_id") or "")
    if name not in RECORDED_ACTIONS:
        return None
    user = str((body.get("user") or {}).get("id") or "")
    container = body.get("container") or {}
    message = body.get("message") or {}
    ts = str(container.get("message_ts") or message.get("ts") or "")
    channel = str(container.get("channel_id") or (body.get("channel") or {}).get("id") or "")
    suggestion_id, _, version = str(action.get("value") or "").partition("#")
    return Incoming(
        key=f"action:{channel}:{ts}:{user}:{name}:{action.get('action_ts')}",
        kind=Kind.ACTION,
        team=str((body.get("team") or {}).get("id") or ""),
        user=user,
        channel=channel,
        ts=ts,
        thread_ts=str(container.get("thread_ts") or message.get("thread_ts") or ""),
        action=name,
        suggestion_id=suggestion_id,
        version=version,
    )


def _submission(body: dict[str, Any]) -> Incoming | None:
    view = body.get("view") or {}
    name = str(view.get("callback_id") or "")
    if name not in {EDIT_CALLBACK, NOT_NOW_CALLBACK}:
        return None
    state = ((view.get("state") or {}).get("values")) or {}
    user = str((body.get("user") or {}).get("id") or "")
    # A second try after findings may hold the same text, so what was typed is not enough of a key.
    told = json.dumps([view.get("id"), user, body.get("trigger_id"), state], sort_keys=True)
    return Incoming(
        key=f"view:{hashlib.sha256(told.encode()).hexdigest()[:32]}",
        kind=Kind.SUBMISSION,
        team=str((body.get("team") or {}).get("id") or ""),
        user=user,
        action=name,
        suggestion_id=str(view.get("private_metadata") or ""),
        subject=_typed(state, "subject", "value"),
        body=_typed(state, "body", "value"),
        reason=_typed(state, "reason", "value") or "",
        until=_typed(state, "until", "selected_date") or "",
    )


def _typed(state: dict[str, Any], name: str, field: str) -> str | None:
    """What a field holds; None when it is not there, or has no value at all: it was left alone.

    Slack itself lets nobody empty a field that must be filled; a local Slack hands on "" then.
    """
    told = ((state.get(name) or {}).get(name) or {}).get(field)
    return None if told is None else str(told)


def readable(text: str, bot_user: str) -> str:
    """Slack's wire text as a person reads it: our mention gone, links and names spelt out."""
    text = text[:LONGEST_TEXT]
    if bot_user:
        text = re.sub(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>[:,]?", " ", text)
    text = re.sub(r"<mailto:[^|>]+\|([^>]*)>", r"\1", text)
    text = re.sub(r"<[@#!]([^|>]*)\|([^>]*)>", r"\2", text)
    text = re.sub(r"<[@#!]([^>]*)>", " ", text)
    text = re.sub(r"<([^|<>\s]+)\|([^>]*)>", r"\2 (\1)", text)
    text = re.sub(r"<([^<>\s]+)>", r"\1", text)
    return html.unescape(text).strip()
