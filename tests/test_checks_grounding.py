"""Claims, figures, statistics and the lead's own part in a draft (M21, M26)."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from knowledge.assets import Asset
from knowledge.journey import AssetType
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from prompts.checks import CheckContext, check_draft
from prompts.checks.grounding import claim_of
from prompts.checks.support import Figure, Support, figures, read_asset

ASSET = Asset(
    id="stops-1",
    title="What a stop costs",
    type=AssetType.BLOG,
    source="x",
    url="https://www.tidewell.example/blog/stops",
    text="""Every emergency is paid for twice: once at the machine, and once in the planned job it
pushed aside. An hour of downtime is not always a lost hour.

In our example one stop costs 1,900 euros. A planner spends 14 hours a week on finding things out.

| Item | Cost |
|---|---|
| Courier | 180 |

Spare machines make late parts cheaper to catch up on. Log every stop over 20 minutes.
""",
)


def rules(body: str, **known: object) -> set[str]:
    context = CheckContext(body=body, asset=ASSET, **known)  # type: ignore[arg-type]
    return {f.rule for f in check_draft(context).findings} - {"length"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Every emergency is paid for twice, at the machine and in the job it pushed aside.",
        'The article puts it this way: "An hour of downtime is not always a lost hour."',
        "A planner spends fourteen hours a week on finding things out.",
        "The courier in the example costs 180 euros.",
        "Log every stop over 20 minutes.",
    ],
)
def test_what_the_piece_says_is_supported(sentence: str) -> None:
    """M26"""
    assert rules(sentence) == set()


@pytest.mark.parametrize(
    "sentence",
    [
        "Predictive sensors find most bearing faults weeks before the machine stops.",
        "The article shows that skilled welders leave companies with poor lighting.",
        "An hour of downtime is always a lost hour.",
        "Every emergency is not paid for at the machine or in the planned job.",
    ],
)
def test_what_the_piece_does_not_say_is_found(sentence: str) -> None:
    """M26"""
    assert "claim_unsupported" in rules(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "One stop costs 2,900 euros.",
        "A planner spends 15 hours a week on finding things out.",
        "A planner spends 14 days a week on finding things out.",
        "A planner spends 20 hours a week on finding things out.",
        "Log every stop over thirty minutes.",
    ],
)
def test_a_changed_figure_is_found(sentence: str) -> None:
    """M26"""
    assert "number_unsupported" in rules(sentence)


def test_the_leads_own_figures_are_allowed() -> None:
    profile = LeadProfile(LeadFacts(company_size=640, problem="We lose 37 hours a month to stops"))
    assert rules("You lose 37 hours a month to stops, with 640 people.", profile=profile) == set()
    assert "number_unsupported" in rules("You lose 38 hours a month to stops.", profile=profile)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,900 euros", (Figure(1900, "money"),)),
        ("€1.5m", (Figure(1_500_000, "money"),)),
        ("28 percent", (Figure(28, "percent"),)),
        ("four to six weeks", (Figure(4, "week"), Figure(6, "week"))),
        ("one of them", ()),
        ("half an hour", (Figure(0.5, "hour"),)),
        ("3.5 h", (Figure(3.5),)),
    ],
)
def test_figures_are_read_with_their_units(text: str, found: tuple[Figure, ...]) -> None:
    assert figures(text) == found


def test_digits_and_words_are_the_same_figure() -> None:
    passages = read_asset(ASSET)
    assert passages.has_figure(figures("fourteen hours")[0])
    assert passages.support("A planner spends 14 hours a week") is Support.FULL


@pytest.mark.parametrize(
    "sentence",
    [
        "58% of planners have an open post.",
        "One in three companies plans on paper.",
        "Half of all plants lose parts.",
        "Plants with a plan have 20 percent fewer breakdowns.",
    ],
)
def test_a_statistic_needs_source_and_year(sentence: str) -> None:
    """M26"""
    assert "statistic_source" in rules(sentence)
    sourced = f"In the Tidewell Maintenance Survey 2025: {sentence}"
    assert "statistic_source" not in rules(sourced)


def test_a_share_in_a_rule_of_thumb_is_no_statistic() -> None:
    assert "statistic_source" not in rules("Hold back 30 percent of the hours for breakdowns.")


@pytest.mark.parametrize(
    "sentence",
    [
        "You asked what a stop costs your plant each year.",
        "This article is a good place to begin.",
        "I looked for a piece that helps to think it through.",
        "The whole article is here:",
        "How do you handle that today?",
        "See whether it sounds like your own place.",
        "Hello Dana,",
    ],
)
def test_talk_about_the_talk_claims_nothing(sentence: str) -> None:
    assert claim_of(sentence) is None


def test_a_draft_must_be_about_this_lead() -> None:
    """M21"""
    asked = LeadProfile(questions=("How do we get technicians to use a mobile app?",))
    stranger = "Good day. Every emergency is paid for twice: once at the machine."
    assert "nothing_of_the_lead" in rules(stranger, profile=asked)
    about = "You asked how to get technicians to use an app. Every emergency is paid for twice."
    assert "nothing_of_the_lead" not in rules(about, profile=asked)


def test_what_the_lead_did_counts_as_the_leads_own() -> None:
    """M21 M45"""
    body = "Thank you for downloading our last piece. Every emergency is paid for twice."
    did = LeadProfile(history=(HistoryEntry(Action.DOWNLOADED, date(2026, 1, 5), "a-1"),))
    other = LeadProfile(history=(HistoryEntry(Action.OPENED, date(2026, 1, 5), "a-1"),))
    assert "nothing_of_the_lead" not in rules(body, profile=did)
    assert "nothing_of_the_lead" in rules(body, profile=other)


def test_nobody_knows_what_a_stranger_cares_about_so_it_is_not_judged() -> None:
    report = check_draft(CheckContext(body="Hello.", profile=LeadProfile(LeadFacts(name="Dana"))))
    assert "nothing_of_the_lead" in report.skipped


def test_a_conversation_that_never_happened_is_found() -> None:
    """M25"""
    body = "It was great talking to you last week."
    silent = LeadProfile(LeadFacts(problem="stops"))
    spoken = dataclasses.replace(silent, history=(HistoryEntry(Action.CALLED, date(2026, 1, 5)),))
    assert "false_familiarity" in rules(body, profile=silent)
    assert "false_familiarity" not in rules(body, profile=spoken)
