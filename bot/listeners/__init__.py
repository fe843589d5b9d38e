"""Slack's side of the house: what is listened to. Handlers are functions of their own beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
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
from bot.listeners.teams import TEAM, Teams, as_teams


def register(app: App, served: Edge | Teams) -> None:
    """Attach every listener to the app: first keep, then acknowledge, then start the work.

    Each request is worked on with the edge of its own team, lent for as long as that takes.
    """
    teams = as_teams(served)
    app.middleware(recording(teams))
    app.error(when_not_recorded(teams, WINDOWS))

    def lent(context: BoltContext) -> AbstractContextManager[Edge]:
        return teams.lend(str(context.get(TEAM) or ""))

    def start(ack: Ack, context: BoltContext) -> None:
        ack()
        if EVENT_KEY in context:
            with lent(context) as edge:
                edge.start(context[EVENT_KEY])

    def command(ack: Ack, context: BoltContext, body: dict[str, Any], client: WebClient) -> None:
        text = str(body.get("text") or "")
        if commands.opens_form(text):
            ack()
            with lent(context) as edge:
                open_window(body, client, edge)
            return
        ack(**commands.at_once(text, taken=EVENT_KEY in context))
        window = commands.split(text)[0] == commands.ADD
        with lent(context) as edge:
            _begin(context, body, client, edge, window=window)

    def add(ack: Ack, context: BoltContext, body: dict[str, Any], client: WebClient) -> None:
        ack()
        with lent(context) as edge:
            _begin(context, body, client, edge, window=True)

    def window(ack: Ack, context: BoltContext, body: dict[str, Any], client: WebClient) -> None:
        ack()
        with lent(context) as edge:
            open_window(body, client, edge)

    def searched(ack: Ack, context: BoltContext, body: dict[str, Any]) -> None:
        with lent(context) as edge:
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
