"""The bot's own work with the CRM: pulled when it starts, whatever else it has to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.bootstrap import Wired, build
from bot.flow.crm_desk import Desk
from bot.flow.crm_pull import ROUND
from bot.jobs import Jobs
from bot.listeners.edge import Edge
from bot.settings import Settings
from bot.slack_client import Poster, make_client
from tests.crm.server import WorldClock
from tests.crm.worlds import CsvWorld
from tests.slack.fake import BOT, FakeSlack
from tests.slack.local import until

pytest_plugins = ("tests.slack.job_fixtures",)


@pytest.fixture
def crm_tools(tmp_path: Path) -> Iterator[Wired]:
    folder = tmp_path / "export"
    folder.mkdir()
    world = CsvWorld(folder, WorldClock(datetime.now(UTC)))
    world.person("Dana Ortiz", "dana@x.example")
    tools = build(Settings(home=tmp_path / "home", crm="csv", crm_folder=folder, check_links=False))
    yield tools
    tools.close()


def test_a_pull_is_begun_at_the_start_and_not_again_before_its_time(
    crm_tools: Wired, slack: FakeSlack
) -> None:
    assert crm_tools.crm is not None
    desk = Desk(crm_tools, crm_tools.crm)
    client = make_client("xoxb-test", slack.url)
    edge = Edge(crm_tools, Poster(client, crm_tools.outbox), BOT, lambda _key: None)
    jobs = Jobs(crm_tools.settings)
    try:
        jobs.launch(edge)
        until(lambda: desk.cursors.get(ROUND).done_at, "the first pull", 20)
        first = desk.cursors.get(ROUND).done_at
        jobs.sweep()
        assert desk.cursors.get(ROUND).done_at == first
    finally:
        jobs.close(patience_seconds=2)
    assert [name for _, name, *_ in crm_tools.leads.names()] == ["Dana Ortiz"]
