"""Explaining a recommendation: the whole ranking behind it, and why that question is asked."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flow.choosing import (
    OPTED_OUT,
    Situation,
    find_candidates,
    looked_deeper,
    need_of,
    rank_for,
)
from bot.flow.plans import place_of_lead
from bot.flow.recalling import assets_in_history
from bot.flow.tools import Tools
from knowledge.journey_map import load_profiling_wording
from knowledge.touch import Ranking, Suggestion
from retrieval.profiling import ProfilingChoice, choose_profiling


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stood behind a suggestion: every candidate with every rule's points, and the refused.

    `profiling` is None when all is known of the lead, or nothing may be asked.
    """

    ranking: Ranking
    profiling: ProfilingChoice | None


def explain(suggestion: Suggestion, tools: Tools) -> Explanation:
    """Work out again what a fresh suggestion was made of; the same library gives the same answer.

    Done on demand only, so that a suggestion nobody questions carries no ranking about.
    """
    profile, ask = suggestion.profile, suggestion.ask
    seen = assets_in_history(profile, tools)
    place = place_of_lead(profile, ask.today, suggestion.stage.stage, tools)
    need = need_of(profile, seen, ask)
    situation = Situation(ask, profile, seen, suggestion.stage, need, place)
    ranking = rank_for(situation, find_candidates(situation.need, tools), tools)
    ranking = looked_deeper(situation, ranking, tools)
    profiling = None
    if suggestion.pace.rule != OPTED_OUT:
        profiling = choose_profiling(
            profile,
            ranking,
            suggestion.stage,
            tools.ranking,
            today=ask.today,
            history_assets=seen,
            wording=load_profiling_wording(tools.settings.home),
        )
    return Explanation(ranking, profiling)
