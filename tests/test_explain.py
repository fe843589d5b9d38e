"""`next --explain`: every rule's points, the refused, the stage, the pace, the question."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.bootstrap import Wired
from bot.flow.explaining import explain
from bot.flow.next_touch import next_touch
from bot.views.explained import explained, why_asked
from bot.views.terminal import console
from knowledge.leads import LeadFacts
from knowledge.touch import Ask
from retrieval.profiling import Effect
from tests.conftest import Ran, SetClock

QUESTION = "What can we do about the technician shortage?"
Run = Callable[..., Ran]


@pytest.fixture
def asked(trailguide: Run, home: Path) -> Ran:
    return trailguide(
        "--home", home, "next", "--stage", "interest", "--question", QUESTION, "--explain"
    )


@pytest.fixture
def form(trailguide: Run, home: Path) -> dict:  # type: ignore[type-arg]
    options = ("--stage", "interest", "--question", QUESTION, "--explain", "--json")
    ran = trailguide("--home", home, "next", *options)
    assert ran.status == 0, ran.err
    return ran.json  # type: ignore[no-any-return]


def test_the_table_holds_choice_and_next_side_by_side(asked: Ran) -> None:
    assert asked.status == 0
    for part in ("What each rule said", "1. ", "2. ", "chosen, podcast", "sum", "stage fit"):
        assert part in asked.out, part


def test_m17_refused_pieces_are_named_with_their_rule(asked: Ran) -> None:
    refused = asked.out.partition("Refused")[2]
    assert "promotional" in refused
    assert "weak match" in refused


def test_m10_m33_stage_pace_and_touch_count_are_told_with_their_reasons(asked: Ran) -> None:
    """M10 M16 M33"""
    told = " ".join(asked.out.split())
    assert "Stage: interest, as given" in told
    assert "Pace: send (due)" in told
    assert "touch 1 of 27, 7 days between" in told


def test_m29_the_question_comes_with_why_that_one(asked: Ran) -> None:
    told = " ".join(asked.out.partition("Ask next:")[2].split())
    assert "answer" in told
    assert "What each answer would change" in told


def test_the_form_adds_up_and_keeps_the_contracts_fields(form: dict) -> None:  # type: ignore[type-arg]
    first = form["explain"]["candidates"][0]
    assert first["asset_id"] == form["asset"]["asset_id"]
    assert first["score"] == form["asset"]["score"]
    for candidate in form["explain"]["candidates"]:
        points = sum(c["points"] for c in candidate["contributions"])
        assert points == pytest.approx(candidate["score"], abs=0.001)
        assert all(c["sentence"].endswith(".") for c in candidate["contributions"])
    assert {"decision", "reason", "also", "when", "stage", "touch", "rule", "gap_days"} <= set(form)


def test_the_form_names_refusals_and_the_profiling_question(form: dict) -> None:  # type: ignore[type-arg]
    """M17 M29"""
    rules = {r["rule"] for r in form["explain"]["refused"]}
    assert "promotional" in rules
    profiling = form["explain"]["profiling"]
    assert profiling["question"] == form["profiling_question"]
    gains = [e["gain"] for e in profiling["effects"]]
    assert gains == sorted(gains, reverse=True)
    for effect in profiling["effects"]:
        assert 0 <= effect["changing"] <= effect["answers"]
        assert (effect["instead"] is None) == (effect["changing"] == 0)


def test_without_the_flag_nothing_is_added(trailguide: Run, home: Path) -> None:
    ran = trailguide("--home", home, "next", "--question", QUESTION, "--json")
    assert "explain" not in ran.json
    assert (
        "What each rule said" not in trailguide("--home", home, "next", "--question", QUESTION).out
    )


def test_a_batch_is_explained_line_by_line(trailguide: Run, home: Path, tmp_path: Path) -> None:
    asks, answers = tmp_path / "asks.jsonl", tmp_path / "answers.jsonl"
    asks.write_text(json.dumps({"id": 1, "questions": [QUESTION]}) + "\n")
    ran = trailguide("--home", home, "next", "--batch", asks, "--output", answers, "--explain")
    assert ran.status == 0
    line = json.loads(answers.read_text())
    assert line["explain"]["candidates"][0]["asset_id"] == line["asset"]["asset_id"]


def test_a_wait_shows_what_would_fit_and_every_reason(tools: Wired, clock: SetClock) -> None:
    """M16 An explanation of "send nothing now"."""
    facts = LeadFacts(replied_at=clock.now(), account_touched_on=clock.now().date())
    ask = Ask(today=clock.now().date(), questions=(QUESTION,), facts=facts)
    suggestion = next_touch(ask, tools, keep=False)
    why = explain(suggestion, tools)
    assert suggestion.chosen is None
    assert why.ranking.ranked
    shown = console()
    with shown.capture() as capture:
        shown.print(explained(suggestion, why.ranking, why.profiling))
    told = " ".join(capture.get().split())
    assert "chosen" not in told.partition("Stage:")[0]
    for reason in (suggestion.pace.reason, *suggestion.pace.also):
        assert " ".join(reason.split()[:4]) in told


def test_m16_a_lead_who_opted_out_is_asked_nothing(tools: Wired, clock: SetClock) -> None:
    ask = Ask(clock.now().date(), questions=(QUESTION,), facts=LeadFacts(opted_out=True))
    assert explain(next_touch(ask, tools, keep=False), tools).profiling is None


def test_what_was_explained_is_what_was_suggested(tools: Wired, clock: SetClock) -> None:
    cost = "What does maintenance software cost over five years?"
    ask = Ask(clock.now().date(), lead_id="lead-owen-brandt", questions=(cost,))
    suggestion = next_touch(ask, tools)
    why = explain(suggestion, tools)
    assert suggestion.chosen is not None
    assert why.ranking.ranked[0] == suggestion.chosen
    assert why.profiling is not None
    assert why.profiling.question == suggestion.profiling_question


def test_m29_why_asked_says_when_no_answer_changes_the_choice() -> None:
    assert "would move the pieces" in why_asked(Effect("persona", 3, 0, 0.0, 0.5), ())
    assert "help a draft most" in why_asked(Effect("obstacles", 0, 0, 0.0, 0.0), ())
