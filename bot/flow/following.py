"""What a follow-up below a card needs to know: who else, why not that piece, what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process, utils

from bot.flow.about_whom import SAME_ROLE, at_same_company, is_about_another
from bot.flow.choosing import Situation, find_candidates, in_english, need_of, rank_for
from bot.flow.next_touch import recommend
from bot.flow.not_now import why_not_now
from bot.flow.plans import place_of_lead
from bot.flow.recalling import assets_in_history, recall_lead
from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.clock import team_date
from knowledge.follow_ups import TYPES, FollowUp, by_rule, turns_no_card_down
from knowledge.intents import Intent
from knowledge.journey import AssetType, Stage, type_name, with_article
from knowledge.leads import LeadFacts, LeadProfile
from knowledge.tone import is_promotional
from knowledge.touch import Ask, Ranking
from knowledge.understanding import Understanding
from prompts.insight import insights
from retrieval.follow_up_reader import AMONG_COLLEAGUES, THRESHOLD
from retrieval.ranking_person import COMMITTEE, uncovered_roles
from retrieval.ranking_why_not import why_not
from storage.stored_suggestion import StoredSuggestion

SAME_TITLE = 55
"""The same, of a follow-up's words and a title: two of three words of a short title reach it."""
MEANT = 0.4
"""Cosine from which words mean the piece that search finds: unrelated ones stay below 0.3."""
LOOKED_AT = 300
"""Pieces looked at to say why one of them is not the choice."""
TITLES = 3
SENTENCES = 3
_FILLER = re.compile(
    r"\b(?:why|not|no|the|a|an|about|what|whats|is|was|were|wrong|with|did|didnt|you|pick|take|choose|use|suggest"
    r"|how|come|left|leave|out|instead|of|on|one|piece|it|that|this|would|be|better|i|expected|speaks|against)\b"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A piece, or a kind of piece, and what is to be said of it."""

    about: str
    sentence: str


def hear(
    text: str,
    understood: Understanding,
    stored: StoredSuggestion,
    tools: Tools,
    *,
    must_be_sure: bool,
) -> FollowUp | None:
    """What a message says about this card; None when it is an ask of its own, or unclear.

    `must_be_sure`: where colleagues talk to each other too, or the words stand in no thread.
    """
    unruled = "://" in text or by_rule(text) is None
    if (understood.intent is Intent.ADD_ASSET and unruled) or len(understood.matches) > 1:
        return None  # "give me the link" sounds like adding one, but a rule knows better
    if is_about_another(understood, stored):
        colleague = not understood.questions and at_same_company(understood, stored, tools)
        return FollowUp.OTHER_PERSON if colleague else None
    least = AMONG_COLLEAGUES if must_be_sure else THRESHOLD
    kind = tools.follow_up_reader(text, least)
    by_likeness = kind if by_rule(text) is None else None
    # "Has she already read it?" is near "she has read it", and "they decide next week" near "next
    # week": only a rule puts a card away by a question or by a day.
    return None if by_likeness and turns_no_card_down(text, by_likeness) else kind


def for_other_person(
    stored: StoredSuggestion, role: str | None, lead_id: str | None, tools: Tools
) -> Ask | None:
    """The same questions asked for somebody else in the account; None when nobody is named.

    A lead on record at the company who has that role is that person.
    """
    if stored.ask is None or not (role or lead_id):
        return None
    today = team_date(tools.clock, tools.settings.time_zone)
    known = lead_id or _with_role(role or "", stored, tools)
    old = stored.facts
    stranger = LeadFacts(
        company=old.company, industry=old.industry, company_size=old.company_size, role=role
    )
    return Ask(
        today=today,
        lead_id=known,
        facts=LeadFacts() if known else stranger,
        questions=stored.ask.questions,
        asked_by=stored.asked_by,
        team=stored.team,
    )


def is_their_own_role(role: str | None, stored: StoredSuggestion, tools: Tools) -> bool:
    """Whether a role is that of the card's own lead, and no colleague on record has it too."""
    own = stored.facts.role
    alike = fuzz.token_set_ratio(role, own, processor=utils.default_process) if role and own else 0
    return alike >= SAME_ROLE and _with_role(role or "", stored, tools) is None


def colleagues(stored: StoredSuggestion, tools: Tools) -> list[LeadProfile]:
    """The other leads on record at the card's company."""
    found = tools.leads.of_company(stored.facts.company)
    return [p for p in found if p.lead_id and p.lead_id != stored.lead_id]


def _with_role(role: str, stored: StoredSuggestion, tools: Tools) -> str | None:
    held = {p.lead_id: p.facts.role or "" for p in colleagues(stored, tools) if p.facts.role}
    best = process.extractOne(
        role,
        held,
        scorer=fuzz.token_set_ratio,
        processor=utils.default_process,  # "Head of Maintenance, three sites"
        score_cutoff=SAME_ROLE,
    )
    return best[2] if best else None


def look_again(stored: StoredSuggestion, tools: Tools) -> tuple[Situation, Ranking]:
    """The whole ranking behind a card, worked out again for today."""
    if stored.ask is None:
        raise ValueError("an erased suggestion has no ask")
    today = team_date(tools.clock, tools.settings.time_zone)
    ask = replace(stored.ask, today=today, kinds=())
    profile = recall_lead(ask, in_english(ask.questions), tools)
    seen = assets_in_history(profile, tools)
    need = replace(need_of(profile, seen, ask), depth=LOOKED_AT)
    place = place_of_lead(profile, today, stored.stage.stage, tools)
    situation = Situation(ask, profile, seen, stored.stage, need, place)
    return situation, rank_for(situation, find_candidates(need, tools), tools)


def why_not_that(stored: StoredSuggestion, text: str, tools: Tools) -> Said | None:
    """Why the piece that the words mean is not the choice; None when they mean none.

    The reason is the ranking's own: the rule that refuses it, or what the choice has over it.
    """
    kinds = named_kinds(text)
    library = tools.library.all()
    pool = [a for a in library if not kinds or a.type in kinds]
    if kinds and not pool:
        return Said(with_article(type_name(kinds[0])), "none")
    _, ranking = look_again(stored, tools)
    meant = _by_title(text, pool) or (_first(ranking, pool) if kinds else _by_meaning(text, tools))
    return Said(meant.title, _reason(meant, stored, ranking)) if meant else None


def named_kinds(text: str) -> tuple[AssetType, ...]:
    """The types of piece that words name, a level aside."""
    return next((t for p, t in TYPES if re.search(rf"\b(?:{p})\b", text, re.IGNORECASE)), ())


def _by_title(text: str, pool: Sequence[Asset]) -> Asset | None:
    said = re.sub(r"[^\w ]+", "", text.lower())
    for pattern, _ in TYPES:
        said = re.sub(rf"\b(?:{pattern})\b", " ", said)
    said = " ".join(_FILLER.sub(" ", said).split())
    if not said:
        return None
    titles = {a.id: a.title.lower() for a in pool}
    best = process.extractOne(said, titles, scorer=fuzz.token_set_ratio, score_cutoff=SAME_TITLE)
    return next((a for a in pool if best and a.id == best[2]), None)


def _first(ranking: Ranking, pool: Sequence[Asset]) -> Asset | None:
    order = [r.asset.id for r in ranking.ranked] + [t.candidate.asset.id for t in ranking.refused]
    place = {asset_id: n for n, asset_id in reversed(list(enumerate(order)))}
    return min(pool, key=lambda a: (place.get(a.id, len(order)), a.id), default=None)


def _by_meaning(text: str, tools: Tools) -> Asset | None:
    said = " ".join(_FILLER.sub(" ", re.sub(r"[^\w ]+", " ", text.lower())).split())
    best = tools.finder.search(said, 1) if said else []
    return best[0].asset if best and best[0].similarity >= MEANT else None


def _reason(meant: Asset, stored: StoredSuggestion, ranking: Ranking) -> str:
    if stored.asset and stored.asset.asset_id == meant.id:
        return "That is the piece on the card."
    if meant.status is not AssetStatus.APPROVED or meant.dead:
        return f"It is not {'approved for sending' if not meant.dead else 'to be opened just now'}."
    if no := next((t for t in ranking.refused if t.candidate.asset.id == meant.id), None):
        return no.why_not
    other = next((r for r in ranking.ranked if r.asset.id == meant.id), None)
    if other is None:
        return "It is too far from what this lead asks or cares about."
    own = stored.asset.asset_id if stored.asset else ""
    chosen = next((r for r in ranking.ranked if r.asset.id == own), None)
    if chosen is None:
        return why_not_now([other], stored.pace.decision)[0]
    return why_not(ranking, chosen, [other])[0].why_not


def fits_now(stored: StoredSuggestion, kinds: tuple[AssetType, ...], tools: Tools) -> Said | None:
    """Why no piece of these kinds can take the card's place; None when one can."""
    if stored.ask is None:
        return None
    out = (*stored.ask.exclude, stored.asset.asset_id) if stored.asset else stored.ask.exclude
    today = team_date(tools.clock, tools.settings.time_zone)
    found = recommend(replace(stored.ask, exclude=out, kinds=kinds, today=today), tools)
    if found.chosen is not None:
        return None
    left = [
        a
        for a in tools.library.all(AssetStatus.APPROVED)
        if a.type in kinds and a.id not in out and not a.dead
    ]
    if not left:
        return Said("", "none")
    _, ranking = look_again(stored, tools)
    nearest = _first(ranking, left) or left[0]
    return Said(nearest.title, _reason(nearest, stored, ranking))


def summary_of(stored: StoredSuggestion, tools: Tools) -> tuple[str, ...]:
    """Up to three of the piece's own sentences that tell most on what the lead asks."""
    if stored.asset is None:
        return ()
    asset = tools.library.get(stored.asset.asset_id)
    query = " ".join(stored.questions) or asset.title
    found = insights(asset, query, "", tools.sentence_models.nearness)
    return tuple(
        dict.fromkeys(f"{i.text} {'; '.join(i.items)}".strip() for i in found[: 2 * SENTENCES])
    )[:SENTENCES]


def pieces_on(topic: str, stage: Stage, tools: Tools) -> list[Asset]:
    """The best pieces on a topic that may be sent at this stage."""
    found = tools.finder.search(topic, 2 * TITLES) if topic.strip() else []
    return [
        c.asset
        for c in found
        if (c.answers or c.similarity >= MEANT)
        and is_promotional(c.asset.type, c.asset.hype, stage, c.asset.hype_overruled) is None
    ][:TITLES]


def not_reached(stored: StoredSuggestion, tools: Tools) -> tuple[str, ...]:
    """Who a decision needs and nobody in the account is (M35), as a card names them."""
    if stored.ask is None:
        return ()
    today = team_date(tools.clock, tools.settings.time_zone)
    profile = recall_lead(replace(stored.ask, today=today), (), tools)
    return tuple(COMMITTEE[role][1] for role in uncovered_roles(profile, stored.stage.stage))
