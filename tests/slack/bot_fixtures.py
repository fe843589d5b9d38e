"""Bots that start warm and a Slack for them, as fixtures: name this in `pytest_plugins`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slack.local import People, a_slack
from tests.slack.warm_bots import Nursery, nursery


@pytest.fixture(scope="module")
def slack_without_bots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """One Slack for all tests of a file, in which each starts its own bots."""
    with a_slack(tmp_path_factory.mktemp("slack")) as people:
        yield people


@pytest.fixture
def own_slack(slack_without_bots: People) -> People:
    """That Slack without what former tests left in it."""
    return slack_without_bots.from_now_on()


@pytest.fixture(scope="module")
def bots(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with nursery(seeded, tmp_path_factory.mktemp("bots")) as made:
        yield made
