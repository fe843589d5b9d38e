"""Rules on who the lead is: person, company, role, wishes, trust (M28, M30, M35 to M37)."""

from __future__ import annotations

import re

from knowledge.journey import AssetType, Stage, a_type, with_article
from knowledge.leads import LeadProfile
from knowledge.touch import Candidate, Contribution
from retrieval.ranking_lead import Lead
from retrieval.ranking_match import fits_size, head_of, short, stems, tagged
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
_CONVINCING_HEAD = re.compile(
    r"\b(?:objections?|stakeholders?|buy-in|internal case|winning over)\b"
)

COMMITTEE = {
    "economic_buyer": (frozenset({_T.ROI, _T.BUSINESS_CASE}), "who holds the budget"),
    "technical_evaluator": (frozenset({_T.SPEC, _T.DOCS}), "who checks the technology"),
}
"""Roles that a decision needs, with what can be passed on to them and how a card names them (M35).
Users and champions are met early; these two are the ones whose absence stops a purchase late."""

TRUST_TYPES: dict[str, tuple[frozenset[AssetType], str]] = {
    "known": (
        frozenset({_T.BLOG, _T.ARTICLE, _T.PODCAST, _T.VIDEO}),
        "It is an easy way to get to know us.",
    ),
    "expert": (
        frozenset({_T.RESEARCH, _T.WHITEPAPER, _T.EBOOK, _T.BRIEFING}),
        "It shows that we know the field.",
    ),
    "understanding": (
        frozenset({_T.CASE_STUDY}),
        "It shows that we understand the matter from a customer like them.",
    ),
    "liking": (
        frozenset({_T.TESTIMONIAL, _T.PODCAST}),
        "A person tells what it was like.",
    ),
}
"""Which kinds of piece close which gap in trust (M37): judgement."""


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
    if found.asset.type not in ROLE_TYPES.get(lead.role, frozenset()):
        return None
    said = lead.role.replace("_", " ")
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


def outcome(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Shares words with what the lead wants: outcome or intent (M28)."""
    return _shared(
        "outcome", weights.outcome, "It speaks to what they want: “{}”.", lead.goals, found
    )


def obstacle(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Shares words with what stands in the way: obstacle or problem (M28)."""
    told = "It takes up what stands in the way: “{}”."
    return _shared("obstacle", weights.obstacle, told, lead.obstacles, found)


LEAST_SHARE = 0.25
"""Of the words of an outcome or obstacle; with fewer in common a card would claim too much."""


def _shared(
    rule: str,
    most: float,
    told: str,
    said: tuple[tuple[str, frozenset[str]], ...],
    found: Candidate,
) -> Contribution | None:
    if not said:
        return None
    head = stems(head_of(found.asset))
    shares = [(len(words & head) / len(words), text) for text, words in said if words & head]
    if not shares:
        return None
    share, text = max(shares)
    if share < LEAST_SHARE:
        return None
    return Contribution(rule, most * share, told.format(short(text)))


def convincing(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Helps one who must win colleagues over: the case, the sum, fair answers to peers (M36)."""
    if not lead.must_convince:
        return None
    helps = found.asset.type in CONVINCING_TYPES or _CONVINCING_HEAD.search(head_of(found.asset))
    if not helps:
        return None
    return Contribution("convincing", weights.convincing, "It helps to win colleagues over.")


def committee(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Can be passed on to somebody in the account whom nobody has reached yet (M35).

    Silent when nobody looked who else there is, and before the lead weighs products.
    """
    for role in uncovered_roles(lead.profile, lead.stage.stage):
        types, who = COMMITTEE[role]
        if found.asset.type in types:
            told = f"We know of nobody reached in the account {who}; this can be passed on."
            return Contribution("committee", weights.committee, told)
    return None


def uncovered_roles(profile: LeadProfile, stage: Stage) -> tuple[str, ...]:
    """The roles of `COMMITTEE` that neither the lead nor anyone reached in the account has (M35).

    None of them when nobody looked who else there is, and before the lead weighs products.
    """
    others = profile.account_roles
    if others is None or stage.order < Stage.CONSIDERATION.order:
        return ()
    held = (*others, profile.facts.buying_role or "")
    reached = {r.strip().lower().replace(" ", "_").replace("-", "_") for r in held}
    return tuple(role for role in COMMITTEE if role not in reached)


def trust(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Closes a gap in trust that is on record or that a question shows (M37)."""
    for gap in lead.trust_gaps:
        types, told = TRUST_TYPES[gap]
        if found.asset.type in types:
            return Contribution("trust", weights.trust, told)
    return None
