"""The office as a fixture: name this module in `pytest_plugins`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_bolt import App

from bot.bootstrap import Wired
from bot.listeners import register
from bot.listeners.edge import Edge
from bot.listeners.owning import mails
from bot.slack_client import Poster, make_client
from tests.slack.fake import BOT, fake_slack
from tests.slack.office import SECRET, Office


@pytest.fixture
def office(tools: Wired) -> Iterator[Office]:
    with fake_slack() as slack:
        client = make_client("xoxb-test", slack.url)
        app = App(client=client, signing_secret=SECRET, token_verification_enabled=False,
                  process_before_response=True)  # fmt: skip
        poster = Poster(client, tools.outbox, sleep=lambda _: None)
        start = lambda key: office.work(key)  # noqa: E731, PLW0108 - office comes after
        edge = Edge(tools, poster, BOT, start, mails(client))
        office = Office(slack, app, tools, edge)
        register(app, edge)
        yield office
