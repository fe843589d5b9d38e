"""The fit rules, one by one: what each adds, says, and stays silent about (M27 to M45)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.bootstrap import Wired
from bot.flow.next_touch import next_touch
from knowledge.assets import Asset, AssetStatus
from knowledge.journey import AssetType, Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.touch import Ask, Candidate, Contribution, StageReading
from retrieval.ranking import RULES, RankingSettings, score_one
from retrieval.ranking_asks import KINDS, bare_kind
from retrieval.ranking_person import COMMITTEE, ROLE_TYPES, TRUST_TYPES
from retrieval.ranking_settings import ANCHORS

TODAY = date(2026, 11, 22)
QUESTION = "How do we cut downtime?"
WEIGHTS = RankingSettings(relevance_scale=ANCHORS)


def piece(kind: str = "guide", **more: object) -> Asset:
    return Asset(
        id=f"the-{kind}", title="A piece", type=AssetType(kind), text="Text.", source="a.md",
        status=AssetStatus.APPROVED, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def said(
    kind: str = "guide",
    *,
    at: Stage = Stage.INTEREST,
    sure: float = 1.0,
    questions: tuple[str, ...] = (QUESTION,),
    history: tuple[HistoryEntry, ...] = (),
    seen: dict[str, Asset] | None = None,
    roles: tuple[str, ...] | None = None,
    facts: dict[str, object] | None = None,
    score: float = 0.6,
    answers: tuple[int, ...] = (0,),
    **asset: object,
) -> dict[str, Contribution]:
    """What each rule says of one piece, for one lead, by the rule's name."""
    profile = LeadProfile(
        LeadFacts(**(facts or {})),
        history,
        questions,
        account_roles=roles,  # type: ignore[arg-type]
    )
    found = Candidate(piece(kind, **asset), score, score, "A passage.", answers=answers)
    ranked = score_one(
        found, profile, StageReading(at, sure, ()), WEIGHTS, today=TODAY, history_assets=seen
    )
    return {c.rule: c for c in ranked.contributions}


def act(action: Action, days_ago: int = 2, asset_id: str | None = None) -> HistoryEntry:
    return HistoryEntry(action, TODAY - timedelta(days=days_ago), asset_id)


def test_every_rule_is_named_like_what_it_contributes() -> None:
    names = [rule.__name__ for rule in RULES]
    assert len(names) == len(set(names))
    everything = said(
        "business_case", at=Stage.DECISION, questions=(QUESTION, "How do I convince our board?"),
        answers=(0, 1), history=(act(Action.READ, 9, "old"),), seen={"old": piece("guide")},
        facts={"persona": "it", "industry": "retail", "company_size": 5, "products": ("sap",),
               "outcome": "less stock", "obstacles": ("no time",), "buying_role": "champion"},
        roles=(), personas=("it",), industries=("retail",), published=TODAY,
        topics=("small business", "sap", "less stock", "no time"),
    )  # fmt: skip
    assert set(everything) <= set(names)
    assert len(everything) >= 13
    assert all(c.sentence.endswith(".") and c.points for c in everything.values())


def test_a_piece_without_tags_and_a_lead_without_facts_bring_relevance_alone() -> None:
    assert set(said("other")) == {"relevance"}


def test_relevance_says_whether_it_answers_or_comes_near() -> None:
    assert said(score=0.7)["relevance"].sentence == f"It answers “{QUESTION}”."
    assert said(score=0.4)["relevance"].sentence == f"It comes near to “{QUESTION}”."


def test_m20_each_further_question_answered_counts() -> None:
    one = said(questions=(QUESTION, "Who plans?"))
    two = said(questions=(QUESTION, "Who plans?"), answers=(0, 1))
    assert "several_answers" not in one
    assert two["several_answers"].sentence == "It also answers “Who plans?”."


