"""A bot in this process, real down to the job queue, and a Slack that sends again."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import App

from bot.bootstrap import Wired
from bot.jobs import Jobs
from bot.listeners import register
from bot.listeners.edge import Edge
from bot.listeners.outsiders import Channels
from bot.slack_client import Poster, make_client, mark_of
from knowledge.errors import TrailguideError
from tests.slack.fake import BOT, TEAM, FakeSlack, fake_slack
from tests.slack.local import until
from tests.slack.office import ASK, SECRET, Office

PARTS = ("line", "card", "told", "failed")
SENT_AGAIN_SECONDS = 0.25
"""Slack itself takes longer, and gives up after some tries; a test has no hours."""


@dataclass
class Running:
    """The office, its jobs, and what was sent so far."""

    office: Office
    jobs: Jobs
    slack: FakeSlack
    tools: Wired
    keys: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, text: str = ASK, person: int = 1, patience: float = 300.0) -> str:
        """Say something as a person, and deliver it until it is acknowledged; returns its key."""
        with self.lock:
            body = self.office.event(text, user=f"U{person:03}", channel=f"D{person:03}")
            key = f"event:{TEAM}:{body['event_id']}"
            self.keys.append(key)
            if text == ASK:
                self.asks.append(key)
        self.deliver(body, patience)
        return key

    def deliver(self, body: dict[str, Any], patience: float = 300.0) -> None:
        ends, turn = time.monotonic() + patience, 0
        while time.monotonic() < ends:
            again = {"x-slack-retry-num": str(turn)} if turn else {}
            if self.office.send(body, **again).status == 200:
                return
            turn += 1
            self.refused += 1
            time.sleep(SENT_AGAIN_SECONDS)
        raise AssertionError(f"never acknowledged: {body['event_id']}")

    def settled(self, patience: float = 180.0) -> None:
        """Wait until everything that was sent is dealt with."""

        def done() -> bool:
            try:
                waiting = set(self.tools.inbox.pending())
            except TrailguideError:
                return False
            return not waiting.intersection(self.keys)

        until(done, "all answers", patience)

    def answers(self) -> Counter[str]:
        """How many posts each event brought."""
        marks = Counter(m["blocks"][0]["block_id"] for m in self.slack.messages)
        return Counter({k: sum(marks[mark_of(f"{k}:{p}")] for p in PARTS) for k in self.keys})

    def check(self) -> None:
        """Each event brought one post, each ask one card, and the log is intact."""
        told = self.answers()
        assert [k for k, n in told.items() if n == 0] == [], "lost"
        assert [k for k, n in told.items() if n > 1] == [], "twice"
        cards = Counter(m["blocks"][0]["block_id"] for m in self.slack.messages)
        without = [k for k in self.asks if cards[mark_of(f"{k}:card")] != 1]
        assert without == [], [m.get("text") for m in self.slack.messages][-5:]
        verdict = self.tools.audit.verify(self.tools.db)
        assert verdict.ok, verdict
        made = [e for e in self.tools.audit.entries(self.tools.db) if e.kind == "suggestion.made"]
        assert len(made) == len(self.asks)


@contextmanager
def running(tools: Wired, sleep: Callable[[float], None] = lambda _: None) -> Iterator[Running]:
    """Start it over these tools, and end it."""
    with fake_slack() as slack:
        client = make_client("xoxb-test", slack.url)
        jobs = Jobs(tools.settings)
        poster = Poster(client, tools.outbox, sleep=sleep)
        edge = Edge(tools, poster, BOT, jobs.soon, team=TEAM, channels=Channels(client, TEAM))
        app = App(client=client, signing_secret=SECRET, token_verification_enabled=False)
        register(app, edge)
        tools.finder.warm()
        jobs.launch(edge)
        try:
            yield Running(Office(slack, app, tools, edge), jobs, slack, tools)
        finally:
            jobs.close(patience_seconds=3)
