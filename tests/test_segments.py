"""Segments by rule, and the one bucket of every lead that is not qualified (M51)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.plans_forms import segments_form
from knowledge.buckets import bucket_of, is_qualified
from knowledge.errors import BadInput
from knowledge.journey import Stage
from knowledge.leads import Action
from knowledge.pacing_settings import PacingSettings
from knowledge.placed import Placed
from knowledge.plan_rules import KEYS, is_customer
from knowledge.segments import BUILT_IN, LAST_BUCKET, load_segments
from tests.conftest import Ran
from tests.plan_examples import placed, standing, touches


def segment_of(home: Path | None = None, *acts: Any, **told: Any) -> str:
    return load_segments(home).of(standing(*acts, **told))[0]


def bucket(*acts: Any, home: Path | None = None, **told: Any) -> str:
    lead = standing(*acts, **told)
    segments = load_segments(home)
    found = bucket_of(lead, segments, PacingSettings(), segments.of(lead)[0])
    return found.bucket if found else "qualified"


@pytest.mark.parametrize(
    ("facts", "segment"),
    [
        ({"company_size": 99}, "small"),
        ({"company_size": 100}, "midsize"),
        ({"company_size": 1000}, "large"),
        ({"stage": Stage.CUSTOMER, "company_size": 5000}, "customers"),  # of two the later
        ({"segment": "Key accounts", "company_size": 99}, "Key accounts"),
        ({}, ""),
    ],
)
def test_m51_a_lead_is_in_the_segment_whose_rule_fits_and_its_own_fact_wins(
    facts: dict[str, Any], segment: str
) -> None:
    """M51"""
    assert segment_of(None, **facts) == segment


def test_m51_a_teams_rules_may_name_any_fact_and_what_was_done(tmp_path: Path) -> None:
    """M51 The rule that names most wins, of two equal ones the later."""
    (tmp_path / "segments.toml").write_text(
        "version = 2\n"
        '[segments.plants]\nlabel = "Plants"\nwhen.industry = ["Manufacturing"]\n'
        '[segments.webinar]\nwhen.did = ["attended"]\nwhen.within_days = 30\n'
        '[segments.fair]\nwhen.source = ["fair"]\nwhen.role = ["plant manager"]\n'
        "[segments.small]\nuse = false\n"
    )
    assert segment_of(tmp_path, industry="manufacturing", company_size=20) == "plants"
    assert segment_of(tmp_path, (Action.ATTENDED, 30)) == "webinar"
    assert segment_of(tmp_path, (Action.ATTENDED, 31)) == ""
    told = {"industry": "manufacturing", "role": "Deputy Plant Manager"}
    assert segment_of(tmp_path, source="import of fair.csv", **told) == "fair"
    assert load_segments(tmp_path).version == 2


def test_m51_everything_that_is_wrong_is_named_with_file_line_and_what_to_do(
    tmp_path: Path, trailguide: Callable[..., Ran]
) -> None:
    """M51 M59"""
    (tmp_path / "segments.toml").write_text(
        "[segments.a]\nwhen.indutry = ['x']\n"
        "[segments.b]\nwhen.stage = ['soon']\n"
        "[segments.c]\nlabel = 'C'\n"
        "[segments.d]\nwhen.company_size_from = 10\nwhen.company_size_to = 5\n"
        "[segments.e]\nwhen.did = ['danced']\n"
        "[buckets]\norder = ['opted_out', 'nowhere']\n"
        "[buckets.mine]\nlabel = 'Mine'\n"
    )
    with pytest.raises(BadInput) as told:
        load_segments(tmp_path)
    said = str(told.value)
    for part in (
        "segments.toml (line 2): 'segments.a.when.indutry' is not known; a rule may name",
        "(line 4): 'segments.b.when.stage' Unknown stage 'soon'; use one of",
        "(line 5): 'segments.c' needs a rule that names a fact",
        "(line 8): 'segments.d.when.company_size_from' is above company_size_to",
        "(line 11): 'segments.e.when.did' names an unknown 'danced'; use",
        "(line 13): 'buckets.order' names an unknown bucket 'nowhere'; there are",
        "(line 14): 'buckets.mine' needs a rule",
    ):
        assert part in said, said
    ran = trailguide("--home", tmp_path, "tracks", "check")
    assert ran.status == 2
    lines = [line for line in ran.err.splitlines() if line.startswith("Wrong: ")]
    assert len(lines) >= 7, "one mistake a line"
    assert "danced" in ran.err
    assert "packaged files are used" in ran.err


def test_m51_each_bucket_takes_its_own() -> None:
    """M51 M1 What an unqualified lead lacks."""
    sent = touches(70, 40, 10)
    assert bucket() == "never_touched"
    assert bucket(*touches(9)) == "in_progress"
    assert bucket(problem=None) == "problem_unknown"
    assert bucket(opted_out=True) == "opted_out"
    assert bucket((Action.REPLIED, 5, None, "Write to me again in March please")) == "timing_later"
    assert bucket(*sent) == "went_silent"
    assert bucket(*sent, (Action.CLICKED, 9)) == "in_progress"
    assert bucket(*touches(50, 40, 10)) == "in_progress"  # three touches, not yet sixty days
    assert bucket(*touches(9), budget=1) == "budget_spent"
    late = {"stage": Stage.CONSIDERATION, "company": "Acme"}
    assert bucket(*touches(9), roles=("user",), **late) == "no_decider"
    assert bucket(*touches(9), roles=("economic_buyer",), **late) == "in_progress"
    assert bucket(*touches(9), roles=None, **late) == "in_progress"  # nobody looked
    assert bucket(qualified=True) == "qualified"
    assert bucket((Action.REQUESTED_DEMO, 3)) == "qualified"


def test_m51_a_bucket_of_a_teams_own_and_an_order_for_one_segment(tmp_path: Path) -> None:
    """M51"""
    (tmp_path / "segments.toml").write_text(
        '[segments.small]\nbuckets = ["no_mail", "problem_unknown"]\n'
        '[buckets.no_mail]\nlabel = "No address"\nwhen.unknown = ["email"]\n'
    )
    assert bucket(home=tmp_path, company_size=9) == "no_mail"
    assert bucket(home=tmp_path, company_size=9, email="a@x.example", problem=None) == (
        "problem_unknown"
    )
    assert bucket(home=tmp_path, company_size=900) == "never_touched"


ACTS = st.tuples(st.sampled_from(list(Action)), st.integers(0, 400))


@given(
    st.lists(ACTS, max_size=12), st.booleans(), st.sampled_from([None, *Stage]),
    st.sampled_from([None, True, False]), st.sampled_from([None, 1, 30]),
)  # fmt: skip
def test_m51_every_lead_that_is_not_qualified_stands_in_exactly_one_bucket(
    acts: list[Any], problem: bool, stage: Stage | None, qualified: bool | None, budget: int | None
) -> None:
    """M51 Whatever happened, one bucket with a reason, or it bought, or sales has it."""
    told = {"problem": "It stops" if problem else None, "stage": stage, "qualified": qualified}
    lead = standing(*acts, budget=budget, **told)
    segments = load_segments()
    found = bucket_of(lead, segments, PacingSettings(), segments.of(lead)[0])
    assert (found is None) == (is_qualified(lead) or is_customer(lead))
    if found:
        assert found.bucket in segments.order
        assert found.why


def test_m51_a_customer_is_no_qualified_lead_and_not_handed_over() -> None:
    """M51 Customers are counted as what they are."""
    for lead in (
        standing(stage=Stage.CUSTOMER),
        standing((Action.BOUGHT, 5), read=Stage.CUSTOMER),
    ):
        place = placed(lead)
        assert Placed("ann", "", "", place).bucket == "customer"
        assert "hand over" not in place.why
        assert not is_qualified(lead)
        assert place.segment == "customers"
    told = segments_form(load_segments(), [Placed("ann", "", "", placed(lead))])
    assert (told["customers"], told["qualified"]) == (1, 0)


def test_m51_words_alone_make_no_customer() -> None:
    """M33 M51 A stage that was read without a purchase leaves a lead where it was."""
    lead = standing((Action.ASKED, 3, None, "How do I plan?"), read=Stage.CUSTOMER)
    place = placed(lead)
    assert place.segment != "customers"
    assert place.bucket
    assert place.bucket.bucket == "never_touched"


def test_the_packaged_file_names_every_built_in_bucket_and_ends_with_the_last() -> None:
    segments = load_segments()
    assert {b.id for b in segments.buckets} == set(BUILT_IN)
    assert segments.order[-1] == LAST_BUCKET
    assert "industry" in KEYS


def test_m51_the_command_line_lists_shows_and_says_why(
    home: Path, trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """M51 And each segment's decisions as a picture."""
    listed = trailguide("--home", home, "segments", "list", "--json").json
    leads = sum(s["leads"] for s in listed["segments"]) + listed["none"]
    assert leads > 5
    assert (
        sum(b["leads"] for b in listed["buckets"]) + listed["qualified"] + listed["customers"]
        == leads
    )
    shown = trailguide("--home", home, "segments", "show", "midsize", "--json").json
    assert len(shown["leads"]) == next(
        s["leads"] for s in listed["segments"] if s["id"] == "midsize"
    )
    lead = shown["leads"][0]["lead_id"]
    of = trailguide("--home", home, "segments", "of", lead, "--json").json
    assert of["segment"] == "midsize"
    assert of["segment_because"]
    ran = trailguide("--home", home, "segments", "of", lead)
    assert "Segment: midsize" in ran.out
    picture = tmp_path / "s.png"
    assert trailguide("--home", home, "segments", "picture", "--output", picture).status == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert trailguide("--home", home, "segments", "show", "giants").status != 0
