"""Socket Mode over lines that go in every way Slack and networks know, one or several at once."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_bolt import App

from bot.bootstrap import Wired
from bot.slack_client import make_client
from bot.socket_mode import Connections
from knowledge.errors import SetupMissing
from tests.faults.running import Running, running
from tests.slack.fake import TEAM, FakeSlack, fake_slack
from tests.slack.local import until
from tests.slack.office import SECRET
from tests.slack.socket_server import SocketSlack, socket_slack

RECONNECTS = 8 * int(os.environ.get("FAULTS_TIMES", "25"))
HARMS = ("refresh_requested", "warning", "silence", "reset")
PING_SECONDS = 0.25
"""A line is given up after four; with Slack's ten seconds each silence would take forty."""


def lines_to(slack: FakeSlack, app: App, count: int) -> Connections:
    """The bot's own connections, in a hurry."""
    client: Callable[[], Any] = lambda: make_client("xapp-test", slack.url)  # noqa: E731
    made = Connections(app, "xapp-test", client, count, PING_SECONDS)
    made.connect()
    return made


def say(bot: Running, server: SocketSlack, number: int) -> None:
    person = f"{number % 50:03}"
    body = bot.office.event("help", user=f"U{person}", channel=f"D{person}")
    bot.keys.append(f"event:{TEAM}:{body['event_id']}")
    server.deliver(body)


def storm(bot: Running, server: SocketSlack, reconnects: int, seed: int) -> None:
    """Harm one line after the other while people talk, then wait for all answers."""
    dice, quiet = random.Random(seed), threading.Event()

    def talk() -> None:
        number = 0
        while not quiet.is_set():
            say(bot, server, number)
            number += 1
            quiet.wait(0.3)

    talking = threading.Thread(target=talk)
    talking.start()
    done = 0
    while done < reconnects:
        done += server.harm(HARMS[done % len(HARMS)])
        time.sleep(dice.uniform(0.02, 0.5))
    quiet.set()
    talking.join()
    until(lambda: not server.waiting, "every acknowledgement", 120)
    bot.settled()


@pytest.mark.faults
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("count", [1, 3])
def test_m58_m59_two_hundred_lost_lines_lose_no_event_and_answer_none_twice(
    count: int, tools: Wired
) -> None:
    """M58 M59 Refreshed, warned, silent and reset lines, of one and of several at once."""
    with running(tools) as bot, socket_slack(bot.slack, seed=count) as server:
        lines = lines_to(bot.slack, bot.office.app, count)
        try:
            storm(bot, server, RECONNECTS, seed=count)
            until(lines.are_up, "the lines to be up again", 30)
        finally:
            lines.close()
        bot.check()
        assert server.sent_again, "none was ever lost on its way"
        # A silent line may take others with it before it is given up.
        assert server.opened > RECONNECTS / 2


@pytest.fixture
def app() -> Iterator[tuple[App, FakeSlack, list[str]]]:
    """An app that only notes what reaches it."""
    heard: list[str] = []
    with fake_slack() as slack:
        made = App(client=make_client("xoxb-test", slack.url), signing_secret=SECRET,
                   token_verification_enabled=False)  # fmt: skip
        made.event("message")(lambda body, ack: heard.append(body["event_id"]))
        yield made, slack, heard


def a_word(number: int) -> dict[str, Any]:
    said = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": "hi"}
    return {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number}", "event": said,
            "authorizations": []}  # fmt: skip


def test_each_event_goes_to_one_of_several_lines_and_one_that_is_left_is_enough(
    app: tuple[App, FakeSlack, list[str]],
) -> None:
    """Three lines share the events; a line that is reset comes back, and nothing waits for it."""
    made, slack, heard = app
    with socket_slack(slack) as server:
        lines = lines_to(slack, made, 3)
        until(lambda: len(server.open) == 3, "three lines", 10)
        for number in range(12):
            server.deliver(a_word(number))
        until(lambda: not server.waiting, "all acknowledged", 10)
        assert sorted(heard) == sorted(f"Ev{n}" for n in range(12))
        assert len(server.delivered_on) == 3
        server.harm("reset")
        assert lines.are_up()
        server.deliver(a_word(99))
        until(lambda: not server.waiting, "one more acknowledged", 10)
        assert "Ev99" in heard
        until(lambda: len(server.open) == 3, "the line to come back", 10)
        lines.close()
        assert not lines.are_up()


@pytest.mark.parametrize(
    "how", [*("silence", "reset"), *(pytest.param(h, marks=pytest.mark.faults) for h in HARMS[:2])]
)
def test_a_line_comes_back_however_it_went(how: str, app: tuple[App, FakeSlack, list[str]]) -> None:
    """One line alone: what was sent into the gap comes again and is heard."""
    made, slack, heard = app
    with socket_slack(slack) as server:
        lines = lines_to(slack, made, 1)
        until(lambda: server.open, "the line", 10)
        server.harm(how)
        server.deliver(a_word(1))
        until(lambda: not server.waiting, "the acknowledgement", 20)
        assert set(heard) == {"Ev1"}
        until(lambda: server.opened >= 2 and lines.are_up(), "another line", 20)
        lines.close()


def test_a_token_that_slack_refuses_is_named(app: tuple[App, FakeSlack, list[str]]) -> None:
    made, slack, _ = app
    slack.trouble["apps.connections.open"].append("invalid_auth")
    with pytest.raises(SetupMissing, match=r"SLACK_APP_TOKEN \(invalid_auth\)"):
        lines_to(slack, made, 2)


def test_a_line_that_two_threads_drop_at_once_is_closed_all_the_same() -> None:
    """The SDK fails on the one that comes second, before it has stopped its own threads."""
    tries: list[str] = []

    def close() -> None:
        tries.append("close")
        if len(tries) == 1:
            raise AttributeError("'NoneType' object has no attribute 'close'")

    lines = Connections.__new__(Connections)
    lines._closing, lines._handlers = threading.Event(), [cast(Any, SimpleNamespace(close=close))]
    lines.close()
    assert len(tries) == 2
