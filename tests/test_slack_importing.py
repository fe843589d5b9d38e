"""Imports that the bot works on: durable, in a process of their own, and told of once."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from bot import import_process
from bot.bootstrap import Wired
from bot.flow import importing
from bot.flow.bulk_models import BulkModels
from bot.flow.import_planning import Options
from bot.jobs import Jobs
from bot.listeners import adding, imports
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from knowledge.errors import TrailguideError
from storage.imports import Imports
from tests.import_web import folder_of
from tests.slack.fake import FakeSlack
from tests.slack.local import until

pytest_plugins = ("tests.import_web", "tests.slack.job_fixtures")
USER = "U01ROBIN"


@pytest.fixture
def tools(blank_tools: Wired) -> Wired:
    """In place of the seeded ones."""
    return blank_tools


def planned(edge: Edge, tmp_path: Path) -> str:
    folder = folder_of(tmp_path, 3)
    return importing.plan([str(folder)], edge.tools, Options(), by=USER, for_bot=True)


def posts(slack: FakeSlack) -> list[str]:
    return [str(message.get("text")) for message in slack.messages]


def test_an_import_left_to_the_bot_is_done_and_told_once(
    edge: Edge, slack: FakeSlack, jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = planned(edge, tmp_path)
    monkeypatch.setattr(imports, "stretch", lambda told, *_: importing.work(told, edge.tools).wait)
    jobs.launch(edge)
    until(lambda: any("3 added" in t for t in posts(slack)), 30)
    assert Imports(edge.tools.db, edge.tools.clock).get(identity).ended_because == "done"
    jobs.sweep()
    assert imports.tell(identity, edge)
    assert sum("3 added" in t for t in posts(slack)) == 1


def test_a_stretch_runs_at_low_priority_in_one_thread_and_says_how_long_to_wait(
    edge: Edge, tmp_path: Path, embedded: BulkModels,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    identity = planned(edge, tmp_path)
    lanes: list[int] = []
    nice: list[int] = []
    work = importing.work

    def noted(told: str, tools: Wired, models: BulkModels, **how: Any) -> importing.Worked:
        lanes.append(models.lanes)
        return work(told, tools, models, **how)

    monkeypatch.setattr(import_process.importing, "work", noted)
    monkeypatch.setattr(import_process, "build", lambda _settings: edge.tools)
    monkeypatch.setattr(import_process.os, "nice", nice.append)
    for seconds in ("-1", "60"):  # the first is over after one piece
        argv = ["x", str(edge.tools.settings.home), identity, seconds]
        monkeypatch.setattr(import_process.sys, "argv", argv)
        import_process.main()
    assert [json.loads(told) for told in capsys.readouterr().out.splitlines()] == [
        {"wait": 0.0}, {"wait": None},
    ]  # fmt: skip
    assert (lanes, nice) == ([1, 1], [import_process.LOWER] * 2)


def test_stretches_go_on_until_the_import_is_over_and_a_pause_is_slept(
    edge: Edge, jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = planned(edge, tmp_path)
    waits = iter([0.0, 0.01, None])
    calls: list[str] = []

    def stretch(told: str, _edge: Edge, _closing: threading.Event) -> float | None:
        calls.append(told)
        wait = next(waits)
        if wait is None:
            importing.stop(told, edge.tools)
        return wait

    monkeypatch.setattr(imports, "stretch", stretch)
    jobs.launch(edge)
    until(lambda: len(calls) == 3, 20)
    jobs.sweep()
    assert calls == [identity] * 3


def test_a_closing_bot_ends_the_process_and_the_import_goes_on_later(
    edge: Edge, tmp_path: Path
) -> None:
    identity = planned(edge, tmp_path)
    closing = threading.Event()
    closing.set()
    with pytest.raises(TrailguideError, match="interrupted"):
        imports.stretch(identity, edge, closing)
    assert imports.waiting(edge) == [identity]


@pytest.mark.parametrize("printed", [b"", b"nonsense\n", b'{"error": "The disk is full."}\n'])
def test_a_process_that_fails_is_tried_again_after_some_minutes(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, printed: bytes
) -> None:
    class Failed:
        returncode = 1

        def communicate(self, timeout: float) -> tuple[bytes, None]:
            return printed, None

    monkeypatch.setattr(imports.subprocess, "Popen", lambda *_a, **_k: Failed())
    assert imports.stretch("x", edge, threading.Event()) == imports.AFTER_A_FAILURE


@pytest.mark.parametrize(
    ("address", "is_list"),
    [
        ("https://a.example/sitemap.xml", True),
        ("https://a.example/sitemap_index.xml.gz", True),
        ("https://a.example/blog/feed/", True),
        ("https://a.example/blog/rss", True),
        ("https://a.example/blog/how-to-feed-a-press", False),
        ("https://a.example/", False),
    ],
)
def test_a_sitemap_or_feed_is_known_by_its_address(address: str, *, is_list: bool) -> None:
    assert imports.names_a_list(address) is is_list


def test_a_sitemap_given_in_slack_is_left_to_the_jobs(edge: Edge) -> None:
    event = Incoming("e", Kind.COMMAND, "T01", USER, text="https://a.example/sitemap.xml")
    (reply,) = adding.add(event, edge)
    assert "in the background" in reply.message.text
    (record,) = Imports(edge.tools.db, edge.tools.clock).all()
    assert (record.by, record.for_bot, record.left) == (USER, True, 1)
    adding.add(event, edge)
    assert len(imports.waiting(edge)) == 1, "a repeat gives no second import"


def test_nobody_is_told_of_an_import_from_the_command_line(
    edge: Edge, slack: FakeSlack, tmp_path: Path
) -> None:
    identity = importing.plan([str(tmp_path)], edge.tools, Options())
    assert imports.tell(identity, edge) is False
    assert posts(slack) == []