@pytest.mark.parametrize(
    ("question", "kind", "topics"),
    [
        ("What does it cost?", "roi", ()),
        ("how much is it", "whitepaper", ("pricing",)),
        ("Is it worth the money?", "roi", ()),
        ("Do you have references?", "case_study", ()),
        ("Who else uses it?", "testimonial", ()),
        ("How long does it take?", "guide", ("rollout",)),
        ("Is it secure?", "docs", ("security",)),
        ("How do you compare with the others?", "comparison", ()),
        ("Does it integrate?", "spec", ("integration",)),
        ("How do I convince our CFO?", "business_case", ()),
    ],
)
def test_m43_a_bare_question_gets_the_kind_of_answer_it_asks_for(question, kind, topics) -> None:
    given = said(kind, questions=(question,), topics=topics)
    assert given["asked_for"].points == WEIGHTS.asked_for
    assert "asked_for" not in said("blog", questions=(question,), topics=("stock",))


@pytest.mark.parametrize(
    "question",
    [
        "What does a press stop cost?", "How much spare parts stock is enough?", QUESTION,
        "How long do bearings last?", "Is remote access to pumps secure?", "",
        "Which sensors are worth it on old presses?",
    ],
)  # fmt: skip
def test_a_question_with_a_subject_is_left_to_the_search(question: str) -> None:
    assert bare_kind(question) is None


