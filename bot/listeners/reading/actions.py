"""The press of a button on a message."""

from __future__ import annotations

from typing import Any

from bot.listeners.handling import ACTIONS
from bot.listeners.incoming import Incoming, Kind


def read_action(body: dict[str, Any]) -> Incoming | None:
    """The press of a button that starts work; None for one that opens a window, and for others."""
    action = (body.get("actions") or [{}])[0]
    name = str(action.get("action_id") or "")
    if name not in ACTIONS:
        return None
    user = str((body.get("user") or {}).get("id") or "")
    container = body.get("container") or {}
    message = body.get("message") or {}
    ts = str(container.get("message_ts") or message.get("ts") or "")
    channel = str(container.get("channel_id") or (body.get("channel") or {}).get("id") or "")
    chosen = (action.get("selected_option") or {}).get("value")
    team = str((body.get("team") or {}).get("id") or "")
    suggestion_id, _, version = str(action.get("value") or chosen or "").partition("#")
    return Incoming(
        key=f"action:{team}:{channel}:{ts}:{user}:{name}:{action.get('action_ts')}",
        kind=Kind.ACTION,
        team=team,
        user=user,
        channel=channel,
        ts=ts,
        thread_ts=str(container.get("thread_ts") or message.get("thread_ts") or ""),
        text=str((body.get("view") or {}).get("private_metadata") or ""),
        action=name,
        suggestion_id=suggestion_id,
        version=version,
    )
