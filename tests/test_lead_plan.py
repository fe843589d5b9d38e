"""The plan of one lead, the step of a touch, and what a changed file would move (M4, M6, M45)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import Wired
from bot.flow.lead_plan import lead_plan, move_to
from bot.flow.next_touch import next_touch, recommend
from bot.flow.plans import kept_plans
from bot.flow.segmenting import plans_diff
from bot.views.json_forms import suggestion_form
from knowledge.clock import team_date
from knowledge.due import Listed
from knowledge.errors import BadInput, NotFound
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.touch import Ask
from tests.conftest import Ran
from tests.due_examples import listed, lists

PROBLEM = "Unplanned stops of our packing line"
COST = "What does a maintenance backlog cost us in a year?"


@pytest.fixture
def day(tools: Wired) -> date:
    return team_date(tools.clock, tools.settings.time_zone)


def put(tools: Wired, day: date, *acts: Any, lead: str = "ann", **facts: Any) -> str:
    known = LeadFacts(**{"name": "Ann Berg", "problem": PROBLEM, **facts})
    tools.leads.put(lead, known, "import", "test")
    entries = [HistoryEntry(a, day - timedelta(days=ago), *rest) for a, ago, *rest in acts]
    tools.leads.add_history(lead, entries)
    return lead


def test_m4_every_suggested_touch_names_its_step(tools: Wired, day: date) -> None:
    """M4 M45 The track's step with version and number; the plan begins with the first touch."""
    put(tools, day, (Action.JOINED_LIST, 2), stage=Stage.AWARENESS)
    made = next_touch(Ask(day, "ann"), tools)
    assert made.step
    assert (made.step.track, made.step.version, made.step.number, made.step.of) == (
        "joined_list", 1, 1, 5,
    )  # fmt: skip
    assert made.chosen
    if not made.step.passed_over:
        assert any("step 1 of “The first five pieces”" in r for r in made.reasons)
    assert suggestion_form(made)["step"]["says"] == made.step.says
    assert tools.suggestions.get(made.id).step == made.step
    held = kept_plans(tools).of("ann")
    assert held
    assert (held.track.id, held.started_on, held.ended_on) == ("joined_list", day, None)
    tools.suggestions.approve(made.id, "U1", str(tools.suggestions.get(made.id).text_hash))
    coming = lead_plan("ann", tools)
    assert coming.on == day + timedelta(days=7)
    assert coming.step
    assert coming.step.number == 2


def test_m4_without_a_track_a_touch_names_stage_question_or_obstacle_and_piece(
    tools: Wired, day: date
) -> None:
    """M4 For a lead that is not on record as well; its ranking and pace are as they were."""
    asked = recommend(Ask(day, facts=LeadFacts(stage=Stage.INTEREST), questions=(COST,)), tools)
    assert asked.step
    assert asked.chosen
    assert asked.step.track is None
    assert (
        asked.step.says == f"Interest: their question, “{COST}”, with “{asked.chosen.asset.title}”"
    )
    history = (HistoryEntry(Action.DOWNLOADED, day - timedelta(days=2)),)
    told = Ask(day, facts=LeadFacts(problem=PROBLEM, stage=Stage.INTEREST), history=history)
    found = recommend(told, tools)
    assert found.step
    assert found.step.track == "downloaded"
    assert found.chosen
    rules = {c.rule for c in found.chosen.contributions}
    assert "track_step" not in rules
    assert found.pace.gap_days == 7
    assert found.pace.budget == 27


def test_m45_a_question_goes_before_the_step_and_that_is_said(tools: Wired, day: date) -> None:
    """M45 The choice is the one of the question alone."""
    put(tools, day, (Action.JOINED_LIST, 2), stage=Stage.AWARENESS)
    put(tools, day, lead="bo", stage=Stage.AWARENESS)
    with_track = recommend(Ask(day, "ann", questions=(COST,)), tools)
    without = recommend(Ask(day, "bo", questions=(COST,)), tools)
    assert with_track.step
    assert "gives way: what they asked comes first" in with_track.step.passed_over
    assert with_track.chosen
    assert without.chosen
    assert with_track.chosen.asset.id == without.chosen.asset.id
    put(tools, day, (Action.ASKED, 1, None, COST), lead="cy", stage=Stage.INTEREST)
    asked = recommend(Ask(day, "cy"), tools)
    assert asked.step
    assert (asked.step.track, asked.step.passed_over) == ("asked", "")


def test_m6_the_plan_shows_past_next_after_and_what_would_change_it(
    tools: Wired, day: date, trailguide: Callable[..., Ran]
) -> None:
    """M4 M6"""
    piece = tools.library.all()[0].id
    put(tools, day, (Action.JOINED_LIST, 20), (Action.SENT, 3, piece), stage=Stage.AWARENESS)
    plan = lead_plan("ann", tools)
    assert [e.asset_id for e, _ in plan.past] == [piece]
    assert plan.on == day + timedelta(days=4)
    assert plan.step
    assert plan.step.number == 2
    assert plan.likely
    assert [c.number for c in plan.after] == [3, 4, 5]
    assert plan.after[0].on == day + timedelta(days=11)
    shown = trailguide("--home", tools.settings.home, "plan", "ann", "--json").json
    assert shown["next"]["on"] == plan.on.isoformat()
    assert {c["what"] for c in shown["changes"]} >= {"A reply", "An opt-out", "A question"}
    told = trailguide("--home", tools.settings.home, "plan", "ann").out
    assert "The first five pieces" in told
    assert trailguide("--home", tools.settings.home, "plan", "nobody").status != 0


