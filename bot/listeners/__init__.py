"""Slack's side of the house: what is listened to. Handlers are functions of their own beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.listeners import adding_window, assistant, commands
from bot.listeners.commands import COMMAND
from bot.listeners.edge import Edge
from bot.listeners.faults import when_not_recorded
from bot.listeners.handling import ACTIONS, FORMS, SEARCHES, SHORTCUTS, WINDOWS, open_window, search
from bot.listeners.reading.shortcuts import ADD_SHORTCUT
from bot.listeners.recording import EVENT_KEY, recording


def register(app: App, edge: Edge) -> None:
    """Attach every listener to the app: first keep, then acknowledge, then start the work."""
    app.middleware(recording(edge))
    app.error(when_not_recorded(edge, WINDOWS))

    def start(ack: Ack, context: BoltContext) -> None:
        ack()
        if EVENT_KEY in context:
            edge.start(context[EVENT_KEY])

    def command(ack: Ack, context: BoltContext, body: dict[str, Any], client: WebClient) -> None:
        text = str(body.get("text") or "")
        if commands.opens_form(text):
            ack()
            open_window(body, client, edge)
            return
        ack(**commands.at_once(text, taken=EVENT_KEY in context))
        window = commands.split(text)[0] == commands.ADD
        _begin(context, body, client, edge, window=window)

    def add(ack: Ack, context: BoltContext, body: dict[str, Any], client: WebClient) -> None:
        ack()
        _begin(context, body, client, edge, window=True)

    def window(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        open_window(body, client, edge)

    def searched(ack: Ack, body: dict[str, Any]) -> None:
        search(ack, body, edge)

    app.assistant(assistant.middleware(start))
    app.event(re.compile(".*"))(start)
    app.command(COMMAND)(command)
    app.action(_one_of(ACTIONS))(start)
    app.action(_one_of(WINDOWS))(window)
    app.shortcut(_one_of(SHORTCUTS))(window)
    app.shortcut(ADD_SHORTCUT)(add)
    app.options(_one_of(SEARCHES))(searched)
    app.view(_one_of(FORMS))(start)


def _begin(
    context: BoltContext, body: dict[str, Any], client: WebClient, edge: Edge, *, window: bool
) -> None:
    """Start the work of a request that was kept, with a window open for what it will propose."""
    if EVENT_KEY not in context:
        return
    if window:
        adding_window.open_reading(body, client, edge, context[EVENT_KEY])
    edge.start(context[EVENT_KEY])


def _one_of(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"^(?:{'|'.join(map(re.escape, names))})$")
