"""Ranking: hard refusals, small rules, alternates (M17, M27, M28, M30, M36, M38 to M42, M44)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from knowledge.assets import Asset, AssetStatus
from knowledge.journey import AssetType, Stage
from knowledge.journey_map import load_profiling_wording
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.touch import Candidate, Contribution, Ranking, StageReading
from retrieval import profiling
from retrieval.profiling import LOOKED_AT, VALUES, choose_profiling
from retrieval.ranking import (
    RULES,
    RankingSettings,
    all_fitting_sent,
    alternates,
    rank,
    score_one,
)
from retrieval.ranking_rules import contributions
from retrieval.ranking_settings import ANCHORS

TODAY = date(2026, 11, 22)
QUESTION = "How do we cut downtime?"
WEIGHTS = RankingSettings(relevance_scale=ANCHORS)
"""Scores in these tests are on the scale of the weights, whatever the search gives."""
AT = {stage: StageReading(stage, 1.0, ("given",)) for stage in Stage}


def asset(name: str = "a", kind: str = "guide", **more: object) -> Asset:
    return Asset(
        id=name, title=f"Piece {name}", type=AssetType(kind), text="Text.", source=f"{name}.md",
        status=AssetStatus.APPROVED, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def found(
    name: str = "a", kind: str = "guide", score: float = 0.6, answers: tuple[int, ...] = (0,),
    **more: object,
) -> Candidate:  # fmt: skip
    return Candidate(asset(name, kind, **more), score, score, "A passage.", answers=answers)


def lead(*history: HistoryEntry, questions: tuple[str, ...] = (QUESTION,), **facts: object):
    return LeadProfile(LeadFacts(**facts), history, questions)  # type: ignore[arg-type]


def not_promotional(item: Asset, stage: Stage) -> str | None:
    return "A brochure promotes." if item.type is AssetType.BROCHURE else None


def ranking(
    candidates: list[Candidate],
    profile: LeadProfile | None = None,
    stage: Stage = Stage.INTEREST,
    **more: object,
) -> Ranking:
    return rank(
        candidates, profile or lead(), AT[stage], WEIGHTS, today=TODAY, promotional=not_promotional,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def names(result: Ranking) -> list[str]:
    return [r.asset.id for r in result.ranked]


def first(a: Candidate, b: Candidate, profile: LeadProfile, **more: object) -> str:
    return names(ranking([a, b], profile, **more))[0]  # type: ignore[arg-type]


def test_m17_a_brochure_is_refused_whatever_its_score():
    result = ranking([found("brochure", "brochure", 1.0), found("guide", score=0.35)])
    assert names(result) == ["guide"]
    assert (result.refused[0].rule, result.refused[0].why_not) == (
        "promotional", "A brochure promotes.",
    )  # fmt: skip
    assert [t.rule for t in alternates(result)] == ["promotional"]


def test_only_approved_pieces_are_ranked():
    for status in (AssetStatus.DRAFT, AssetStatus.RETIRED):
        candidate = found()
        result = ranking([replace(candidate, asset=replace(candidate.asset, status=status))])
        assert names(result) == []
        assert result.refused[0].rule == "not_approved"


def test_m44_never_the_same_piece_twice():
    for action in (Action.SENT, Action.READ, Action.DOWNLOADED, Action.OPENED):
        profile = lead(HistoryEntry(action, TODAY - timedelta(days=30), "a"))
        result = ranking([found("a"), found("b", score=0.4)], profile)
        assert names(result) == ["b"]
        assert result.refused[0].rule == "already_seen"
        assert "23 Oct 2026" in result.refused[0].why_not


def test_what_the_rep_turned_down_stays_out():
    assert ranking([found("a")], exclude=("a",)).refused[0].rule == "excluded"


def test_a_weak_match_is_no_answer_and_the_question_is_named():
    result = ranking([found("a", score=0.2, answers=())])
    assert result.refused[0].rule == "weak_match"
    assert result.unanswered == (QUESTION,)


def test_questions_that_only_a_refused_piece_answers_are_unanswered():
    two = lead(questions=(QUESTION, "What does it cost?"))
    result = ranking([found("a"), found("b", "brochure", answers=(1,))], two)
    assert result.unanswered == ("What does it cost?",)
    assert ranking([], two).unanswered == two.questions


def test_without_questions_nearness_decides():
    profile = lead(questions=(), problem="downtime")
    assert names(ranking([found("a", score=0.4, answers=())], profile)) == ["a"]
    assert names(ranking([found("a", score=0.1, answers=())], profile)) == []


def test_all_fitting_sent_needs_a_piece_that_fits():
    seen = lead(HistoryEntry(Action.SENT, TODAY, "a"))
    assert all_fitting_sent(ranking([found("a")], seen))
    assert not all_fitting_sent(ranking([found("a", score=0.2, answers=())], seen))
    assert not all_fitting_sent(ranking([found("a"), found("b")], seen))
    assert not all_fitting_sent(ranking([]))


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        (Stage.AWARENESS, "blog"), (Stage.INTEREST, "webinar"), (Stage.CONSIDERATION, "comparison"),
        (Stage.DECISION, "case_study"), (Stage.CUSTOMER, "onboarding"),
    ],
)  # fmt: skip
def test_m38_m39_m40_m41_m42_the_type_that_fits_the_stage_wins(stage, kind):
    """M38 M39 M40 M41 M42"""
    kinds = ("blog", "webinar", "comparison", "case_study", "onboarding")
    result = ranking([found(k, k) for k in kinds], stage=stage)
    assert names(result)[0] == kind


def test_m27_a_late_piece_loses_to_an_early_one():
    result = ranking(
        [found("demo", "demo", 0.62), found("blog", "blog", 0.55)], stage=Stage.INTEREST
    )
    assert names(result) == ["blog", "demo"]
    assert alternates(result)[0].rule == "stage_fit"


def test_an_unsure_stage_weighs_less():
    sure = score_one(found("x", "webinar"), lead(), AT[Stage.INTEREST], today=TODAY)
    unsure = StageReading(Stage.INTEREST, 0.3, ())
    assert score_one(found("x", "webinar"), lead(), unsure, today=TODAY).score < sure.score


def test_m30_persona_industry_size_role_and_products_change_the_ranking():
    plain = found("plain", score=0.61)
    cases: list[tuple[dict[str, object], dict[str, object]]] = [
        ({"persona": "Finance"}, {"personas": ("finance",)}),
        ({"industry": "utilities"}, {"industries": ("Utilities",)}),
        ({"company_size": 2500}, {"topics": ("enterprise",)}),
        ({"products": ("SAP PM",)}, {"description": "Planning beside SAP PM."}),
        ({"outcome": "fewer emergency callouts"}, {"description": "Fewer emergency callouts."}),
        ({"obstacles": ("no time for training",)}, {"topics": ("training", "time")}),
    ]
    for facts, tags in cases:
        assert first(found("tagged", **tags), plain, lead(**facts)) == "tagged", facts
        assert first(found("tagged", **tags), plain, lead()) == "plain", facts
    specs = found("spec", "spec"), found("tutorial", "webinar", 0.7)
    assert (
        first(*specs, lead(buying_role="technical_evaluator"), stage=Stage.CONSIDERATION) == "spec"
    )


def test_m30_pieces_for_others_fall_back():
    others = found("others", personas=("it",), industries=("logistics",))
    general = found("plain", score=0.58)
    assert first(others, general, lead(persona="finance", industry="utilities")) == "plain"
    assert first(others, general, lead()) == "others"


def test_size_of_the_company_in_a_case_study_counts_only_when_like():
    story = found("story", "case_study")
    like = replace(story, asset=replace(story.asset, text="A utility with 640 staff."))
    for size, helps in ((600, True), (5000, False)):
        rules = {
            c.rule
            for c in score_one(
                like, lead(company_size=size), AT[Stage.DECISION], today=TODAY
            ).contributions
        }
        assert ("company_size" in rules) is helps


def test_m36_one_who_must_win_colleagues_over_gets_a_business_case():
    case = found("case", "business_case"), found("story", "case_study", 0.63)
    assert first(*case, lead(buying_role="champion"), stage=Stage.DECISION) == "case"
    says = lead(questions=("How do I convince our board?",))
    assert first(*case, says, stage=Stage.DECISION) == "case"
    assert first(*case, lead(), stage=Stage.DECISION) == "story"


def test_m44_formats_vary():
    seen = {"old": asset("old", "webinar")}
    profile = lead(HistoryEntry(Action.READ, TODAY - timedelta(days=20), "old"))
    pair = found("talk", "webinar", 0.61), found("paper", "whitepaper", 0.6)
    assert first(*pair, profile, history_assets=seen) == "paper"
    assert first(*pair, lead()) == "talk"


def test_m14_two_leads_with_different_histories_get_different_pieces():
    pieces = [found("a", score=0.7), found("b", score=0.6)]
    other = lead(HistoryEntry(Action.SENT, TODAY - timedelta(days=30), "a"))
    assert names(ranking(pieces))[0] != names(ranking(pieces, other))[0]


def test_equal_pieces_come_in_the_order_of_their_ids():
    assert names(ranking([found("c"), found("a"), found("b")])) == ["a", "b", "c"]
    assert alternates(ranking([found("b"), found("a")]))[0].rule == "tie"


def test_old_pieces_fall_back_and_new_ones_rise():
    old, new = found("old", published=date(2020, 1, 1)), found("new", published=date(2026, 9, 1))
    undated = found("undated")
    assert names(ranking([old, new, undated])) == ["new", "undated", "old"]


def test_one_piece_that_answers_two_questions_wins():
    two = lead(questions=(QUESTION, "Who should plan?"))
    assert first(found("both", answers=(0, 1)), found("one", score=0.62), two) == "both"


def test_reasons_name_the_question_and_alternates_say_why_not():
    pieces = [found("a", score=0.8), found("b", score=0.5), found("c", "demo", 0.8)]
    result = ranking(pieces)
    assert result.ranked[0].reasons[0] == f"It answers “{QUESTION}”."
    told = {t.candidate.asset.id: (t.rule, t.why_not) for t in alternates(result)}
    assert told["b"] == ("relevance", "Much further from the question.")
    assert told["c"] == ("stage_fit", "Close, but written for the consideration stage.")
    assert all(t.why_not.endswith(".") for t in alternates(result))


def why_nots(pieces: list[Candidate], profile: LeadProfile | None = None, **more: object):
    told = alternates(ranking(pieces, profile, **more))  # type: ignore[arg-type]
    return {t.candidate.asset.id: t.why_not for t in told}


def test_why_not_names_the_question_that_is_left_open():
    two = lead(questions=(QUESTION, "What does it take to begin?"))
    told = why_nots([found("a", answers=(0, 1)), found("b", score=0.5, answers=(1,))], two)
    assert told["b"] == "Answers only the second question, “What does it take to begin?”."


def test_why_not_names_a_word_of_the_question_only_when_the_piece_never_says_it():
    pieces = [
        found("a", score=0.8, description="On downtime."),
        found("b", score=0.5, description="On stock."),
        found("c", score=0.45, topics=("downtimes",)),
    ]
    told = why_nots(pieces)
    assert told["b"] == "Says nothing of “downtime”."
    assert "Says nothing" not in told["c"]


@pytest.mark.parametrize(
    ("facts", "chosen", "other", "said"),
    [
        ({"persona": "finance"}, {"personas": ("finance",)}, {"personas": ("it",)},
         "written for people in IT"),
        ({"persona": "finance"}, {"personas": ("finance",)}, {},
         "not written for people in finance"),
        ({"industry": "utilities"}, {"industries": ("utilities",)}, {"industries": ("retail",)},
         "about retail"),
        ({"company_size": 5000}, {"topics": ("enterprise",)}, {"topics": ("small business",)},
         "about companies of another size"),
        ({"products": ("SAP",)}, {"topics": ("sap",)}, {}, "says nothing of “SAP”"),
        ({"obstacles": ("old pumps",)}, {"topics": ("old pumps",)}, {}, "says less to “old pumps”"),
        ({}, {"published": date(2026, 9, 1)}, {"published": date(2024, 2, 1)},
         "older, from Feb 2024"),
    ],
)  # fmt: skip
def test_why_not_says_what_decided(facts, chosen, other, said):
    told = why_nots([found("a", **chosen), found("b", **other)], lead(**facts))
    assert told["b"] == f"Close, but {said}."


def test_no_why_not_is_said_twice_on_a_card_when_the_pieces_differ():
    pieces = [
        found("a", score=0.9),
        found("b", "case_study", 0.5),
        found("c", "webinar", 0.5),
        found("d", "webinar", 0.5, published=date(2020, 1, 1)),
    ]
    told = list(why_nots(pieces).values())
    assert len(told) == len(set(told)) == 3


def test_a_bare_question_is_answered_by_the_kind_of_piece_it_asks_for():
    """M43 Search finds nothing of "it": the price is what is asked for."""
    cost = lead(questions=("What does it cost?",))
    pieces = [
        found("stock", score=0.5, description="How much stock is enough"),
        found("sum", "whitepaper", 0.3, answers=(), topics=("total-cost-of-ownership",)),
    ]
    result = ranking(pieces, cost)
    assert names(result) == ["sum", "stock"]
    assert result.ranked[0].candidate.answers == (0,)
    assert result.unanswered == ()
    assert why_nots(pieces, cost)["stock"].endswith("not about what such a thing costs.")
    asked = lead(questions=("What does a press stop cost?",))
    assert names(ranking(pieces, asked)) == ["stock"]


def test_a_rule_of_ones_own_is_counted_and_told():
    def track_record(candidate: Candidate, *_: object) -> Contribution | None:
        helped = candidate.asset.id == "b"
        return Contribution("track_record", 0.2, "It helped others.") if helped else None

    pieces = [found("a", score=0.61), found("b")]
    result = ranking(pieces, rules=(*RULES, track_record))
    assert names(result) == ["b", "a"]
    assert "It helped others." in result.ranked[0].reasons
    assert alternates(result)[0].why_not == (
        "Close, but not sent often enough yet to tell how much it helps."
    )


def test_scores_of_another_search_are_brought_to_the_same_scale():
    """Twice the scores, and a scale measured anew: the same points."""
    same = WEIGHTS
    low, high = same.relevance_scale
    doubled = replace(same, relevance_scale=(2 * low, 2 * high))
    for score in (0.1, 0.4, 0.7):
        assert doubled.calibrated(2 * score) == pytest.approx(same.calibrated(score))


def question_for(profile: LeadProfile, pieces: list[Candidate], stage: Stage = Stage.INTEREST):
    choice = choice_or_none(profile, pieces, stage)
    return choice.question if choice else None


def choice_or_none(profile: LeadProfile, pieces: list[Candidate], stage: Stage):
    return choose_profiling(
        profile, ranking(pieces, profile, stage), AT[stage], WEIGHTS,
        today=TODAY, wording={a: (a,) for a in load_profiling_wording()},
    )  # fmt: skip


def test_m29_the_question_is_the_one_whose_answer_changes_the_choice_most():
    by_persona = [found("a", score=0.62), found("b", personas=("finance",))]
    assert question_for(lead(), by_persona) == "persona"
    by_industry = [found("a", score=0.61), found("b", industries=("utilities",))]
    assert question_for(lead(), by_industry) == "industry"
    assert question_for(lead(industry="utilities"), by_industry) != "industry"


def choice_for(profile: LeadProfile, pieces: list[Candidate]):
    chosen = choice_or_none(profile, pieces, Stage.INTEREST)
    assert chosen is not None
    return chosen


def test_m29_the_choice_says_how_many_answers_would_change_it():
    pieces = [
        found("a", score=0.62),
        found("b", personas=("finance", "it")),
        found("c", score=0.5, personas=("operations",)),
    ]
    first, *others = choice_for(lead(), pieces).effects
    assert (first.attribute, first.answers, first.changing) == ("persona", 3, 2)
    assert first.gain > 0
    assert (first.example, first.instead) == ("finance", "b")
    assert all(e.gain == 0 for e in others)


def test_m29_the_gain_of_each_answer_is_what_ranking_again_would_give():
    pieces = [found("a", score=0.62), found("b", industries=("utilities",)), found("c", score=0.58)]
    effects = {e.attribute: e for e in choice_for(lead(), pieces).effects}
    again = ranking(pieces, lead(industry="utilities"))
    before = next(r.score for r in again.ranked if r.asset.id == "a")
    assert effects["industry"].gain == pytest.approx(again.ranked[0].score - before)


def test_m29_when_the_choice_stays_the_answer_that_moves_the_alternates_is_asked_for():
    pieces = [found("a", score=0.9), found("b", score=0.62), found("c", personas=("finance",))]
    first = choice_for(lead(), pieces).effects[0]
    assert (first.attribute, first.changing, first.gain) == ("persona", 0, 0)
    assert first.moved > 0


def test_m29_the_work_is_bounded_whatever_the_library_holds(monkeypatch):
    calls = 0

    def counting(*given):
        nonlocal calls
        calls += 1
        return contributions(*given)

    monkeypatch.setattr(profiling, "contributions", counting)
    many = [found(f"n{i}", topics=tuple(f"t{i}{j}" for j in range(9))) for i in range(60)]
    choice_for(lead(), many)
    assert 0 < calls <= 7 * VALUES * LOOKED_AT


def test_m29_one_tag_written_in_two_ways_is_one_answer():
    pieces = [found("a", topics=("spare-parts",)), found("b", topics=("Spare parts",))]
    effects = {e.attribute: e for e in choice_for(lead(), pieces).effects}
    assert effects["products"].answers == 1


def test_m29_something_useful_is_asked_when_no_answer_would_change_the_choice():
    assert question_for(lead(), []) == "obstacles"
    assert question_for(lead(obstacles=("time",)), [found("a")]) == "outcome"


def test_m29_nothing_is_asked_when_all_is_known():
    profile = lead(
        persona="it", buying_role="user", industry="x", company_size=3, products=("y",),
        outcome="o", obstacles=("z",),
    )  # fmt: skip
    assert question_for(profile, [found("a")]) is None


@pytest.mark.parametrize("question", [q for qs in load_profiling_wording().values() for q in qs])
def test_profiling_questions_read_like_one_question(question):
    assert question.count("?") == 1
    assert len(question) < 90


SHARED = " ".join(f"step{n} is done before anybody opens the valve number{n}." for n in range(12))


def test_m44_a_piece_that_repeats_what_the_lead_has_read_is_not_sent():
    known = replace(asset("known"), text=f"Intro.\n\n{SHARED}\n\nEnd.", title="What they read")
    history = (HistoryEntry(Action.READ, TODAY - timedelta(days=20), "known"),)
    repeats, fresh = found("repeats", score=0.6), found("fresh", score=0.4)
    repeats = replace(repeats, passage=SHARED)
    result = ranking([repeats, fresh], lead(*history), history_assets={"known": known})
    assert names(result) == ["fresh"]
    (refused,) = result.refused
    assert refused.rule == "already_seen"
    assert "What they read" in refused.why_not


def test_alternates_that_repeat_a_better_piece_come_last_and_say_so():
    pieces = [
        replace(found("best", score=0.6), passage=SHARED),
        replace(found("copy", score=0.59), passage=f"{SHARED} And more."),
        found("other", score=0.4),
    ]
    told = alternates(ranking(pieces))
    assert [t.candidate.asset.id for t in told] == ["other", "copy"]
    assert told[-1].rule == "same_text"
    assert "Says the same" in told[-1].why_not


def test_an_intent_that_is_the_question_is_not_counted_twice() -> None:
    """M28 The card names a reason once: what was asked is the question's own rule."""
    piece = found(description=QUESTION, answers=(0,))

    def rules(intent: str) -> set[str]:
        (ranked,) = ranking([piece], lead(intent=intent)).ranked
        return {c.rule for c in ranked.contributions}

    assert "outcome" not in rules(f" {QUESTION.upper()} ")
    assert "outcome" in rules("Cut downtime on one line")
