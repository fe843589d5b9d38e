"""While nothing is to be sent, each piece that fits says what it would do (M14, M16)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.bootstrap import Wired
from bot.flow.next_touch import next_touch
from bot.flow.not_now import NOT_NOW, why_not_now
from knowledge.assets import Asset
from knowledge.journey import AssetType
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.touch import Ask, Candidate, Contribution, PaceDecision, Ranked

TODAY = date(2026, 6, 15)
DOWNTIME = "How do I cut unplanned downtime on the presses in my plant?"


def piece(heading: str, *said: str) -> Ranked:
    asset = Asset(id="a", title="Pumps", type=AssetType.GUIDE, text="Text.", source="a.md")
    parts = tuple(Contribution(f"r{n}", 1.0 - n / 10, s) for n, s in enumerate(said))
    return Ranked(Candidate(asset, 0.5, 0.5, "A passage.", heading), 1.0, parts)


def yesterday(action: Action) -> tuple[HistoryEntry, ...]:
    return (HistoryEntry(action, TODAY - timedelta(days=1)),)


@pytest.mark.parametrize(
    ("decision", "ask"),
    [
        (PaceDecision.WAIT, Ask(TODAY, questions=(DOWNTIME,), history=yesterday(Action.CALLED))),
        (
            PaceDecision.HAND_OVER,
            Ask(TODAY, questions=(DOWNTIME,), history=yesterday(Action.REQUESTED_DEMO)),
        ),
        (PaceDecision.ASK, Ask(TODAY, facts=LeadFacts(outcome="Less downtime", role="Planner"))),
    ],
)
def test_m16_each_piece_that_fits_says_what_it_would_do(
    tools: Wired, decision: PaceDecision, ask: Ask
) -> None:
    got = next_touch(ask, tools, keep=False)
    assert got.pace.decision is decision
    whys = [a.why_not for a in got.alternates]
    assert len(whys) > 1
    assert all(why.startswith(NOT_NOW[decision]) and why.endswith(".") for why in whys)
    own = [why.removeprefix(NOT_NOW[decision]).strip(":. ") for why in whys]
    assert len(set(own)) == len(own)
    assert own[0]
    if ask.questions:
        assert DOWNTIME in own[0]


def test_a_reason_a_better_piece_gave_is_not_given_again() -> None:
    told = why_not_now(
        [
            piece("Valves", "It answers “Why?”.", "A guide fits the interest stage."),
            piece("Valves", "It answers “Why?”.", "An IT lead needs it."),
            piece("Valves", "It answers “Why?”."),
            piece("pumps", "It answers “Why?”."),
            piece(""),
        ],
        PaceDecision.WAIT,
    )
    assert told == (
        "Fits, but not now: it answers “Why?”.",
        "Fits, but not now: an IT lead needs it.",
        "Fits, but not now: it comes nearest under “Valves”.",
        "Fits, but not now.",
        "Fits, but not now.",
    )
