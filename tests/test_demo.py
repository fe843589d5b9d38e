"""The demo shows its four scenes as they are announced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.bootstrap import Wired
from bot.demo import SCENES
from bot.flow.next_touch import next_touch
from knowledge.clock import team_date
from knowledge.journey import AssetType
from knowledge.touch import Ask, PaceDecision, Suggestion
from tests.conftest import Ran


def scene(tools: Wired, number: int) -> Suggestion:
    told = SCENES[number]
    return next_touch(
        Ask(
            today=team_date(tools.clock, "UTC"),
            lead_id=told.lead_id,
            questions=told.questions,
            asked_by="demo",
        ),
        tools,
    )


def test_the_first_scene_recommends_an_educational_piece(tools: Wired) -> None:
    """M21 M23 M60 An asset that answers, and a short draft that passes all checks."""
    shown = scene(tools, 0)
    assert shown.pace.decision is PaceDecision.SEND
    assert shown.chosen is not None
    assert shown.reasons
    assert shown.draft is not None
    assert shown.draft.checks.passed, shown.draft.checks.findings
    assert "Dana" in shown.draft.body.splitlines()[0]
    assert 60 <= len(shown.draft.body.split()) <= 140


def test_the_second_scene_says_that_nothing_is_good_enough(tools: Wired) -> None:
    """M47 A miss is said and counted."""
    shown = scene(tools, 1)
    assert shown.chosen is None
    assert shown.draft is None
    assert shown.unanswered == SCENES[1].questions
    assert [r.question for r in tools.requests.all()] == list(SCENES[1].questions)


def test_the_third_scene_sends_nothing_now(tools: Wired) -> None:
    """M16 With the reason and the date to look again."""
    shown = scene(tools, 2)
    assert shown.pace.decision is PaceDecision.WAIT
    assert shown.pace.when is not None
    assert shown.pace.when > team_date(tools.clock, "UTC")
    assert shown.draft is None


def test_the_fourth_scene_refuses_the_brochure_that_matches_best(tools: Wired) -> None:
    """M17 A brochure is never recommended, whatever its score."""
    best = tools.finder.search(SCENES[3].questions[0], 1)[0]
    assert best.asset.type is AssetType.BROCHURE
    shown = scene(tools, 3)
    assert shown.chosen is not None
    assert shown.chosen.asset.type is not AssetType.BROCHURE
    refused = [a for a in shown.alternates if a.candidate.asset.id == best.asset.id]
    assert refused, "the card names the brochure and why it was refused"
    assert "brochure" in refused[0].why_not.lower()


def test_the_demo_empties_no_folder_but_its_own(
    trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    precious = tmp_path / "demo" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("years of work")
    ran = trailguide("--home", tmp_path, "demo")
    assert ran.status == 2
    assert "not the demo's" in ran.err
    assert precious.read_text() == "years of work"


@pytest.mark.timeout(180)
def test_the_demo_command_runs_without_asking_anything(
    seeded: Path, trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    ran = trailguide("--home", tmp_path / "home", "demo")
    assert ran.status == 0, ran.err
    for number, told in enumerate(SCENES, 1):
        assert f"{number}. {told.title}" in ran.out
    assert "Send nothing now" in ran.out
    assert "make slack" in ran.out
    assert "counted as a content request" in ran.out