def test_every_kind_of_answer_is_worded_for_the_card() -> None:
    assert len({k.name for k in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert not kind.said.endswith(".")
        assert kind.said != kind.lacks


@pytest.mark.parametrize(
    ("kind", "at", "points"),
    [
        ("blog", Stage.AWARENESS, WEIGHTS.same_stage),
        ("webinar", Stage.INTEREST, WEIGHTS.same_stage),
        ("comparison", Stage.CONSIDERATION, WEIGHTS.same_stage),
        ("case_study", Stage.DECISION, WEIGHTS.same_stage),
        ("onboarding", Stage.CUSTOMER, WEIGHTS.same_stage),
        ("blog", Stage.INTEREST, WEIGHTS.earlier_stage),
        ("demo", Stage.INTEREST, WEIGHTS.later_stage[0]),
        ("roi", Stage.AWARENESS, WEIGHTS.later_stage[2]),
    ],
)
def test_m27_m38_m39_m40_m41_m42_each_type_at_its_stage(kind, at, points) -> None:
    """M27 M38 M39 M40 M41 M42"""
    assert said(kind, at=at)["stage_fit"].points == pytest.approx(points)


def test_m27_a_piece_is_the_worse_the_later_it_is() -> None:
    late = WEIGHTS.later_stage
    assert list(late) == sorted(late, reverse=True)
    assert late[0] < 0 < WEIGHTS.earlier_stage < WEIGHTS.same_stage


def test_a_clearly_better_answer_wins_over_one_that_fits_the_stage() -> None:
    """The widest that stages can put two pieces apart is under a clear difference in relevance."""
    assert WEIGHTS.same_stage - min(WEIGHTS.later_stage) < 0.2
    assert WEIGHTS.same_stage - WEIGHTS.earlier_stage < 0.1


def test_a_guessed_stage_counts_by_its_confidence() -> None:
    assert said(sure=0.5)["stage_fit"].points == pytest.approx(WEIGHTS.same_stage / 2)
    least = WEIGHTS.same_stage * WEIGHTS.least_stage_trust
    assert said(sure=0.1)["stage_fit"].points == pytest.approx(least)


def test_m30_persona_counts_by_tag_however_it_is_written() -> None:
    mine = said(facts={"persona": "Field service"}, personas=("field-service",))["persona"]
    assert (mine.points, mine.sentence) == (WEIGHTS.persona, "It is for people in field service.")
    others = said(facts={"persona": "it"}, personas=("finance", "hr", "executive"))["persona"]
    assert others.sentence == "It is for people in finance, HR and management."
    assert others.points == WEIGHTS.other_persona


def test_m30_industry_counts() -> None:
    assert said(facts={"industry": "Utilities"}, industries=("utilities",))["industry"].points > 0
    assert said(facts={"industry": "Retail"}, industries=("utilities",))["industry"].points < 0


@pytest.mark.parametrize(
    ("size", "topics", "points"),
    [
        (40, ("small teams",), WEIGHTS.company_size), (5000, ("small teams",), -0.08),
        (400, ("mid-size",), WEIGHTS.company_size), (5000, ("enterprise",), WEIGHTS.company_size),
    ],
)  # fmt: skip
def test_m30_company_size_counts(size, topics, points) -> None:
    assert said(facts={"company_size": size}, topics=topics)["company_size"].points == points


@pytest.mark.parametrize("role", sorted(ROLE_TYPES))
def test_m30_m37_each_part_in_the_decision_gets_what_it_needs(role: str) -> None:
    """M30 M37 The economic buyer's money pieces among them."""
    for kind in ROLE_TYPES[role]:
        told = said(kind, at=Stage.CONSIDERATION, facts={"buying_role": role.replace("_", " ")})
        assert role.replace("_", " ") in told["buying_role"].sentence
    assert "buying_role" not in said("podcast", facts={"buying_role": role})


def test_m30_what_they_have_installed_counts_as_a_whole_word() -> None:
    told = said(facts={"products": ("SAP",)}, topics=("sap",))["products"]
    assert told.sentence == "It speaks of SAP, which they use."
    assert "products" not in said(facts={"products": ("SAP",)}, topics=("sapphire",))


def test_m28_the_outcome_they_want_counts_by_the_words_it_shares() -> None:
    whole = said(facts={"outcome": "fewer callouts"}, description="Fewer callouts.")["outcome"]
    half = said(facts={"outcome": "fewer callouts"}, description="Callouts.")["outcome"]
    assert whole.points == pytest.approx(WEIGHTS.outcome)
    assert half.points == pytest.approx(WEIGHTS.outcome / 2)
    assert whole.sentence == "It speaks to what they want: “fewer callouts”."


def test_m28_what_stands_in_the_way_counts() -> None:
    facts = {"obstacles": ("no time", "old pumps")}
    told = said(facts=facts, description="What to do with old pumps.")["obstacle"]
    assert told.sentence == "It takes up what stands in the way: “old pumps”."
    assert "obstacle" not in said(facts=facts, description="Stock.")


@pytest.mark.parametrize(
    "facts",
    [{"buying_role": "champion"}, {"obstacles": ("the works council is sceptical",)}, {}],
)
def test_m36_one_who_must_convince_gets_the_case_and_the_answers_to_peers(facts) -> None:
    asked = (QUESTION,) if facts else ("What do I tell our board?",)
    told = said("business_case", at=Stage.DECISION, facts=facts, questions=asked)
    assert told["convincing"].points == WEIGHTS.convincing
    by_topic = said("guide", facts=facts, questions=asked, topics=("objections",))
    assert "convincing" in by_topic
    assert "convincing" not in said("blog", facts=facts, questions=asked)
    assert "convincing" not in said("business_case")


def test_m35_what_a_role_nobody_reached_needs_is_offered_to_pass_on() -> None:
    for role, (types, who) in COMMITTEE.items():
        others = tuple(r for r in COMMITTEE if r != role)
        for kind in types:
            told = said(kind, at=Stage.CONSIDERATION, roles=others)["committee"]
            assert who in told.sentence
            assert "committee" not in said(kind, at=Stage.CONSIDERATION, roles=tuple(COMMITTEE))


def test_m35_nobody_is_missed_when_nobody_looked_or_it_is_early_or_the_lead_is_that_person() -> (
    None
):
    assert "committee" not in said("roi", at=Stage.DECISION, roles=None)
    assert "committee" not in said("roi", at=Stage.INTEREST, roles=())
    own = {"buying_role": "economic_buyer"}
    assert "committee" not in said("roi", at=Stage.DECISION, roles=(), facts=own)


@pytest.mark.parametrize("gap", sorted(TRUST_TYPES))
def test_m37_each_gap_in_trust_gets_a_piece_that_closes_it(gap: str) -> None:
    types, sentence = TRUST_TYPES[gap]
    for kind in types:
        assert said(kind, facts={"trust_gaps": (gap,)})["trust"].sentence == sentence
    assert "trust" not in said("checklist", facts={"trust_gaps": (gap,)})
    assert "trust" not in said(next(iter(types)), facts={"trust_gaps": ("unheard of",)})


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who are you?", "video"), ("How long have you done this?", "research"),
        ("Do you even understand water works?", "case_study"),
        ("What are you like to work with?", "testimonial"),
    ],
)  # fmt: skip
def test_m37_a_gap_in_trust_is_heard_in_a_question(question: str, kind: str) -> None:
    assert "trust" in said(kind, questions=(question,))
    assert "trust" not in said(kind)


