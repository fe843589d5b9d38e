"""A storm: events that are repeated, shuffled and sent at once bring one answer each."""

from __future__ import annotations

import pytest

from bot.bootstrap import Wired
from tests.slack.fake import fake_slack
from tests.slack.storm import storm

EVENTS, ASKS = 200, 1
"""Few, since each takes a tenth of a second and more; `benchmarks.slack_storm` sends a thousand."""


@pytest.mark.timeout(900)
def test_m58_each_event_of_a_storm_brings_exactly_one_answer(tools: Wired) -> None:
    """M58 M59 A fifth comes up to four times, some only as retries: none lost, none twice."""
    with fake_slack() as slack:
        told = storm(tools, slack, events=EVENTS, asks=ASKS, seed=58, patience=800)
    assert told.deliveries > EVENTS * 1.3
    assert (told.lost, told.twice, told.posts) == (0, 0, EVENTS)
