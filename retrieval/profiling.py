"""The one question to ask next: the one whose answer would change the recommendation most (M29)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.assets import Asset
from knowledge.leads import LeadFacts, LeadProfile
from knowledge.touch import Ranked, Ranking, StageReading
from retrieval.ranking_lead import Lead
from retrieval.ranking_match import tag
from retrieval.ranking_person import ROLE_TYPES
from retrieval.ranking_rules import RULES, contributions
from retrieval.ranking_settings import RankingSettings

LOOKED_AT = 12
"""Candidates re-scored: one further down hardly becomes the best by one answer."""

VALUES = 8
"""Possible answers tried for an attribute with many; with 7 attributes at most 672 scorings."""

SIZES = (50, 400, 3000)
"""One company size for each band that the size rule knows."""

ATTRIBUTES = (
    "obstacles", "outcome", "buying_role", "products", "persona", "industry", "company_size",
)  # fmt: skip
"""What may be asked, and the order when no answer would change anything: what helps a draft first.
Timing is not asked: a question about it sounds like "are you ready to buy" (M2)."""


SHOWN = 4
"""Places whose change counts when no answer changes the choice: the choice and its alternates."""

AFFECTED: dict[str, frozenset[str]] = {
    "obstacles": frozenset({"obstacle", "convincing"}),
    "outcome": frozenset({"outcome"}),
    "buying_role": frozenset({"buying_role", "convincing", "committee"}),
    "products": frozenset({"products"}),
    "persona": frozenset({"persona"}),
    "industry": frozenset({"industry"}),
    "company_size": frozenset({"company_size"}),
}
"""The rules that read each attribute: only these are run again."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What asking for one attribute would do: answers tried, how many choose another piece.

    `gain` is the mean over the answers, in points, of what the best piece given that answer has
    over the one chosen now; `moved` the mean share of the first places that change. `example` is
    the answer with the largest gain and `instead` the id of the piece it would bring; both are
    empty when no answer changes the choice.
    """

    attribute: str
    answers: int
    changing: int
    gain: float
    moved: float
    example: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class ProfilingChoice:
    """The question to ask, and the effect of every unknown attribute, the one asked first."""

    question: str
    effects: tuple[Effect, ...]


def choose_profiling(
    profile: LeadProfile,
    ranking: Ranking,
    stage: StageReading,
    settings: RankingSettings | None = None,
    *,
    today: date,
    wording: Mapping[str, Sequence[str]],
    history_assets: Mapping[str, Asset] | None = None,
) -> ProfilingChoice | None:
    """The question whose answer would change the choice most, with why; None when all is known.

    Answers tried come from the tags of the best candidates; each is put into the profile and the
    candidates are scored again. Largest mean gain wins, then more answers that change the choice,
    then more moved among the first places.
    """
    weights = settings or RankingSettings()
    unknown = [a for a in ATTRIBUTES if wording.get(a) and not _known(profile.facts, a)]
    if not unknown:
        return None
    top = ranking.ranked[:LOOKED_AT]
    asked = ranking.questions or profile.questions
    now = [r.asset.id for r in top]

    def effect(attribute: str) -> Effect:
        again = [r for r in RULES if r.__name__ in AFFECTED[attribute]]
        names = {r.__name__ for r in again}
        rest = [sum(c.points for c in r.contributions if c.rule not in names) for r in top]
        changing, gains, moved, best = 0, 0.0, 0, (-1.0, "", "")
        values = _answers(attribute, top)
        for value in values:
            facts = LeadFacts(**{attribute: value}).over(profile.facts)  # type: ignore[arg-type]
            lead = Lead(replace(profile, facts=facts), stage, today, asked, history_assets or {})
            points = [
                round(
                    fixed + sum(c.points for c in contributions(r.candidate, lead, weights, again)),
                    9,
                )
                for fixed, r in zip(rest, top, strict=True)
            ]
            order = sorted(range(len(top)), key=lambda i: (-points[i], now[i]))
            gain = points[order[0]] - points[0]
            gains += gain
            changing += order[0] != 0
            moved += sum(i != place for place, i in enumerate(order[:SHOWN]))
            if order[0] != 0 and gain > best[0]:
                best = (gain, _as_said(value), now[order[0]])
        tried = max(1, len(values))
        return Effect(
            attribute, len(values), changing, round(gains / tried, 9),
            round(moved / tried / SHOWN, 9), best[1], best[2],
        )  # fmt: skip

    effects = sorted(
        (effect(a) for a in unknown),
        key=lambda e: (-e.gain, -e.changing, -e.moved, ATTRIBUTES.index(e.attribute)),
    )
    questions = wording[effects[0].attribute]
    return ProfilingChoice(questions[_turn(profile) % len(questions)], tuple(effects))


def _turn(profile: LeadProfile) -> int:
    """A number that differs between leads and touches, and is the same when asked again."""
    told = (profile.lead_id or profile.facts.name or "", *profile.questions)
    return int(hashlib.sha256("\x1f".join(told).encode()).hexdigest(), 16) + len(profile.history)


def _known(facts: LeadFacts, attribute: str) -> bool:
    # A job title tells the persona well enough not to ask for it.
    if attribute == "persona" and facts.role:
        return True
    return getattr(facts, attribute) not in (None, "", ())


def _as_said(value: object) -> str:
    return str(value[0]) if isinstance(value, tuple) else str(value).replace("_", " ")


def _answers(attribute: str, top: Iterable[Ranked]) -> list[object]:
    """The answers to try, the commonest tags first; one tag written in two ways is one answer."""
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
    same = [tag(t) for t in tags]
    values = sorted(set(same), key=lambda t: (-same.count(t), t))[:VALUES]
    many = attribute in ("obstacles", "products")
    return [(v,) if many else v for v in values]
