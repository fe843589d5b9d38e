"""Ranking rules: each adds points to one candidate, with a sentence, and looks at no other.

What is not known of the lead or the asset adds nothing (M30). Because every rule sees one candidate
alone, the order of the library cannot matter and a removed candidate reorders nobody. Rules on who
the lead is are in `ranking_person`; those here are on the question, the stage and the last act.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from knowledge.deeds_told import WANTS_TO_LEARN
from knowledge.journey import AssetType, Stage, a_type, type_name, with_article
from knowledge.leads import Action
from knowledge.touch import Candidate, Contribution
from retrieval.ranking_lead import Lead
from retrieval.ranking_match import nearest_stage, short
from retrieval.ranking_person import (
    buying_role,
    committee,
    company_size,
    convincing,
    industry,
    obstacle,
    outcome,
    persona,
    products,
    trust,
)
from retrieval.ranking_settings import RankingSettings

Rule = Callable[[Candidate, Lead, RankingSettings], Contribution | None]
"""A rule is named like the contribution it makes; None or no points when it has nothing to say."""


def relevance(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution:
    """How well the piece matches, as the search measured it."""
    sure = weights.calibrated(found.score) >= weights.sure_answer
    answered = [lead.questions[i] for i in found.answers if i < len(lead.questions)]
    if answered and answered[0] in lead.asked:
        verb = "It answers" if sure else "It comes near to"
        sentence = f"{verb} “{short(answered[0])}”."
    elif found.follows:
        read = lead.last_read
        verb = "It goes on from" if sure else "It is near to"
        sentence = f"{verb} “{read.title}”, which they know." if read else ""
    elif answered and answered[0].startswith(WANTS_TO_LEARN):
        topic = short(answered[0].removeprefix(WANTS_TO_LEARN))
        sentence = f"It is about {topic}, which they want to learn about."
    elif answered:
        sentence = f"It is about what this lead told us: “{short(answered[0])}”."
    else:
        sentence = "It is near to what this lead is busy with."
    return Contribution("relevance", weights.relevance * weights.calibrated(found.score), sentence)


def several_answers(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """One piece that answers several questions saves the lead a touch (M20)."""
    also = [lead.questions[i] for i in found.answers[1:] if i < len(lead.questions)]
    if not also:
        return None
    asked = [q for q in also if q in lead.asked]
    if not asked:
        told = "It touches on more of what this lead told us."
    elif len(also) > 1:
        told = f"It answers {len(also) + 1} of the questions."
    else:
        told = f"It also answers “{short(also[0])}”."
    return Contribution("several_answers", weights.several_answers * len(also), told)


def asked_for(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Gives the kind of answer that a bare question asks for: a price, a reference (M43)."""
    given = [kind for kind in lead.kinds if kind and kind.given_by(found.asset)]
    if not given:
        return None
    share = len(given) / len(lead.kinds)
    return Contribution("asked_for", weights.asked_for * share, f"It {given[0].said}.")


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


def variety(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """Formats vary over touches (M44)."""
    for points, kind in zip(weights.same_format, lead.recent_types, strict=False):
        if kind is found.asset.type:
            told = f"They had {a_type(kind)} from us lately."
            return Contribution("variety", points, told)
    return None


_TEACHING = frozenset({
    AssetType.BLOG, AssetType.ARTICLE, AssetType.PODCAST, AssetType.GUIDE, AssetType.WHITEPAPER,
    AssetType.EBOOK, AssetType.RESEARCH, AssetType.WEBINAR, AssetType.VIDEO, AssetType.BRIEFING,
    AssetType.CHECKLIST, AssetType.TUTORIAL,
})  # fmt: skip
_FURTHER = frozenset({
    AssetType.GUIDE, AssetType.WHITEPAPER, AssetType.EBOOK, AssetType.CHECKLIST,
    AssetType.RESEARCH, AssetType.TUTORIAL,
})  # fmt: skip


def track(found: Candidate, lead: Lead, weights: RankingSettings) -> Contribution | None:
    """What the last act calls for: one more piece, a step further, or an introduction (M45)."""
    act = lead.trigger
    if act is None:
        return None
    kind, stage = found.asset.type, lead.stage.stage
    about = lead.history_assets.get(act.asset_id or "")
    named = f" “{short(about.title)}”" if about else ""
    told = ""
    if act.action is Action.JOINED_LIST:
        if stage.order <= Stage.INTEREST.order and Stage.AWARENESS in found.asset.fitting_stages:
            told = "They joined the list, which starts with introductory pieces."
    elif stage.order > Stage.CONSIDERATION.order:
        return None
    elif act.action is Action.DOWNLOADED and kind in _TEACHING:
        told = f"They downloaded{named or ' a piece'}; here is one more to learn from."
    elif act.action is Action.ATTENDED and kind in _FURTHER:
        told = f"They attended{named or ' a webinar'}; this takes it a step further."
    return Contribution("track", weights.track, told) if told else None


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
    relevance, several_answers, asked_for, stage_fit, persona, industry, company_size, buying_role,
    products, outcome, obstacle, convincing, committee, trust, variety, track, freshness,
)  # fmt: skip
"""Every rule that is always on. One that needs more, such as a track record of what helped, is a
function made around it and passed to `rank` as `(*RULES, it)`."""


def contributions(
    found: Candidate, lead: Lead, weights: RankingSettings, rules: Sequence[Rule] = RULES
) -> tuple[Contribution, ...]:
    """What every rule has to say of one candidate; silent rules are left out."""
    return tuple(c for rule in rules if (c := rule(found, lead, weights)) and c.points)
