"""The one question to ask next: the one whose answer would change the recommendation most (M29)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from knowledge.assets import Asset
from knowledge.leads import LeadFacts, LeadProfile
from knowledge.touch import Ranked, Ranking, StageReading
from retrieval.ranking_rules import ROLE_TYPES, Lead, contributions
from retrieval.ranking_settings import RankingSettings

LOOKED_AT = 12
"""Candidates re-scored: one further down hardly becomes the best by one answer."""

VALUES = 8
"""Possible answers tried for an attribute with many."""

SIZES = (50, 400, 3000)
"""One company size for each band that the size rule knows."""

ATTRIBUTES = (
    "obstacles", "outcome", "buying_role", "products", "persona", "industry", "company_size",
)  # fmt: skip
"""What may be asked, and the order when no answer would change anything: what helps a draft first.
Timing is not asked: a question about it sounds like "are you ready to buy" (M2)."""


def profiling_question(
    profile: LeadProfile,
    ranking: Ranking,
    stage: StageReading,
    settings: RankingSettings | None = None,
    *,
    today: date,
    wording: Mapping[str, Sequence[str]],
    history_assets: Mapping[str, Asset] | None = None,
) -> str | None:
    """The question for the unknown attribute with the largest effect, or None when all is known.

    The effect of an attribute is the mean, over its possible answers, of how far the best piece
    given that answer would beat the one chosen now (in points, 0 when the choice stays).
    """
    weights = settings or RankingSettings()
    unknown = [a for a in ATTRIBUTES if a in wording and not _known(profile.facts, a)]
    if not unknown:
        return None
    top = ranking.ranked[:LOOKED_AT]

    def effect(attribute: str) -> float:
        values = _answers(attribute, top)
        gains = []
        for value in values:
            facts = LeadFacts(**{attribute: value}).over(profile.facts)  # type: ignore[arg-type]
            asked = replace(profile, facts=facts)
            lead = Lead(asked, stage, today, profile.questions, history_assets or {})
            points = [sum(c.points for c in contributions(r.candidate, lead, weights)) for r in top]
            gains.append(max(points) - points[0])
        return sum(gains) / len(gains) if gains else 0.0

    effects = {a: round(effect(a), 9) for a in unknown}
    most = max(unknown, key=lambda a: (effects[a], -ATTRIBUTES.index(a)))
    return wording[most][_turn(profile) % len(wording[most])]


def _turn(profile: LeadProfile) -> int:
    """A number that differs between leads and touches, and is the same when asked again."""
    told = (profile.lead_id or profile.facts.name or "", *profile.questions)
    return int(hashlib.sha256("\x1f".join(told).encode()).hexdigest(), 16) + len(profile.history)


def _known(facts: LeadFacts, attribute: str) -> bool:
    # A job title tells the persona well enough not to ask for it.
    if attribute == "persona" and facts.role:
        return True
    return getattr(facts, attribute) not in (None, "", ())


def _answers(attribute: str, top: Iterable[Ranked]) -> list[object]:
    assets = [r.asset for r in top]
    if not assets:
        return []
    if attribute == "company_size":
        return list(SIZES)
    if attribute == "buying_role":
        return list(ROLE_TYPES)
    tags = {
        "persona": [p for a in assets for p in a.personas],
        "industry": [i for a in assets for i in a.industries],
    }.get(attribute, [t for a in assets for t in a.topics])
    values = sorted(set(tags), key=lambda t: (-tags.count(t), t))[:VALUES]
    many = attribute in ("obstacles", "products")
    return [(v,) if many else v for v in values]
