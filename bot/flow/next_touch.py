"""The main use case: what to send this lead next, and why (M14, M15, M16, M21)."""

from __future__ import annotations

import secrets
from contextlib import nullcontext
from dataclasses import dataclass, replace

from bot.flow.account import with_colleagues_touch, with_uncovered_roles
from bot.flow.channel_told import told_of_channel
from bot.flow.choosing import (
    Situation,
    by_open_channel,
    choose,
    find_candidates,
    finding_aside,
    in_english,
    known_channel,
    looked_deeper,
    need_of,
    next_profiling_question,
    nothing_beside_an_opt_out,
    passed_over,
    question_answered,
    rank_for,
    when_all_is_sent,
    when_no_channel_is_open,
    with_reason_for_nothing,
)
from bot.flow.plan_steps import Served, by_step_channel, step_served
from bot.flow.plans import Kept, note_plan, place_of_lead
from bot.flow.recalling import assets_in_history, recall_lead, title_taken_up
from bot.flow.setting_files import note_changed_settings
from bot.flow.tools import Tools
from knowledge.leads import LeadProfile
from knowledge.pacing import decide_pace
from knowledge.pacing_later import asked_to_wait_until
from knowledge.pacing_stop import asks_to_stop
from knowledge.personas import load_definitions
from knowledge.touch import (
    Ask,
    Draft,
    DraftRequest,
    Pace,
    PaceDecision,
    Ranked,
    Ranking,
    Suggestion,
)
from knowledge.tracks import PlanStep


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do next for one lead, before a word of the draft is written."""

    situation: Situation
    pace: Pace
    ranking: Ranking
    chosen: Ranked | None
    profiling: str | None
    step: PlanStep | None = None


def next_touch(
    ask: Ask, tools: Tools, *, keep: bool = True, suggestion_id: str | None = None
) -> Suggestion:
    """Recommend the next touch for one lead, with stage, pace, asset, reasons and draft.

    `keep` stores the suggestion, audits it and counts misses; a batch run passes False. A caller
    that may run twice passes its own `suggestion_id`.
    Raises `NotFound` for a lead id that names nobody and `BadInput` for a question that is not
    English or far too long.
    """
    found = recommend(ask, tools)
    chosen = found.chosen
    suggestion = Suggestion(
        id=suggestion_id or f"touch-{secrets.token_hex(6)}",
        ask=found.situation.ask,
        profile=found.situation.profile,
        stage=found.situation.stage,
        pace=found.pace,
        chosen=chosen,
        reasons=chosen.reasons if chosen else (),
        alternates=passed_over(found.ranking, chosen, found.pace),
        unanswered=questions_left(found, tools),
        profiling_question=found.profiling,
        draft=write_draft(found.situation, found.pace, chosen, found.profiling, tools),
        step=found.step,
    )
    if keep:
        note_changed_settings(tools)
        tools.suggestions.save(suggestion)
        note_touch(found, tools)
        count_misses(suggestion, tools)
    return suggestion


def recommend(ask: Ask, tools: Tools) -> Recommendation:
    """Decide what to do next for one lead; nothing is written and nothing kept."""
    ask = replace(ask, channel=known_channel(ask.channel))
    questions = in_english(ask.questions)
    return recommend_for(ask, recall_lead(ask, questions, tools), tools)


def recommend_for(
    ask: Ask, profile: LeadProfile, tools: Tools, *, kept: Kept | None = None
) -> Recommendation:
    """The same for a lead that was recalled; `kept` is what is kept of its plan, when it is known.

    A caller that gives `kept` decides for many leads in turn: no profiling question, no thread.
    """
    wanted = ask.channel
    ask = by_open_channel(ask, profile, tools)
    reached_by = ask
    seen = assets_in_history(profile, tools)
    need = need_of(profile, seen, ask)
    with (
        finding_aside(need, tools)
        if kept is None
        else nullcontext(lambda: find_candidates(need, tools))
    ) as candidates:
        stage = tools.stage_reader.read(profile, ask.today, seen)
        place = place_of_lead(profile, ask.today, stage.stage, tools, kept)
        ask = by_step_channel(ask, profile, place, tools.pacing.call_after_download_days)
        pace = decide_pace(
            profile, ask.today, tools.pacing, stage, ask.channel, hear=tools.request_reader,
            plan=place.pace,
        )  # fmt: skip
    situation = Situation(ask, profile, seen, stage, need, place)
    ranking = rank_for(situation, candidates(), tools)
    ranking = looked_deeper(situation, ranking, tools)
    pace = when_all_is_sent(pace, ranking, situation, tools)
    pace = nothing_beside_an_opt_out(pace)
    pace = when_no_channel_is_open(pace, situation, tools)
    pace = told_of_channel(pace, wanted, reached_by, profile)
    pace = with_reason_for_nothing(pace, ranking, situation)
    chosen = choose(pace, ranking)
    pace = with_uncovered_roles(pace, chosen, profile, stage.stage)
    pace = with_colleagues_touch(pace, profile, ask.today)
    profiling = next_profiling_question(situation, pace, ranking, tools) if kept is None else None
    meaning = load_definitions(tools.settings.home).of("qualified lead")
    step = step_served(place, Served(profile, stage, ask.today), pace, chosen, meaning)
    return Recommendation(situation, pace, ranking, chosen, profiling, step)


def note_touch(found: Recommendation, tools: Tools) -> None:
    """Keep that a track began with this touch, or that the lead's plan is over."""
    situation = found.situation
    place = situation.place
    begins = found.chosen is not None and found.step is not None
    if place is not None and (begins or place.track is None):
        by = situation.ask.asked_by or ""
        note_plan(place, situation.profile.lead_id, situation.ask.today, by, tools)


def write_draft(
    situation: Situation, pace: Pace, chosen: Ranked | None, profiling: str | None, tools: Tools
) -> Draft | None:
    """Have the follow-up written and checked, or None when nothing is to be sent."""
    if chosen is None or pace.decision is not PaceDecision.SEND:
        return None
    lead_id = situation.profile.lead_id
    return tools.drafter.draft(
        DraftRequest(
            asset=chosen.asset,
            profile=situation.profile,
            stage=situation.stage.stage,
            channel=situation.ask.channel,
            question=question_answered(situation.need, chosen.candidate),
            insight_from=chosen.candidate.passage,
            profiling_question=profiling,
            touch_number=pace.touch_number,
            taken_up=title_taken_up(situation.profile, situation.seen),
            recent_bodies=tuple(tools.suggestions.recent_bodies(lead_id)) if lead_id else (),
        )
    )


def questions_left(found: Recommendation, tools: Tools) -> tuple[str, ...]:
    """The questions that nothing answers (M47).

    Words that ask us to stop, for sales, or to come back later are no questions about content.
    """
    today = found.situation.ask.today
    return tuple(
        question
        for question in found.ranking.unanswered
        if not asks_to_stop(question)
        and asked_to_wait_until(question, today) is None
        and tools.request_reader(question) is None
    )


def count_misses(suggestion: Suggestion, tools: Tools) -> None:
    """Count each question that nothing answers as a content request for marketing (M47)."""
    for question in suggestion.unanswered:
        tools.requests.count_miss(
            question,
            suggestion.stage.stage,
            asked_by=suggestion.ask.asked_by,
            lead_id=suggestion.profile.lead_id,
            ask_key=suggestion.id,
            persona=suggestion.profile.facts.persona,
        )
