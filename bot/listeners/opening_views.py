"""Opening a window from a button: in its place in Slack, or saying why not (M59)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.listeners import faults
from bot.listeners.edge import Edge
from bot.views import escape, words_manners
from bot.views.words import refused
from knowledge.errors import TrailguideError

TOLD_LIMIT = 1500


def opened(
    body: dict[str, Any],
    client: WebClient,
    edge: Edge,
    view: Callable[[str], dict[str, Any]],
    *,
    turn: bool = False,
) -> None:
    """Open what `view` makes for the person who pressed; a trigger lasts 3 seconds.

    From a button in a window it is laid over that one, or with `turn` put in its place.
    """
    user = str(body["user"]["id"])
    inside = body.get("view") or {}
    modal = inside.get("type") == "modal"
    try:
        made = view(user)
        if turn and modal:
            client.views_update(view_id=inside["id"], hash=inside.get("hash"), view=made)
        elif modal:
            client.views_push(trigger_id=body["trigger_id"], view=made)
        else:
            client.views_open(trigger_id=body["trigger_id"], view=made)
    except TrailguideError as told:
        faults.say(body, refused(escape.mrkdwn(str(told), TOLD_LIMIT)), edge)
    except (SlackApiError, OSError) as late:
        faults.say(body, words_manners.not_opened(faults.note("modal_not_opened", late)), edge)
