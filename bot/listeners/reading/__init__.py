"""Reading what Slack sends: which requests are ours, of what kind, and under what key.

One reader for each type of request; which buttons and forms there are, `handling` says.
"""

from __future__ import annotations

from typing import Any

from bot.listeners.incoming import Incoming
from bot.listeners.reading.actions import read_action
from bot.listeners.reading.commands import read_command
from bot.listeners.reading.events import IsForUs, read_event
from bot.listeners.reading.forms import read_form
from bot.listeners.reading.shortcuts import read_shortcut


def incoming(body: dict[str, Any], bot_user: str, is_for_us: IsForUs) -> Incoming | None:
    """Return the work that a Slack request asks for, or None when it asks for none.

    `is_for_us(channel, thread_ts, user)` says whether the thread holds a suggestion made for this
    person; only then is a message of a channel taken without a mention.
    """
    match body.get("type"):
        case "event_callback":
            return read_event(body, bot_user, is_for_us)
        case "block_actions":
            return read_action(body)
        case "view_submission":
            return read_form(body)
        case "message_action":
            return read_shortcut(body)
    return read_command(body) if "command" in body else None
