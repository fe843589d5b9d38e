"""Ranking rules: each adds points to one candidate, with a sentence, and looks at no other.

What is not known of the lead or the asset adds nothing (M30). Because every rule sees one candidate
alone, the order of the library cannot matter and a removed candidate reorders nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from knowledge.assets import Asset
from knowledge.journey import AssetType, Stage, a_type, type_name, with_article
from knowledge.leads import SEEN, Action, LeadProfile
from knowledge.touch import Candidate, Contribution, StageReading
from retrieval.ranking_match import fits_size, head_of, nearest_stage, short, stems, tagged
from retrieval.ranking_settings import RankingSettings

_T = AssetType
ROLE_TYPES: dict[str, frozenset[AssetType]] = {
    "economic_buyer": frozenset({_T.ROI, _T.BUSINESS_CASE, _T.CASE_STUDY, _T.BRIEFING}),
    "technical_evaluator": frozenset({_T.SPEC, _T.DOCS, _T.COMPARISON, _T.TUTORIAL, _T.DEMO}),
    "champion": frozenset({_T.BUSINESS_CASE, _T.ROI, _T.CASE_STUDY, _T.COMPARISON}),
    "user": frozenset({_T.TUTORIAL, _T.TRAINING, _T.CHECKLIST, _T.VIDEO, _T.ONBOARDING, _T.DEMO}),
    "blocker": frozenset({_T.CASE_STUDY, _T.TESTIMONIAL, _T.RESEARCH, _T.SPEC}),
}
"""What each part in the decision needs to see (M30, M37)."""

CONVINCING_TYPES = frozenset({_T.BUSINESS_CASE, _T.ROI})

_CONVINCE = re.compile(
    r"\b(?:convince|persuade|win over|buy-?in|justify|sceptical|skeptical|on board|approval"
    r"|objections?|(?:present|sell|explain) (?:it|this|that|them) to|(?:my|our|the) (?:boss|board"
    r"|cfo|ceo|management|committee|works council|directors?|colleagues))\b"
)


@dataclass(frozen=True)
class Lead:
    """What the rules may know of the lead, worked out once for all candidates."""

    profile: LeadProfile
    stage: StageReading
    today: date
    questions: tuple[str, ...]
    history_assets: Mapping[str, Asset]

    @cached_property
    def asked(self) -> frozenset[str]:
        """Everything the lead asked, now and before."""
        return frozenset(self.profile.asked)

    @cached_property
    def wishes(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Outcome, obstacles, problem and intent: each as it was said, and its words."""
        facts = self.profile.facts
        said = (facts.outcome, *facts.obstacles, facts.problem, facts.intent)
        pairs = tuple((s, stems(s)) for s in said if s)
        return tuple((s, words) for s, words in pairs if words)

    @cached_property
    def products(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Installed products: each as it was given, and how it is found in a text."""
        named = [(p, p.strip().lower()) for p in self.profile.facts.products]
        return tuple((p, re.compile(rf"(?<!\w){re.escape(n)}(?!\w)")) for p, n in named if n)

    @cached_property
    def must_convince(self) -> bool:
        """The lead has colleagues to win over: a champion, or one who says so (M36)."""
        facts = self.profile.facts
        if (facts.buying_role or "").strip().lower() == "champion":
            return True
        said = (*self.questions, *facts.obstacles, facts.problem or "", facts.intent or "")
        return any(_CONVINCE.search(text.lower()) for text in said)

    @cached_property
    def recent_types(self) -> tuple[AssetType, ...]:
        """Types of the pieces sent or seen last, newest first, each piece once."""
        known = SEEN | {Action.SENT}
        past = [e for e in self.profile.history if e.action in known and e.on <= self.today]
        ids = dict.fromkeys(
            e.asset_id for e in sorted(past, key=lambda e: (e.on, e.asset_id or ""), reverse=True)
        )
        return tuple(self.history_assets[i].type for i in ids if i and i in self.history_assets)


Rule = Callable[[Candidate, Lead, RankingSettings], Contribution | None]


def relevance(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution:
    """How well the piece matches, as the search measured it."""
    answered = [lead.questions[i] for i in found.answers if i < len(lead.questions)]
    if answered and answered[0] in lead.asked:
        verb = "It answers" if found.score >= weights.sure_answer else "It comes near to"
        sentence = f"{verb} “{short(answered[0])}”."
    elif answered:
        sentence = f"It is about what this lead told us: “{short(answered[0])}”."
    else:
        sentence = "It is near to what this lead is busy with."
    return Contribution("relevance", weights.relevance * found.score, sentence)


def several_answers(found: Candidate, _: Lead, weights: RankingSettings) -> Contribution | None:
    """One piece that answers several questions saves the lead a touch (M20)."""
    if len(found.answers) < 2:
        return None
    points = weights.several_answers * (len(found.answers) - 1)
    return Contribution("several_answers", points, f"It answers {len(found.answers)} questions.")


def stage_fit(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """The same stage is best, one earlier good, a later one puts off (M27, M38 to M42)."""
    stages = found.asset.fitting_stages
    if not stages:
        return None
    at, kind = lead.stage.stage, type_name(found.asset.type)
    nearest, ahead = nearest_stage(stages, at)
    trust = max(weights.least_stage_trust, lead.stage.confidence)
    if ahead == 0:
        points, told = weights.same_stage, f"{with_article(kind).capitalize()} fits the {at} stage."
    elif ahead > 0:
        points = weights.later_stage[ahead - 1]
        told = f"{with_article(kind).capitalize()} for the {nearest} stage comes too early at {at}."
    elif ahead == -1 and at is not Stage.CUSTOMER:
        points, told = weights.earlier_stage, f"It lays the ground for the {at} stage."
    else:
        return None
    return Contribution("stage_fit", points * trust, told)


def persona(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """For this persona, or for others (M30, M32)."""
    return tagged(
        "persona", found.asset.personas, lead.profile.facts.persona,
        (weights.persona, weights.other_persona), "people in {}",
    )  # fmt: skip


def industry(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """From this industry, or from others (M30)."""
    return tagged(
        "industry", found.asset.industries, lead.profile.facts.industry,
        (weights.industry, weights.other_industry), "the {} industry",
    )  # fmt: skip


def company_size(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """For companies of this size, by its words or the size of the company it tells of (M30)."""
    size = lead.profile.facts.company_size
    if size is None:
        return None
    fits = fits_size(found.asset, size)
    if fits is None:
        return None
    if fits:
        return Contribution(
            "company_size", weights.company_size, "It is about a company of like size."
        )
    return Contribution(
        "company_size", weights.other_company_size, "It is about companies of another size."
    )


def buying_role(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """What this part in the decision needs to see (M30, M37)."""
    role = (lead.profile.facts.buying_role or "").strip().lower().replace(" ", "_")
    if found.asset.type not in ROLE_TYPES.get(role, frozenset()):
        return None
    said = role.replace("_", " ")
    told = f"{a_type(found.asset.type).capitalize()} is what {with_article(said)} needs."
    return Contribution("buying_role", weights.buying_role, told)


def products(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Speaks of something the lead has installed (M30)."""
    if not lead.products:
        return None
    words = head_of(found.asset)
    for product, named in lead.products:
        if named.search(words):
            return Contribution(
                "products", weights.product, f"It speaks of {product}, which they use."
            )
    return None


def wish(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Shares words with the lead's outcome, obstacles, problem or intent (M28)."""
    if not lead.wishes:
        return None
    head = stems(head_of(found.asset))
    shares = [(len(words & head) / len(words), said) for said, words in lead.wishes if words & head]
    if not shares:
        return None
    share, said = max(shares)
    return Contribution("wish", weights.wish * share, f"It speaks to “{short(said)}”.")


def convincing(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Helps one who must win colleagues over (M36)."""
    if found.asset.type not in CONVINCING_TYPES or not lead.must_convince:
        return None
    return Contribution("convincing", weights.convincing, "It helps to win colleagues over.")


def variety(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Formats vary over touches (M44)."""
    for points, kind in zip(weights.same_format, lead.recent_types, strict=False):
        if kind is found.asset.type:
            told = f"They had {a_type(kind)} from us lately."
            return Contribution("variety", points, told)
    return None


def freshness(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """A piece of the last year a little up, one of long ago a little down."""
    if found.asset.published is None:
        return None
    age = (lead.today - found.asset.published).days
    if age <= weights.fresh_days:
        return Contribution(
            "freshness", weights.fresh, f"It is from {found.asset.published:%b %Y}."
        )
    if age > weights.stale_days:
        return Contribution(
            "freshness", weights.stale, f"It dates from {found.asset.published.year}."
        )
    return None


RULES: tuple[Rule, ...] = (
    relevance, several_answers, stage_fit, persona, industry, company_size, buying_role, products,
    wish, convincing, variety, freshness,
)  # fmt: skip


def contributions(
    found: Candidate, lead: Lead, weights: RankingSettings
) -> tuple[Contribution, ...]:
    """What every rule has to say of one candidate; silent rules are left out."""
    return tuple(c for rule in RULES if (c := rule(found, lead, weights)) and c.points)
