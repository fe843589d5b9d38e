"""Imports that the bot works on: durable, in a process of their own, and told of once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bootstrap import Wired
from bot.flow import importing
from bot.flow.import_planning import Options
from bot.jobs import Jobs
from bot.listeners import command_answers, imports
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.slack_client import Poster, make_client
from knowledge.errors import TrailguideError
from storage.imports import Imports
from tests.slack.fake import BOT, FakeSlack, fake_slack
from tests.slack.local import until

TEXT = "A press stops for one of three reasons, and two of them give a warning days before. " * 4
USER = "U01ROBIN"


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


def planned(edge: Edge, tmp_path: Path, count: int = 3) -> str:
    folder = tmp_path / "content"
    folder.mkdir()
    for n in range(count):
        (folder / f"{n}.md").write_text(f"# Piece {n}\n\n{TEXT}")
    return importing.plan([str(folder)], edge.tools, Options(), by=USER, for_bot=True)


def posts(slack: FakeSlack) -> list[str]:
    return [str(message.get("text")) for message in slack.messages]


def test_an_import_left_to_the_bot_is_done_in_a_process_of_its_own_and_told(
    edge: Edge, slack: FakeSlack, jobs: Jobs, tmp_path: Path
) -> None:
    identity = planned(edge, tmp_path)
    jobs.launch(edge)
    done = Imports(edge.tools.db, edge.tools.clock)
    until(lambda: done.get(identity).ended_at is not None, 90)
    assert done.get(identity).counts == {"added": 3}
    until(lambda: any("3 added" in t for t in posts(slack)), 20)
    jobs.sweep()
    assert imports.tell(identity, edge)
    assert sum("3 added" in t for t in posts(slack)) == 1


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
    (reply,) = command_answers.add(event, edge)
    assert "in the background" in reply.message.text
    (record,) = Imports(edge.tools.db, edge.tools.clock).all()
    assert (record.by, record.for_bot, record.left) == (USER, True, 1)
    command_answers.add(event, edge)
    assert len(imports.waiting(edge)) == 1, "a repeat gives no second import"


def test_nobody_is_told_of_an_import_from_the_command_line(
    edge: Edge, slack: FakeSlack, tmp_path: Path
) -> None:
    identity = importing.plan([str(tmp_path)], edge.tools, Options())
    assert imports.tell(identity, edge) is False
    assert posts(slack) == []
