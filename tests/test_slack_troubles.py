"""A Slack that fails in every way at once over hundreds of asks: one card each, none lost."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.bootstrap import Wired
from tests.faults.running import running
from tests.slack.office import ASK

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

ASKS = max(30, 12 * int(os.environ.get("FAULTS_TIMES", "25")))
PEOPLE = 40
FAILS, LOSES = 0.1, 0.1
BURST_EVERY, BURST = 20, 3
"""Of calls: after so many the next ones are all told to wait."""
HURRY = 100
"""How much faster than life the pauses are that Slack asks for."""


class Mischief:
    """What becomes of each call, by chance, and how often of which kind."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._calls = 0
        self.done: Counter[str] = Counter()

    def __call__(self, method: str) -> str:
        self._calls += 1
        chance = self._dice.random()
        trouble = ""
        if self._calls % BURST_EVERY < BURST and self._calls > BURST_EVERY:
            trouble = "429"
        elif chance < FAILS:
            trouble = "500"
        elif chance < FAILS + LOSES:
            trouble = "lost"
        if trouble:
            self.done[trouble] += 1
        return trouble


def test_m58_m59_each_ask_brings_one_card_however_slack_fails(tools: Wired) -> None:
    """M58 M59 Ten in a hundred calls fail, ten are done and their answer is dropped, and bursts."""
    with running(tools, sleep=lambda seconds: time.sleep(seconds / HURRY)) as bot:
        bot.slack.mischief = mischief = Mischief(16)
        with ThreadPoolExecutor(6) as senders:
            sent = [senders.submit(bot.send, ASK, 1 + n % PEOPLE) for n in range(ASKS)]
            for one in sent:
                one.result()
        bot.settled(30 + 3.0 * ASKS)
        bot.slack.mischief = lambda _: ""
        bot.check()
        assert len(bot.slack.messages) == ASKS
        assert all(mischief.done[kind] >= ASKS // 30 for kind in ("429", "500", "lost"))
