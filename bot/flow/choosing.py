"""Choosing the asset: what to search for, and what the ranking means for the touch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.flow.not_now import why_not_now
from bot.flow.plan_steps import newness, rules_of
from bot.flow.tools import Tools
from knowledge.assets import Asset
from knowledge.channels import CHANNELS, open_channels, parse_channel
from knowledge.errors import BadInput
from knowledge.journey import Stage
from knowledge.journey_map import load_profiling_wording
from knowledge.language import detect_language, language_name
from knowledge.leads import SEEN, LeadProfile
from knowledge.pacing import all_sent_pace
from knowledge.plan_place import Place
from knowledge.tone import is_promotional
from knowledge.touch import (
    Ask,
    Candidate,
    Pace,
    PaceDecision,
    Ranked,
    Ranking,
    StageReading,
    TurnedDown,
)
from retrieval.profiling import choose_profiling
from retrieval.ranking import Rule, all_fitting_sent, all_turned_down, alternates, rank

LONGEST_QUESTION = 4000
"""Characters; the longest question in the real libraries we measure on has under 300."""
SEARCH_DEPTH = 30
"""Assets looked at per ask, beside as many as the lead knows; policy and ranking decide among them.
The right one is among the first five of a search nine times in ten (benchmarks/README.md)."""
DEEPER = 4
"""How much further each further look goes: a library of 10,000 takes five looks."""
PAST_QUESTIONS = 2
"""How many questions of the history stand in when the ask has none: the latest matter most."""


OPTED_OUT = "opted_out"
"""The pacing rule of a lead who may not be written to at all."""


@dataclass(frozen=True, slots=True)
class Need:
    """What to search for: the lead's questions, or texts that describe the lead's situation.

    `read` holds the ids of what the lead has read, latest last, when nothing was asked; `depth`
    says how many assets are worth looking at.
    """

    texts: tuple[str, ...]
    are_questions: bool
    read: tuple[str, ...] = ()
    depth: int = SEARCH_DEPTH


@dataclass(frozen=True, slots=True)
class Situation:
    """An ask with all that is known when candidates are looked for."""

    ask: Ask
    profile: LeadProfile
    seen: Mapping[str, Asset]
    stage: StageReading
    need: Need
    place: Place | None = None


def in_english(questions: Iterable[str]) -> tuple[str, ...]:
    """Return the questions trimmed, each once; `BadInput` for another language or far too long."""
    kept = tuple(dict.fromkeys(q.strip() for q in questions if q.strip()))
    for question in kept:
        if len(question) > LONGEST_QUESTION:
            raise BadInput(
                f"A question has {len(question):,} characters; "
                f"shorten it to {LONGEST_QUESTION:,} at most."
            )
        language = detect_language(question)
        if language != "en":
            raise BadInput(
                f"The question seems to be in {language_name(language)}; Trailguide reads only "
                "English in this version. Ask it in English."
            )
    return kept


def known_channel(channel: str) -> str:
    """Return the channel by its own name; `BadInput` for one there is not."""
    known = parse_channel(channel)
    if known is None:
        raise BadInput(f"Unknown channel '{channel[:40]}'; use one of: {', '.join(CHANNELS)}.")
    return known


def by_open_channel(ask: Ask, profile: LeadProfile, tools: Tools) -> Ask:
    """Move the ask to a channel that the lead has not opted out of, when there is one."""
    left = open_channels(profile, ask.today, tools.pacing.call_after_download_days)
    return ask if ask.channel in left or not left else replace(ask, channel=left[0])


def when_no_channel_is_open(pace: Pace, situation: Situation, tools: Tools) -> Pace:
    """Wait when the only channel left is the phone and the lead has just downloaded (M5)."""
    days = tools.pacing.call_after_download_days
    if pace.decision is not PaceDecision.SEND:
        return pace
    if open_channels(situation.profile, situation.ask.today, days):
        return pace
    return replace(
        pace,
        decision=PaceDecision.WAIT,
        rule="no_channel",
        reason="Only the phone is left to reach this lead, and a call right after a download is "
        "the wrong next step; wait a few days.",
        when=situation.ask.today + timedelta(days=days),
        also=(pace.reason, *pace.also),
    )


def need_of(profile: LeadProfile, seen: Mapping[str, Asset], ask: Ask) -> Need:
    """Decide what to search for: the ask's questions, else past ones, else the lead's situation."""
    depth = SEARCH_DEPTH + len(profile.known_asset_ids) + len(ask.exclude)
    depth *= DEEPER if ask.kinds else 1  # most of what is found is of another type
    if profile.questions:
        return Need(profile.questions, are_questions=True, depth=depth)
    if profile.asked:
        return Need(profile.asked[:PAST_QUESTIONS], are_questions=True, depth=depth)
    facts = profile.facts
    situation = tuple(t for t in (facts.intent, facts.problem, facts.outcome) if t)
    past = [e for e in profile.history if e.asset_id in seen and e.on <= ask.today]
    read = tuple(e.asset_id for e in past if e.asset_id and e.action in SEEN)
    if situation:
        return Need(situation, are_questions=False, read=read, depth=depth)
    last = [seen[e.asset_id] for e in reversed(past) if e.asset_id][:PAST_QUESTIONS]
    told = tuple(f"{a.title}. {a.description}" for a in last)
    return Need(told, are_questions=False, read=read, depth=depth)


def find_candidates(need: Need, tools: Tools) -> list[Candidate]:
    """Search the library for the need; nothing to go by finds nothing.

    Without a question, what goes on from the pieces a lead has read is found as well, and each
    asset counts by the better of the two.
    """
    found = tools.finder.candidates(need.texts, depth=need.depth) if need.texts else []
    if not need.read:
        return found
    best = {c.asset.id: c for c in found}
    for candidate in tools.reading_on.candidates(need.read, depth=need.depth):
        held = best.get(candidate.asset.id)
        if held is None or held.score < candidate.score:
            best[candidate.asset.id] = candidate
    return sorted(best.values(), key=lambda c: (-c.score, c.asset.id))


@contextmanager
def finding_aside(need: Need, tools: Tools) -> Iterator[Callable[[], list[Candidate]]]:
    """Find the candidates on a thread of its own, while the lead's stage is read on this one.

    Both run the sentence model, on a core each; the callable waits for what was found.
    """
    if not need.texts:
        yield list
        return
    _ = tools.finder, tools.reading_on  # made here: two threads might make a part twice
    with ThreadPoolExecutor(max_workers=1) as aside:
        yield aside.submit(find_candidates, need, tools).result


def looked_deeper(situation: Situation, ranking: Ranking, tools: Tools) -> Ranking:
    """Look further down when all that was found may not be sent, though it fits."""
    depth = situation.need.depth
    while not ranking.ranked and len(ranking.refused) >= depth:
        if any(t.rule == "weak_match" for t in ranking.refused):
            break  # what is further down fits less still
        depth *= DEEPER
        need = replace(situation.need, depth=depth)
        ranking = rank_for(situation, find_candidates(need, tools), tools)
    return ranking


def rank_for(situation: Situation, candidates: Sequence[Candidate], tools: Tools) -> Ranking:
    """Rank the candidates for this lead; a situation that nothing fits is not a missed question."""
    kinds = situation.ask.kinds
    ranking = rank(
        [c for c in candidates if not kinds or c.asset.type in kinds],
        situation.profile,
        situation.stage,
        tools.ranking,
        today=situation.ask.today,
        exclude=situation.ask.exclude,
        promotional=_promotional,
        history_assets=situation.seen,
        questions=situation.need.texts,
        rules=(*_rules(situation, tools), tools.track_rules.rule(situation.ask.today)),
    )
    missed = situation.need.are_questions and not all_turned_down(ranking)
    return ranking if missed else replace(ranking, unanswered=())


def _rules(situation: Situation, tools: Tools) -> tuple[Rule, ...]:
    today, profile = situation.ask.today, situation.profile
    is_new = newness(situation.place, profile, today, tools)
    return rules_of(situation.place, profile, today, is_new)


def _promotional(asset: Asset, stage: Stage) -> str | None:
    return is_promotional(asset.type, asset.hype, stage, asset.hype_overruled)


def nothing_beside_an_opt_out(pace: Pace) -> Pace:
    """Drop every other reason once the lead said no: none of them matters any more."""
    return replace(pace, also=(), warnings=()) if pace.rule == OPTED_OUT else pace


def next_profiling_question(
    situation: Situation, pace: Pace, ranking: Ranking, tools: Tools
) -> str | None:
    """Return the one question whose answer would change the recommendation most (M29).

    A lead who opted out is asked nothing.
    """
    if pace.rule == OPTED_OUT:
        return None
    chosen = choose_profiling(
        situation.profile,
        ranking,
        situation.stage,
        tools.ranking,
        today=situation.ask.today,
        history_assets=situation.seen,
        wording=load_profiling_wording(tools.settings.home),
    )
    return chosen.question if chosen else None


def when_all_is_sent(pace: Pace, ranking: Ranking, situation: Situation, tools: Tools) -> Pace:
    """Wait when everything that fits was sent already, which counts before budget and problem."""
    before_it = pace.decision in {PaceDecision.SEND, PaceDecision.ASK} or pace.rule == "budget"
    if before_it and all_fitting_sent(ranking):
        today = situation.ask.today
        return all_sent_pace(situation.profile, today, tools.pacing, situation.stage, pace=pace)
    return pace


def with_reason_for_nothing(pace: Pace, ranking: Ranking, situation: Situation) -> Pace:
    """Say why there is no asset, when one was to be sent and nothing fits."""
    if pace.decision is not PaceDecision.SEND or ranking.ranked:
        return pace
    if all_turned_down(ranking):
        reason = "You turned down every piece that fits; put the question in other words."
    elif ranking.unanswered:
        reason = (
            "No approved asset answers what this lead asks; it is counted as a content request."
        )
    elif situation.need.texts:
        reason = "No approved asset fits what this lead cares about; send nothing until one does."
    else:
        reason = "There is nothing to go by yet; ask the lead what they are trying to solve."
    return replace(pace, reason=reason, also=(pace.reason, *pace.also))


def choose(pace: Pace, ranking: Ranking) -> Ranked | None:
    """Return the best asset when something is to be sent and something fits."""
    return ranking.ranked[0] if pace.decision is PaceDecision.SEND and ranking.ranked else None


def passed_over(ranking: Ranking, chosen: Ranked | None, pace: Pace) -> tuple[TurnedDown, ...]:
    """Name the alternates, best first, each with why it was not chosen.

    Refused pieces that would have scored well come too, so that nobody wonders about the brochure.
    When nothing is to be sent now, the pieces that would fit say that, and what each would do; for
    a lead who opted out there is nothing to name.
    """
    if chosen is not None:
        return alternates(ranking)
    if pace.rule == OPTED_OUT:
        return ()
    fitting = ranking.ranked[:10]
    waiting = tuple(
        TurnedDown(r.candidate, pace.rule, why, r.score, r.contributions)
        for r, why in zip(fitting, why_not_now(fitting, pace.decision), strict=True)
    )
    return waiting or alternates(ranking)


def question_answered(need: Need, found: Candidate) -> str:
    """Return the lead's question that this asset answers, or nothing when it answers none."""
    return need.texts[found.answers[0]] if need.are_questions and found.answers else ""