def test_m44_the_format_they_had_last_steps_back_the_more_the_later_it_was() -> None:
    seen = {n: piece(k) for n, k in (("w", "webinar"), ("g", "guide"), ("c", "checklist"))}
    history = (act(Action.SENT, 30, "c"), act(Action.READ, 20, "g"), act(Action.ATTENDED, 9, "w"))
    points = [
        said(k, history=history, seen=seen)["variety"].points
        for k in ("webinar", "guide", "checklist")
    ]
    assert tuple(points) == WEIGHTS.same_format
    assert "variety" not in said("podcast", history=history, seen=seen)


def test_freshness_counts_by_the_date() -> None:
    assert said(published=TODAY)["freshness"].sentence == "It is from Nov 2026."
    assert "freshness" not in said(published=TODAY - timedelta(days=WEIGHTS.stale_days))
    assert said(published=date(2020, 1, 1))["freshness"].points == WEIGHTS.stale


def test_m45_m5_after_a_download_one_more_piece_to_learn_from() -> None:
    """M5 M45 Not a demo, not a call: another educational piece."""
    seen = {"w": piece("whitepaper")}
    history = (act(Action.DOWNLOADED, 1, "w"),)
    told = said("guide", history=history, seen=seen)["track"]
    assert told.sentence == "They downloaded “A piece”; here is one more to learn from."
    for kind in ("demo", "product_overview", "roi"):
        assert "track" not in said(kind, history=history, seen=seen)


def test_m45_after_a_webinar_a_step_further_unless_they_booked() -> None:
    history = (act(Action.ATTENDED, 3),)
    assert "a step further" in said("checklist", history=history)["track"].sentence
    assert "track" not in said("blog", history=history)
    assert "track" not in said("checklist", history=(*history, act(Action.BOOKED_MEETING, 1)))


def test_m45_a_list_starts_with_five_introductory_pieces() -> None:
    joined = act(Action.JOINED_LIST, 25)
    told = said("blog", at=Stage.AWARENESS, history=(joined,))["track"]
    assert told.sentence == "They joined the list, which starts with introductory pieces."
    assert "track" not in said("whitepaper", at=Stage.AWARENESS, history=(joined,))
    sent = [act(Action.SENT, 24 - i, f"n{i}") for i in range(5)]
    assert "track" in said("blog", at=Stage.AWARENESS, history=(joined, *sent[:4]))
    assert "track" not in said("blog", at=Stage.AWARENESS, history=(joined, *sent))


@pytest.mark.parametrize("action", [Action.DOWNLOADED, Action.ATTENDED, Action.JOINED_LIST])
def test_m45_a_track_ends_with_time_and_never_holds_a_late_lead_back(action: Action) -> None:
    assert "track" not in said("guide", history=(act(action, 40),))
    for kind in ("guide", "blog"):
        assert "track" not in said(kind, at=Stage.DECISION, history=(act(action, 2),))


def test_m45_our_own_touch_since_ends_the_track_of_a_download() -> None:
    history = (act(Action.DOWNLOADED, 9), act(Action.SENT, 5, "x"))
    assert "track" not in said("guide", history=history)


@pytest.mark.parametrize(
    ("stage", "question", "best"),
    [
        (Stage.CONSIDERATION, "What can we do about the technician shortage?", "technician"),
        (Stage.CUSTOMER, "How do we get technicians to use the mobile app?", "getting-technicians"),
        (Stage.CUSTOMER, "Does the mobile app work offline?", "offline-mobile"),
        (Stage.CONSIDERATION, "How much is it?", "total-cost"),
        (Stage.DECISION, "What does it cost?", "total-cost"),
        (Stage.DECISION, "How do I convince our CFO?", "building-the-internal-case"),
    ],
)
def test_in_the_whole_flow_the_answer_goes_before_the_stage(
    tools: Wired, stage: Stage, question: str, best: str
) -> None:
    """Asks that once brought a piece that fits the stage, or one on how much stock is enough."""
    got = next_touch(Ask(TODAY, questions=(question,), facts=LeadFacts(stage=stage)), tools)
    assert got.chosen is not None
    assert got.chosen.asset.id.startswith(best)
    assert got.unanswered == ()
