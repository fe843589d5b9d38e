"""What to send next: hard refusals first, then points from small rules, every step explained."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from knowledge.assets import Asset, AssetStatus
from knowledge.journey import Stage
from knowledge.leads import Action, LeadProfile
from knowledge.touch import Candidate, Ranked, Ranking, StageReading, TurnedDown
from retrieval.ranking_lead import Lead
from retrieval.ranking_rules import RULES, Rule, contributions
from retrieval.ranking_settings import RankingSettings
from retrieval.ranking_why_not import nearest_part, why_not
from retrieval.same_text import runs, says_the_same

__all__ = [
    "RULES", "RankingSettings", "Rule", "all_fitting_sent", "alternates", "rank", "score_one",
]  # fmt: skip

Promotional = Callable[[Asset, Stage], str | None]

ALTERNATES = 9
"""Alternates kept beside the choice, so ten pieces in all; a card shows the first few."""
REFUSED_SHOWN = 3
"""Refused pieces named that matched better than the choice."""


def rank(
    candidates: Sequence[Candidate],
    profile: LeadProfile,
    stage: StageReading,
    settings: RankingSettings | None = None,
    *,
    today: date,
    promotional: Promotional,
    exclude: Collection[str] = (),
    history_assets: Mapping[str, Asset] | None = None,
    questions: Sequence[str] | None = None,
    rules: Sequence[Rule] = RULES,
) -> Ranking:
    """Rank the candidates for one lead: best first, those refused, and what nothing answers.

    `questions` are the texts that `Candidate.answers` counts into, those of the ask by default.
    `promotional` gives the reason why a piece may not be recommended at a stage, or None. A
    candidate's place depends on nothing but itself, the lead and the settings; ties go by id.
    A candidate comes back with the bare questions it answers added to `answers`.
    """
    weights = settings or RankingSettings()
    asked = tuple(profile.questions if questions is None else questions)
    lead = Lead(profile, stage, today, asked, history_assets or {})
    ranked: list[Ranked] = []
    refused: list[TurnedDown] = []
    once = {c.asset.id: c for c in sorted(candidates, key=lambda c: c.score)}
    for candidate in (_with_bare_answers(c, lead) for c in once.values()):
        no = _refusal(candidate, lead, weights, promotional, frozenset(exclude))
        if no:
            refused.append(TurnedDown(candidate, no[0], no[1], candidate.score))
        else:
            ranked.append(_scored(candidate, lead, weights, rules))
    ranked.sort(key=lambda r: (-r.score, r.asset.id))
    refused.sort(key=lambda t: (-t.score, t.candidate.asset.id))
    # A piece the lead has seen answers its question as far as the library goes: no gap to report.
    answering = [r.candidate for r in ranked]
    answering += [t.candidate for t in refused if t.rule == "already_seen"]
    covered = {i for c in answering for i in c.answers}
    left = tuple(q for i, q in enumerate(asked) if i not in covered)
    return Ranking(tuple(ranked), tuple(refused), left, asked, profile, stage)


def score_one(
    candidate: Candidate,
    profile: LeadProfile,
    stage: StageReading,
    settings: RankingSettings | None = None,
    *,
    today: date,
    history_assets: Mapping[str, Asset] | None = None,
    questions: Sequence[str] | None = None,
    rules: Sequence[Rule] = RULES,
) -> Ranked:
    """Score one candidate as `rank` does, without asking whether it may be sent."""
    asked = tuple(profile.questions if questions is None else questions)
    lead = Lead(profile, stage, today, asked, history_assets or {})
    return _scored(_with_bare_answers(candidate, lead), lead, settings or RankingSettings(), rules)


def alternates(ranking: Ranking, limit: int = ALTERNATES) -> tuple[TurnedDown, ...]:
    """The next best with what the choice had over them; then refused pieces that matched better.

    With nothing ranked, the refused pieces that matched best.
    """
    if not ranking.ranked:
        return ranking.refused[:REFUSED_SHOWN]
    chosen, *others = ranking.ranked
    own, alike = _apart_from(chosen, others, limit)
    near = why_not(ranking, chosen, own) + alike
    better = tuple(
        t
        for t in ranking.refused
        if t.rule not in ("weak_match", "not_approved")
        and t.candidate.score >= chosen.candidate.score
    )
    return near[:limit] + better[:REFUSED_SHOWN]


def _apart_from(
    chosen: Ranked, others: Sequence[Ranked], limit: int
) -> tuple[list[Ranked], tuple[TurnedDown, ...]]:
    """The others that say something of their own, and those that repeat a better one."""
    told = [(chosen.asset.title, runs(chosen.candidate.passage))]
    own: list[Ranked] = []
    alike: list[TurnedDown] = []
    for other in others[: 2 * limit]:
        passage = runs(other.candidate.passage)
        same = next((title for title, held in told if says_the_same(passage, held)), None)
        if same is None:
            own.append(other)
            told.append((other.asset.title, passage))
        else:
            why = f"Says the same on this as “{same}”."
            alike.append(
                TurnedDown(other.candidate, "same_text", why, other.score, other.contributions)
            )
        if len(own) == limit:
            break
    return own, tuple(alike)


def all_fitting_sent(ranking: Ranking) -> bool:
    """True when the lead was sent or has seen everything that fits, and something does fit."""
    rules = {t.rule for t in ranking.refused}
    return not ranking.ranked and "already_seen" in rules and "excluded" not in rules


def all_turned_down(ranking: Ranking) -> bool:
    """True when nothing is left but pieces that the rep turned down in this conversation."""
    return not ranking.ranked and any(t.rule == "excluded" for t in ranking.refused)


def _with_bare_answers(candidate: Candidate, lead: Lead) -> Candidate:
    """The candidate with every bare question among its answers whose kind of answer it gives.

    Search cannot tell: "What does it cost?" shares no subject with the piece on prices.
    """
    given = {i for i, kind in enumerate(lead.kinds) if kind and kind.given_by(candidate.asset)}
    if given <= set(candidate.answers):
        return candidate
    return replace(candidate, answers=tuple(sorted(given | set(candidate.answers))))


def _scored(
    candidate: Candidate, lead: Lead, weights: RankingSettings, rules: Sequence[Rule]
) -> Ranked:
    parts = contributions(candidate, lead, weights, rules)
    return Ranked(candidate, sum(p.points for p in parts), parts)


def _refusal(
    candidate: Candidate,
    lead: Lead,
    weights: RankingSettings,
    promotional: Promotional,
    exclude: frozenset[str],
) -> tuple[str, str] | None:
    """The rule that forbids a candidate, and its sentence; fit comes before "already seen"."""
    asset = candidate.asset
    if asset.status is not AssetStatus.APPROVED or asset.dead:
        return "not_approved", "Not approved for sending."
    if reason := promotional(asset, lead.stage.stage):
        return "promotional", reason
    if asset.id in exclude:
        return "excluded", "You turned it down in this conversation."
    if _too_far(candidate, lead, weights):
        return "weak_match", f"Too far from what this lead asks{nearest_part(candidate)}."
    if seen := _seen_sentence(candidate, lead):
        return "already_seen", seen
    return None


def _too_far(candidate: Candidate, lead: Lead, weights: RankingSettings) -> bool:
    if any(q in lead.asked for q in lead.questions):
        return not candidate.answers
    return candidate.similarity < weights.weak_similarity and not candidate.answers


def _seen_sentence(candidate: Candidate, lead: Lead) -> str | None:
    """When the lead got or saw this piece, or which of those says the same; None when neither."""
    asset = candidate.asset
    if asset.id not in lead.profile.known_asset_ids:
        known = lead.has_read(candidate.passage)
        return f"On this it says the same as “{known.title}”, which they know." if known else None
    entries = [e for e in lead.profile.history if e.asset_id == asset.id]
    sent = [e for e in entries if e.action is Action.SENT]
    last = max(sent or entries, key=lambda e: e.on)
    what = "This lead got it" if sent else "This lead saw it"
    return f"{what} on {last.on.day} {last.on:%b %Y}; never the same piece twice."
