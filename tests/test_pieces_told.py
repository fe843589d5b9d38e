"""What a rep says a lead read is found in the library, with its day, and tells what they want."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired
from bot.flow.next_touch import recommend
from bot.flow.understand import understand
from bot.views.words_understood import understood_line
from knowledge.clock import team_date
from knowledge.dates_done import LONGEST_AGO, day_done, without_days
from knowledge.deeds_told import deeds_told
from knowledge.describing import problem
from knowledge.leads import Action
from knowledge.touch import PaceDecision

SATURDAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("said", "action", "title"),
    [
        (
            "Sam Porter downloaded our white paper on spare parts. What next?",
            Action.DOWNLOADED,
            "Spare parts: how much stock is enough?",
        ),
        (
            "Sam Porter read \u201cWhat unplanned downtime really cost\u201d and asks what to do",
            Action.READ,
            "What unplanned downtime really costs",
        ),
        (
            "Sam attended our webinar on getting technicians to use a mobile app on Monday",
            Action.ATTENDED,
            "Getting technicians to use a mobile app",
        ),
        (
            "Sam forwarded the SAP spec to his boss two days ago",
            Action.FORWARDED,
            "Connecting to SAP: what syncs, how often, and who owns each record",
        ),
    ],
)
def test_the_piece_a_rep_means_is_found_by_title_or_by_kind_and_subject(
    tools: Wired, said: str, action: Action, title: str
) -> None:
    """M14 M44 It is said back, and never suggested again to this lead."""
    understood = understand(said, tools)
    (deed,) = understood.deeds
    assert deed.action is action
    assert tools.library.get(deed.asset_id or "").title == title
    assert title[:40] in understood_line(understood)
    ask = understood.ask(team_date(tools.clock, "UTC"), asked_by="U1")
    assert title[:40] in understood_line(ask)
    chosen = recommend(ask, tools).chosen
    assert chosen is None or chosen.asset.id != deed.asset_id


@pytest.mark.parametrize(
    "said",
    [
        "Sam Porter read our maintenance guide and asks how long a rollout takes",
        "Sam Porter downloaded something",
        "Sam Porter read the guide, the case study and the checklist",
        "Sam Porter has not read the white paper on spare parts",
        "Sam Porter downloaded the guide to beekeeping",
    ],
)
def test_where_no_piece_is_meant_none_is_taken(tools: Wired, said: str) -> None:
    assert understand(said, tools).pieces == ()


def test_a_download_told_in_one_message_leads_to_the_next_piece(tools: Wired) -> None:
    """M5 M22 M45 What they downloaded tells what they want to learn: no need to ask first."""
    told = understand("Sam Porter downloaded our white paper on spare parts yesterday", tools)
    today = team_date(tools.clock, "UTC")
    found = recommend(told.ask(today, asked_by="U1"), tools)
    assert found.pace.decision is PaceDecision.SEND
    assert told.deeds[0].on == today - timedelta(days=1)
    bare = understand("Sam Porter is a CFO at Harrow Foods. What next?", tools)
    assert recommend(bare.ask(today, asked_by="U1"), tools).pace.decision is PaceDecision.ASK


def test_a_problem_on_record_is_not_written_over_by_a_download(tools: Wired) -> None:
    """M28 What the lead was after first stays."""
    assert understand("Priya Raman downloaded the white paper on spare parts", tools).about is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Kim has a problem with technicians who don't close orders. What next?",
            "Technicians who don't close orders",
        ),
        ("She struggles with late orders, and asks what it costs", "Late orders"),
        (
            "Their main problem is that the plan lives in five spreadsheets",
            "The plan lives in five spreadsheets",
        ),
        ("She has no problem with SAP at all", None),
        ("I have a problem with the bot", None),
    ],
)
def test_the_problem_that_is_told_is_kept(said: str, told: str | None) -> None:
    """M22 M28"""
    assert problem(said) == told


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("yesterday", date(2026, 11, 27)),
        ("last week", date(2026, 11, 21)),
        ("on Monday", date(2026, 11, 23)),
        ("three days ago", date(2026, 11, 25)),
        ("on 20 November", date(2026, 11, 20)),
        ("March 3rd", date(2026, 3, 3)),
        ("2026-10-01", date(2026, 10, 1)),
        ("in March", None),
        ("soon", None),
    ],
)
def test_a_day_in_the_past_is_read_as_reps_say_it(said: str, on: date | None) -> None:
    assert day_done(f"she read it {said}, I think", SATURDAY) == on


@given(st.text(max_size=200))
def test_any_words_give_acts_and_days_that_are_not_to_come(said: str) -> None:
    day = day_done(said, SATURDAY)
    assert day is None or SATURDAY - LONGEST_AGO <= day <= SATURDAY
    assert len(without_days(said)) <= len(said)
    for deed in deeds_told(f"she downloaded the {said}", SATURDAY):
        assert deed.on is None or deed.on <= SATURDAY
