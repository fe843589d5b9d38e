"""A storm of events over Bolt's real dispatch and the real jobs: repeated, shuffled, at once."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from slack_bolt import App

from bot.bootstrap import Wired
from bot.jobs import Jobs
from bot.listeners import register
from bot.listeners.edge import Edge
from bot.listeners.outsiders import Channels
from bot.slack_client import Poster, make_client, mark_of
from tests.slack.fake import BOT, TEAM, FakeSlack
from tests.slack.local import until
from tests.slack.office import ASK, SECRET, Office

PEOPLE = 100
SENDERS = 8
REPEATED = 5
"""One in so many comes up to four times."""
ONLY_AS_RETRY = 3
"""Of the repeated ones, one in so many never had a first try without a retry header."""
SMALL = ("help", "thanks!", "thank you", "what is for lunch today?")


@dataclass(frozen=True)
class Storm:
    """What came of it; `answers` counts the posts that each event brought."""

    events: int
    deliveries: int
    refused: int
    answers: Counter[str]
    posts: int
    seconds: float

    @property
    def lost(self) -> int:
        return sum(1 for n in self.answers.values() if n == 0)

    @property
    def twice(self) -> int:
        return sum(1 for n in self.answers.values() if n > 1)


def storm(
    tools: Wired, slack: FakeSlack, *, events: int, asks: int, seed: int, patience: float
) -> Storm:
    """Send `events` direct messages, `asks` of them asks for a lead, and wait for all answers."""
    client = make_client("xoxb-test", slack.url)
    jobs = Jobs(tools.settings)
    poster = Poster(client, tools.outbox, sleep=lambda _: None)
    channels = Channels(client, TEAM)
    edge = Edge(tools, poster, BOT, jobs.start, team=TEAM, channels=channels)
    app = App(client=client, signing_secret=SECRET, token_verification_enabled=False)
    register(app, edge)
    jobs.launch(edge)
    office = Office(slack, app, tools, edge)
    dice = random.Random(seed)
    bodies = [_message(office, i, ASK if i < asks else dice.choice(SMALL)) for i in range(events)]
    deliveries = _deliveries(bodies, dice)
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(SENDERS) as senders:
            refused = sum(senders.map(lambda d: _sent(office, *d), deliveries))
        keys = [f"event:{TEAM}:{b['event_id']}" for b in bodies]
        until(lambda: _all_done(tools, keys), "all answers", patience)
    finally:
        jobs.close(patience_seconds=5)
    seconds = time.monotonic() - began
    return Storm(events, len(deliveries), refused,
                 _answers(slack, keys), len(slack.messages), seconds)  # fmt: skip


def _sent(office: Office, body: dict[str, Any], headers: dict[str, str]) -> int:
    """Send as Slack does, which repeats what is not acknowledged; returns how often it was not."""
    for turn in range(4):
        again = {"x-slack-retry-num": str(turn), "x-slack-retry-reason": "http_error"}
        if office.send(body, **(again if turn else headers)).status == 200:
            return turn
    return 4


def _message(office: Office, number: int, text: str) -> dict[str, Any]:
    person = f"{number % PEOPLE:03}"
    return office.event(text, user=f"U{person}", channel=f"D{person}")


def _deliveries(
    bodies: list[dict[str, Any]], dice: random.Random
) -> list[tuple[dict[str, Any], dict[str, str]]]:
    sent: list[tuple[dict[str, Any], dict[str, str]]] = []
    for number, body in enumerate(bodies):
        repeated = number % REPEATED == 0
        first = 1 if repeated and dice.randrange(ONLY_AS_RETRY) == 0 else 0
        for turn in range(first, first + (dice.randint(2, 4) if repeated else 1)):
            again = {"x-slack-retry-num": str(turn), "x-slack-retry-reason": "http_timeout"}
            sent.append((body, again if turn else {}))
    dice.shuffle(sent)
    return sent


def _all_done(tools: Wired, keys: list[str]) -> bool:
    return not tools.inbox.pending() and all(tools.inbox.kind(k) for k in keys[-1:])


def _answers(slack: FakeSlack, keys: list[str]) -> Counter[str]:
    marks = Counter(m["blocks"][0]["block_id"] for m in slack.messages)
    parts = ("line", "card", "told", "failed")
    per_event: Callable[[str], int] = lambda k: sum(marks[mark_of(f"{k}:{p}")] for p in parts)  # noqa: E731
    return Counter({key: per_event(key) for key in keys})
