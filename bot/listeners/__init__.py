"""Slack's side of the house: what is listened to. Handlers are functions of their own beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.listeners.asking import help_message
from bot.listeners.edge import Edge
from bot.listeners.handling import ACTIONS, FORMS, WINDOWS
from bot.listeners.recording import EVENT_KEY, recording, when_not_recorded
from bot.views import escape, words

COMMAND = "/trailguide"


def register(app: App, edge: Edge) -> None:
    """Attach every listener to the app: first keep, then acknowledge, then start the work."""
    app.middleware(recording(edge))
    app.error(when_not_recorded(edge))

    def start(ack: Ack, context: BoltContext) -> None:
        ack()
        if EVENT_KEY in context:
            edge.start(context[EVENT_KEY])

    def command(ack: Ack, context: BoltContext, body: dict[str, Any]) -> None:
        ack(**command_reply(str(body.get("text") or ""), taken=EVENT_KEY in context))
        if EVENT_KEY in context:
            edge.start(context[EVENT_KEY])

    def window(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        WINDOWS[body["actions"][0]["action_id"]](body, client, edge)

    app.event(re.compile(".*"))(start)
    app.command(COMMAND)(command)
    app.action(_one_of(ACTIONS))(start)
    app.action(_one_of(WINDOWS))(window)
    app.view(_one_of(FORMS))(start)


def _one_of(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"^(?:{'|'.join(map(re.escape, names))})$")


def command_reply(text: str, *, taken: bool) -> dict[str, Any]:
    """What only the person who typed the command sees at once."""
    if taken:
        return {"response_type": "ephemeral", "text": words.LOOKING}
    word = text.strip().split(" ", 1)[0].lower()
    first = {"next": words.NEED_MORE, "help": "", "": ""}.get(word)
    if first is None:
        first = words.unknown_command(escape.mrkdwn(word, 40))
    told = help_message(first)
    return {"response_type": "ephemeral", **told.payload()}
