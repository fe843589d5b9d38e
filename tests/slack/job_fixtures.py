"""The jobs and their edge over the strict fake, as fixtures: name this in `pytest_plugins`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.bootstrap import Wired
from bot.jobs import Jobs
from bot.listeners.edge import Edge
from bot.slack_client import Poster, make_client
from tests.slack.fake import BOT, FakeSlack, fake_slack


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as fake:
        yield fake


@pytest.fixture
def edge(slack: FakeSlack, tools: Wired) -> Edge:
    client = make_client("xoxb-test", slack.url)
    return Edge(tools, Poster(client, tools.outbox), BOT, lambda _key: None)


@pytest.fixture
def jobs(tools: Wired) -> Iterator[Jobs]:
    jobs = Jobs(tools.settings)
    yield jobs
    jobs.close(patience_seconds=2)
