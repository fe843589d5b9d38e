"""The office as a fixture: name this module in `pytest_plugins`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from slack_bolt import App

from bot.bootstrap import Wired, build
from bot.listeners import register
from bot.listeners.edge import Edge
from bot.listeners.outsiders import Channels
from bot.listeners.owning import mails
from bot.settings import Settings
from bot.slack_client import Poster, make_client
from knowledge.roles import Role
from tests.conftest import UNCAPPED, SetClock
from tests.slack.fake import BOT, TEAM, fake_slack
from tests.slack.office import ADMIN, MIKA, ROBIN, SECRET, Office


@pytest.fixture
def office(tools: Wired) -> Iterator[Office]:
    with office_of(tools) as office:
        yield office


@pytest.fixture(scope="module")
def module_office(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all tests of a file: starting one takes a second."""
    home = tmp_path_factory.mktemp("office") / "home"
    shutil.copytree(seeded, home)
    wired = build(Settings(home=home, **UNCAPPED), SetClock(datetime.now(UTC)))
    with office_of(wired) as office:
        yield office
    wired.close()


@pytest.fixture
def shared_office(module_office: Office) -> Office:
    """The file's one office with nothing on its desk; what is on record stays."""
    slack = module_office.slack
    for desk in (slack.messages, slack.views, slack.whispers, slack.calls):
        desk.clear()
    slack.trouble.clear()
    module_office.started.clear()
    module_office.payloads.clear()
    module_office.hold = None
    return module_office


@contextmanager
def office_of(tools: Wired) -> Iterator[Office]:
    """The bot's listeners over these tools, with a fake Slack on the other side."""
    with fake_slack() as slack:
        client = make_client("xoxb-test", slack.url)
        app = App(client=client, signing_secret=SECRET, token_verification_enabled=False,
                  process_before_response=True)  # fmt: skip
        poster = Poster(client, tools.outbox, sleep=lambda _: None)
        start = lambda key: office.work(key)  # noqa: E731, PLW0108 - office comes after
        edge = Edge(tools, poster, BOT, start, mails(client), TEAM, Channels(client, TEAM))
        office = Office(slack, app, tools, edge)
        register(app, edge)
        for user in (ROBIN, MIKA):  # most tests are about what comes after the question who may
            office.give(user, Role.MARKETER)
        office.give(ADMIN, Role.ADMIN)
        yield office
