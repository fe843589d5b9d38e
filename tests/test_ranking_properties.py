"""What holds of every recommendation, whatever library and lead (M16, M17, M27, M30, M44)."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired
from bot.flow.next_touch import next_touch
from knowledge.assets import Asset, AssetStatus
from knowledge.journey import PROMOTIONAL_TYPES, AssetType, Stage
from knowledge.leads import OURS, SEEN, Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.pacing import decide_pace
from knowledge.tone import HYPE_THRESHOLD, is_promotional
from knowledge.touch import Ask, Candidate, PaceDecision, Ranking, StageReading
from retrieval.ranking import alternates, rank
from retrieval.stage import StageReader

TODAY = date(2026, 11, 22)
QUESTIONS = (
    "How do we cut downtime?", "What does it cost?", "Who else uses it?",
    "How do I convince our board?", "Does it work with SAP?",
)  # fmt: skip
WORDS = ("finance", "it", "operations", "small business", "enterprise", "sap", "objections")
NAMES = tuple(f"n{i}" for i in range(20))

tags = st.lists(st.sampled_from(WORDS), max_size=3, unique=True).map(tuple)
days = st.integers(0, 400).map(lambda n: TODAY - timedelta(days=n))
words = st.sampled_from(["downtime", "too few technicians", "sap", "stock", "cost of stops"])

assets = st.builds(
    lambda name, kind, personas, industries, topics, published, status, hype, overruled: Asset(
        id=name, title=f"Piece {name}", type=kind, text="A text on downtime.", source=f"{name}.md",
        personas=personas, industries=industries, topics=topics, published=published,
        status=status, hype=hype, hype_overruled=overruled,
    ),
    st.sampled_from(NAMES), st.sampled_from(AssetType), tags, tags, tags, st.none() | days,
    st.sampled_from([AssetStatus.APPROVED] * 3 + [AssetStatus.DRAFT, AssetStatus.RETIRED]),
    st.sampled_from([0.0, 0.0, HYPE_THRESHOLD + 0.1]), st.booleans(),
)  # fmt: skip
answers = st.lists(st.integers(0, 1), max_size=2, unique=True).map(lambda a: tuple(sorted(a)))
candidates = st.lists(
    st.builds(
        lambda asset, score, near, answered: Candidate(asset, score, near, "A.", answers=answered),
        assets, st.floats(0, 1), st.floats(-1, 1), answers,
    ),
    max_size=12,
    unique_by=lambda c: c.asset.id,
)  # fmt: skip
entries = st.lists(
    st.builds(
        HistoryEntry, st.sampled_from(Action), days, st.none() | st.sampled_from(NAMES),
        st.sampled_from(["", "How do we cut downtime?"]),
    ),
    max_size=6,
).map(tuple)  # fmt: skip
facts = st.builds(
    LeadFacts,
    persona=st.none() | st.sampled_from(WORDS), industry=st.none() | st.sampled_from(WORDS),
    company_size=st.none() | st.integers(1, 9000), products=tags,
    buying_role=st.none() | st.sampled_from(["champion", "economic buyer", "user", "blocker"]),
    outcome=st.none() | words, obstacles=st.lists(words, max_size=2).map(tuple),
    problem=st.none() | words, intent=st.none() | words,
    trust_gaps=st.lists(st.sampled_from(["known", "expert", "liking"]), max_size=2).map(tuple),
)  # fmt: skip
asked = st.lists(st.sampled_from(QUESTIONS), max_size=2, unique=True).map(tuple)
roles = st.none() | st.lists(st.sampled_from(["economic_buyer", "user"]), max_size=2).map(tuple)
leads = st.builds(
    lambda known, history, questions, others: LeadProfile(
        known, history, questions, account_roles=others
    ),
    facts, entries, asked, roles,
)  # fmt: skip
readings = st.builds(
    lambda stage, sure: StageReading(stage, sure, ()), st.sampled_from(Stage), st.floats(0.2, 1)
)


def promotional(asset: Asset, stage: Stage) -> str | None:
    return is_promotional(asset.type, asset.hype, stage, asset.hype_overruled)


def ranking(pieces: list[Candidate], lead: LeadProfile, stage: StageReading) -> Ranking:
    return rank(pieces, lead, stage, today=TODAY, promotional=promotional)


def order(pieces: list[Candidate], lead: LeadProfile, stage: StageReading) -> list[str]:
    return [r.asset.id for r in ranking(pieces, lead, stage).ranked]


@given(candidates, leads, readings)
def test_m17_m27_m44_never_an_unapproved_retired_seen_or_promotional_piece(pieces, lead, stage):
    """M17 M27 M44"""
    result = ranking(pieces, lead, stage)
    assert len(result.ranked) + len(result.refused) == len(pieces)
    for chosen in result.ranked:
        assert chosen.asset.status is AssetStatus.APPROVED
        assert chosen.asset.type is not AssetType.BROCHURE
        assert promotional(chosen.asset, stage.stage) is None
        taken = [e for e in lead.history if e.asset_id == chosen.asset.id]
        assert not any(e.action in SEEN | {Action.SENT} for e in taken)
    for turned_down in alternates(result):
        assert turned_down.rule
        assert turned_down.why_not.endswith(".")


@given(candidates, leads, readings, st.randoms(use_true_random=False))
def test_m30_the_order_of_attributes_and_of_the_library_does_not_matter(
    pieces, lead, stage, random
):
    """M30"""

    def mixed(values: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(random.sample(values, len(values)))

    other = [
        replace(
            c,
            asset=replace(
                c.asset, personas=mixed(c.asset.personas), industries=mixed(c.asset.industries),
                topics=mixed(c.asset.topics),
            ),
        )
        for c in random.sample(pieces, len(pieces))
    ]  # fmt: skip
    known = replace(
        lead.facts, products=mixed(lead.facts.products), obstacles=mixed(lead.facts.obstacles)
    )
    roles_ = None if lead.account_roles is None else mixed(lead.account_roles)
    again = ranking(other, replace(lead, facts=known, account_roles=roles_), stage)
    before = ranking(pieces, lead, stage)
    assert [r.asset.id for r in again.ranked] == [r.asset.id for r in before.ranked]
    assert [r.score for r in again.ranked] == pytest.approx([r.score for r in before.ranked])
    assert {t.candidate.asset.id: t.rule for t in again.refused} == {
        t.candidate.asset.id: t.rule for t in before.refused
    }


@given(candidates, leads, readings, st.data())
def test_with_scores_held_fixed_removing_candidates_never_reorders_the_others(
    pieces, lead, stage, data
):
    before = order(pieces, lead, stage)
    gone = data.draw(st.sets(st.sampled_from([c.asset.id for c in pieces] or ["none"])))
    after = order([c for c in pieces if c.asset.id not in gone], lead, stage)
    assert after == [n for n in before if n not in gone]


PERSONAL = (
    "persona", "industry", "company_size", "products", "buying_role", "outcome", "obstacles",
    "trust_gaps",
)  # fmt: skip


@given(candidates, leads, readings, st.sampled_from(PERSONAL))
def test_m30_an_unknown_attribute_neither_helps_nor_hurts(pieces, lead, stage, attribute):
    """M30 Forgetting a fact takes away only what its own rules said, for every piece alike."""
    blank = getattr(LeadFacts(), attribute)
    unknown = replace(lead, facts=replace(lead.facts, **{attribute: blank}))
    own = {
        "products": {"products"}, "obstacles": {"obstacle", "convincing"},
        "outcome": {"outcome"}, "trust_gaps": {"trust"},
        "buying_role": {"buying_role", "convincing", "committee"},
    }.get(attribute, {attribute})  # fmt: skip

    def others(who: LeadProfile) -> dict[str, dict[str, float]]:
        return {
            r.asset.id: {c.rule: c.points for c in r.contributions if c.rule not in own}
            for r in ranking(pieces, who, stage).ranked
        }

    assert others(unknown) == others(lead)
    if attribute in ("persona", "industry", "company_size", "products"):
        for ranked in ranking(pieces, unknown, stage).ranked:
            assert not own & {c.rule for c in ranked.contributions}


@given(candidates, readings)
def test_m30_of_an_unknown_lead_no_tag_decides(pieces, stage):
    """M30 Untagged pieces would come in the same order."""
    lead = LeadProfile(questions=("How do we cut downtime?",))
    bare = [
        replace(c, asset=replace(c.asset, personas=(), industries=(), topics=())) for c in pieces
    ]
    assert order(pieces, lead, stage) == order(bare, lead, stage)


@given(candidates, leads, readings, st.floats(0.01, 0.5))
def test_a_better_match_never_falls_back(pieces, lead, stage, more):
    assume(pieces)
    before = order(pieces, lead, stage)
    assume(before)
    name = before[-1]
    better = [replace(c, score=c.score + more) if c.asset.id == name else c for c in pieces]
    assert order(better, lead, stage).index(name) <= before.index(name)


@given(candidates, leads, readings)
def test_no_why_not_claims_that_a_piece_lacks_what_it_says(pieces, lead, stage):
    for turned_down in alternates(ranking(pieces, lead, stage)):
        # Every piece here speaks of downtime.
        assert "nothing of “downtime”" not in turned_down.why_not


opted_out = st.builds(
    lambda known, history, days_ago, way: (
        (replace(known, opted_out=True), history)
        if way == "fact"
        else (known, (*history, HistoryEntry(Action.OPTED_OUT, TODAY - timedelta(days=days_ago))))
    ),
    st.builds(
        LeadFacts,
        qualified=st.none() | st.booleans(), waiting_for_answer=st.none() | st.booleans(),
        stage=st.none() | st.sampled_from(Stage), gap_days=st.none() | st.integers(0, 30),
        budget=st.none() | st.integers(0, 40), touches=st.none() | st.integers(0, 50),
        problem=st.none() | words, contact_after=st.none() | days,
        account_touched_on=st.none() | days,
    ),
    entries.map(lambda h: tuple(e for e in h if e.action is not Action.OPTED_IN)),
    st.integers(0, 400),
    st.sampled_from(["fact", "deed"]),
)  # fmt: skip


@given(opted_out, asked, st.sampled_from(["email", "phone", "text", "social"]))
def test_m16_a_lead_who_opted_out_never_gets_send_whatever_else_is_true(lead, questions, channel):
    """M16"""
    known, history = lead
    profile = LeadProfile(known, tuple(sorted(history, key=lambda e: e.on)), questions)
    pace = decide_pace(profile, TODAY, channel=channel)
    assert pace.decision is PaceDecision.WAIT
    assert pace.when is None


@functools.cache
def stage_reader() -> StageReader:
    """The real model; it keeps what it has read, so that hypothesis can ask often."""
    return StageReader()


STAGED = (
    "Why do our pumps keep failing?", "Is this normal for a plant our size?",
    "How do others plan preventive work step by step?", "Which metrics should a planner track?",
    "Does it integrate with SAP?", "Can it run on premises?",
    "What return can we expect in the first year?", "Can we talk to a customer of our size?",
    "How do I add a user to our account?", "Why is my dashboard empty since the update?",
)  # fmt: skip
PIECES = {
    k.value: Asset(k.value, f"Piece {k.value}", k, "Text.", f"{k.value}.md")
    for k in (AssetType.BLOG, AssetType.WEBINAR, AssetType.SPEC, AssetType.ROI, AssetType.TRAINING)
}
ASKED = st.sampled_from(STAGED)
LEAD_ACTS = st.builds(
    HistoryEntry,
    st.sampled_from([a for a in Action if a not in OURS and a is not Action.ASKED]),
    days,
    st.none() | st.sampled_from(sorted(PIECES)),
)


def read(history: tuple[HistoryEntry, ...], questions: tuple[str, ...]) -> StageReading:
    profile = LeadProfile(history=tuple(sorted(history, key=lambda e: e.on)), questions=questions)
    return stage_reader().read(profile, TODAY, PIECES)


def supports(alone: StageReading, before: StageReading) -> bool:
    """Whether a piece of evidence, read alone, speaks for the stage that was read before."""
    return alone.stage is before.stage and not alone.evidence[0].startswith("Nothing")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    st.lists(LEAD_ACTS, max_size=5).map(tuple),
    st.lists(ASKED, max_size=3, unique=True).map(tuple),
    LEAD_ACTS,
)
def test_m33_one_more_act_for_a_stage_never_lowers_its_confidence(history, questions, act):
    """M33"""
    before = read(history, questions)
    assume(supports(before, before) and supports(read((act,), ()), before))
    after = read((*history, act), questions)
    assert after.stage is before.stage
    assert after.confidence >= before.confidence


@pytest.mark.parametrize("action", [Action.OPENED, Action.CLICKED, Action.VISITED])
def test_m33_the_first_weak_act_is_no_less_sure_than_no_evidence(action):
    """M33"""
    assert read((HistoryEntry(action, TODAY),), ()).confidence >= read((), ()).confidence


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    st.lists(LEAD_ACTS, max_size=5).map(tuple),
    st.lists(ASKED, max_size=3, unique=True).map(tuple),
    ASKED,
)
def test_m33_one_more_question_for_a_stage_never_lowers_its_confidence(history, questions, extra):
    """M33"""
    assume(extra not in questions)
    before = read(history, questions)
    assume(supports(read((), (extra,)), before))
    after = read(history, (*questions, extra))
    assert after.stage is before.stage
    assert after.confidence >= before.confidence


SAMPLE_QUESTIONS = (
    "How do I cut unplanned downtime on the presses?", "What does it cost?",
    "Is the mobile app any good?", "Why do leaders choose this?", "Do you have references?",
    "How do I convince our CFO?", "Does it connect to SAP?",
)  # fmt: skip
IN_FLOW = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def ids_of(tools: Wired) -> list[str]:
    return sorted(a.id for a in tools.library.all())


@IN_FLOW
@given(data=st.data())
def test_m17_m44_in_the_whole_flow_never_a_piece_that_may_not_be_sent(
    tools: Wired, data: st.DataObject
) -> None:
    """M17 M44 Real SQLite, real search, pieces retired and seen at random."""
    names = ids_of(tools)
    retired = data.draw(st.lists(st.sampled_from(names), max_size=6, unique=True))
    seen = data.draw(st.lists(st.sampled_from(names), max_size=8, unique=True))
    action = data.draw(st.sampled_from([Action.SENT, *sorted(SEEN)]))
    history = tuple(HistoryEntry(action, TODAY - timedelta(days=60), n) for n in seen)
    questions = data.draw(st.lists(st.sampled_from(SAMPLE_QUESTIONS), min_size=1, max_size=2))
    stage = data.draw(st.none() | st.sampled_from(Stage))
    ask = Ask(TODAY, questions=tuple(questions), history=history, facts=LeadFacts(stage=stage))
    tools.library.retire(retired, "test")
    try:
        got = next_touch(ask, tools, keep=False)
    finally:
        tools.library.approve(retired, "test")
    offered = [got.chosen.asset] if got.chosen else []
    for asset in offered:
        assert asset.status is AssetStatus.APPROVED
        assert asset.id not in {*retired, *seen}
        assert asset.type not in PROMOTIONAL_TYPES
    # Two brochures, or two pieces seen on one day, do not differ in fact.
    alike = ("promotional", "already_seen", got.pace.rule)
    told = [t.why_not for t in got.alternates if t.rule not in alike]
    assert len(told) == len(set(told))


@IN_FLOW
@given(lead=opted_out, question=st.sampled_from(SAMPLE_QUESTIONS))
def test_m16_in_the_whole_flow_an_opted_out_lead_gets_nothing(tools: Wired, lead, question) -> None:
    """M16 Nor a draft, nor a question."""
    known, history = lead
    history = tuple(e for e in history if e.asset_id is None)
    got = next_touch(
        Ask(TODAY, facts=known, history=history, questions=(question,)), tools, keep=False
    )
    assert got.pace.decision is PaceDecision.WAIT
    assert (got.chosen, got.draft, got.profiling_question) == (None, None, None)


@IN_FLOW
@given(
    questions=st.lists(st.sampled_from(SAMPLE_QUESTIONS), min_size=2, max_size=3, unique=True),
    topics=st.permutations(["sap", "planning board", "mobile app"]),
)
def test_m30_in_the_whole_flow_the_order_of_facts_does_not_matter(tools, questions, topics) -> None:
    """M30"""

    def best(products: list[str]) -> list[str]:
        ask = Ask(TODAY, questions=tuple(questions), facts=LeadFacts(products=tuple(products)))
        got = next_touch(ask, tools, keep=False)
        first = [got.chosen.asset.id] if got.chosen else []
        return first + [t.candidate.asset.id for t in got.alternates]

    assert best(topics) == best(sorted(topics))


def test_m44_in_the_whole_flow_a_lead_is_led_through_the_library_without_a_repeat(
    tools: Wired, home: Path
) -> None:
    """M14 M44 Touch after touch, always something new, until nothing that fits is left."""
    sent: list[str] = []
    for _ in range(40):
        history = tuple(HistoryEntry(Action.SENT, TODAY - timedelta(days=60), n) for n in sent)
        ask = Ask(TODAY, questions=("How do we cut unplanned downtime?",), history=history)
        got = next_touch(ask, tools, keep=False)
        if got.chosen is None:
            break
        assert got.chosen.asset.id not in sent
        sent.append(got.chosen.asset.id)
    assert got.pace.decision is PaceDecision.WAIT
    assert 2 <= len(sent) < 40