@pytest.mark.parametrize(
    ("act", "facts"),
    [
        (None, {"opted_out": True}),
        (None, {"qualified": True}),
        ((Action.REPLIED, 1, None, "Thanks"), {}),
        ((Action.BOOKED_MEETING, 1), {}),
    ],
)
def test_m6_a_plan_stops_on_reply_opt_out_meeting_and_sales(
    tools: Wired, day: date, act: Any, facts: dict[str, Any]
) -> None:
    """M6 M16 M50"""
    acts = [(Action.JOINED_LIST, 20), (Action.SENT, 9)]
    put(tools, day, *acts, *([act] if act else []), **facts)
    plan = lead_plan("ann", tools)
    assert plan.stopped
    assert plan.step is None
    assert plan.after == ()


def test_m45_a_person_moves_a_lead_to_a_track_on_purpose(
    tools: Wired, day: date, trailguide: Callable[..., Ran]
) -> None:
    """M45 M53 In its newest version, audited; and ends a plan."""
    put(tools, day, (Action.SENT, 30), stage=Stage.AWARENESS)
    home = tools.settings.home
    shown = trailguide("--home", home, "plan", "ann", "--move", "joined_list", "--json").json
    assert (shown["track"], shown["step"], shown["under_way"]) == ("joined_list", 1, True)
    assert (
        trailguide("--home", home, "plan", "ann", "--move", "none", "--json").json["track"] is None
    )
    kinds = [e.kind for e in tools.audit.entries(tools.db) if e.kind.startswith("plan.")]
    assert kinds == ["plan.moved", "plan.ended"]
    with pytest.raises(NotFound, match="There is no track"):
        move_to("ann", "nowhere", "U1", tools)
    with pytest.raises(BadInput, match="No plan is under way"):
        move_to("ann", "none", "U1", tools)


def test_m45_a_changed_file_lists_who_would_move_and_plans_under_way_stay(
    tools: Wired, day: date, tmp_path: Path, trailguide: Callable[..., Ran]
) -> None:
    """M45 M51 As `journey diff` does; nothing is moved by it."""
    put(tools, day, (Action.JOINED_LIST, 2), lead="new", company_size=80)
    put(tools, day, (Action.JOINED_LIST, 2), lead="going", stage=Stage.AWARENESS)
    next_touch(Ask(day, "going"), tools)
    folder = tmp_path / "proposed"
    (folder / "tracks").mkdir(parents=True)
    (folder / "tracks" / "joined_list.toml").write_text(
        'version = 2\nlabel = "Other"\ntriggers = ["joined_list"]\nsegments = ["large"]\n'
        '[[step]]\nsays = "One"\n'
    )
    (folder / "segments.toml").write_text("[segments.small]\nwhen.company_size_to = 50\n")
    found = plans_diff(tools, folder)
    moved = {m.id: (m.before, m.after) for m in found.tracks}
    assert moved["new"] == ("joined_list", "none")
    assert "going" not in moved
    assert {m.id for m in found.segments} == {"new"}
    assert [(m.id, m.after) for m in found.staying] == [("going", "version 2")]
    ran = trailguide("--home", tools.settings.home, "tracks", "diff", folder)
    assert "joined_list -> none" in ran.out
    assert trailguide("--home", tools.settings.home, "tracks", "diff", tmp_path / "no").status == 2
    checked = trailguide("--home", tools.settings.home, "tracks", "check", folder)
    assert checked.status == 0


def test_tracks_are_listed_shown_and_drawn(
    tools: Wired, trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """M45"""
    home = tools.settings.home
    listed = trailguide("--home", home, "tracks", "list", "--json").json
    assert "long_term" in [t["id"] for t in listed]
    shown = trailguide("--home", home, "tracks", "show", "joined_list", "--json").json
    assert len(shown["steps"]) == 5
    assert "Ends by" in trailguide("--home", home, "tracks", "show", "joined_list").out
    for track in listed:
        picture = tmp_path / f"{track['id']}.png"
        ran = trailguide("--home", home, "tracks", "picture", track["id"], "--output", picture)
        assert ran.status == 0
        assert picture.read_bytes().startswith(b"\x89PNG")
    assert trailguide("--home", home, "tracks", "show", "nowhere").status != 0


def test_the_version_must_be_raised_when_a_track_says_something_else(
    tools: Wired, day: date, trailguide: Callable[..., Ran]
) -> None:
    put(tools, day, (Action.JOINED_LIST, 2), stage=Stage.AWARENESS)
    next_touch(Ask(day, "ann"), tools)
    place = tools.settings.home / "tracks"
    place.mkdir()
    (place / "joined_list.toml").write_text(
        'version = 1\nlabel = "Other"\ntriggers = ["joined_list"]\n[[step]]\nsays = "One"\n'
    )
    ran = trailguide("--home", tools.settings.home, "tracks", "check")
    assert "raise the version" in ran.out


def test_m55_a_long_term_lead_comes_back_with_the_piece_that_is_new_for_it(
    tools: Wired, day: date
) -> None:
    """M3 M55 Published or approved since our last touch, fitting, never seen; else as before."""
    sent = [(Action.SENT, ago) for ago in (170, 150, 130)]
    put(tools, day, *sent, owner="robin@tidewell.example")
    put(tools, day, sent[-1], lead="cy", owner="robin@tidewell.example")
    assert listed(tools)["ann"] == ("neglected", "something_new")
    row = next(r for r in lists(tools).of(Listed.NEGLECTED) if r.lead_id == "ann")
    assert row.why.told in {a.title for a in tools.library.all()}
    assert listed(tools)["cy"] == ("neglected", "long_untouched")
    every = [
        HistoryEntry(Action.SENT, day - timedelta(days=140), a.id) for a in tools.library.all()
    ]
    tools.leads.add_history("ann", every)
    assert listed(tools)["ann"][1] != "something_new"
