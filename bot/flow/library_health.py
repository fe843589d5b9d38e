"""The health of the library: what ails each piece in use, the gravest first (M17, M18, M46)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from bot.flow.checking_links import upkeeper
from bot.flow.tools import Tools
from knowledge.assets import Asset
from knowledge.case_studies import weaknesses
from knowledge.clock import team_date
from knowledge.journey import AssetType, Stage, type_name
from knowledge.library_health import (
    HARD_GRADE,
    LEAST_ANSWERS,
    STALE_DAYS,
    UNUSED_DAYS,
    Ailing,
    Ailment,
    Complaint,
    LibraryHealth,
    Use,
)
from knowledge.link_check import LinkState
from knowledge.sentences import prose, sentences
from knowledge.tone import audit_tone, is_promotional
from prompts.checks.reading import grade
from storage.asset_use import asset_use
from storage.upkeep import Upkeep

SAME_SHARE = 0.6
"""Share of the shorter piece's sentences that stand in the other, from which they are one piece
twice: texts of one kind share a stock sentence or two, not most of them."""
LEAST_SENTENCE, TOO_COMMON = 6, 20
"""Words of a sentence that tells pieces apart; one that more pieces share is boilerplate."""
SENTENCES_TOLD = 5
REMEMBERED = 20_000

_of_texts: dict[str, tuple[Complaint, ...]] = {}
"""What a text alone says, by the hash of its content: reading ten thousand takes half a minute."""

_twins: dict[int, dict[str, str]] = {}
"""The duplicates of the library as it was looked at last."""


def library_health(tools: Tools) -> LibraryHealth:
    """What ails the pieces in use; those that nothing ails are counted alone."""
    today = team_date(tools.clock, tools.settings.time_zone)
    standing, use = upkeeper(tools).all(), asset_use(tools.db)
    twins = _duplicates_once(tuple(each.asset for each in standing))
    ailing = []
    for each in standing:
        found = [
            *_of_link(each),
            *_of_dates(each, use.get(each.asset.id, Use()), today),
            *_of_text(each.asset),
            *(
                [Complaint(Ailment.DUPLICATE, twins[each.asset.id])]
                if each.asset.id in twins
                else []
            ),
            *([] if each.asset.answered_by else [Complaint(Ailment.UNOWNED)]),
            *_of_type(each.asset),
        ]
        if found:
            order = list(Ailment)
            ranked = sorted(found, key=lambda complaint: order.index(complaint.ailment))
            ailing.append(Ailing(each.asset, tuple(ranked)))
    ailing.sort(key=lambda one: (one.gravest, -len(one.complaints), one.asset.title))
    return LibraryHealth(today, len(standing), tuple(ailing))


def _duplicates_once(assets: tuple[Asset, ...]) -> dict[str, str]:
    """The duplicates, remembered until a text changes, comes or goes: a page is turned at once."""
    mark = hash(tuple((a.id, a.content_hash, a.title) for a in assets))
    if mark not in _twins:
        _twins.clear()
        _twins[mark] = duplicates(assets)
    return _twins[mark]


def duplicates(assets: Iterable[Asset]) -> dict[str, str]:
    """By id, the title of another piece that says the same, sentence for sentence."""
    said: dict[str, frozenset[str]] = {}
    where: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, str] = {}
    for asset in assets:
        titles[asset.id] = asset.title
        plain = (" ".join(s.lower().split()) for s in sentences(prose(asset.text)))
        said[asset.id] = frozenset(s for s in plain if len(s.split()) >= LEAST_SENTENCE)
        for sentence in said[asset.id]:
            where[sentence].append(asset.id)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for ids in where.values():
        for one in ids if len(ids) <= TOO_COMMON else ():
            for other in ids:
                if one != other:
                    shared[one, other] += 1
    found: dict[str, str] = {}
    for (one, other), count in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0])):
        if count >= SAME_SHARE * min(len(said[one]), len(said[other])):
            found.setdefault(one, titles[other])
    return found


def _of_link(each: Upkeep) -> list[Complaint]:
    if each.dead_at is not None:
        return [Complaint(Ailment.DEAD_LINK, each.link_why)]
    if each.strikes:
        return [Complaint(Ailment.LINK_FAILS, each.link_why)]
    return [Complaint(Ailment.MOVED, each.moved_to)] if each.link is LinkState.MOVED else []


def _of_dates(each: Upkeep, use: Use, today: date) -> list[Complaint]:
    found = []
    if each.review_on is not None and each.review_on <= today:
        found.append(Complaint(Ailment.REVIEW_OVERDUE, each.review_on.isoformat()))
    if each.looked_on <= today - timedelta(days=STALE_DAYS):
        found.append(Complaint(Ailment.STALE, each.looked_on.isoformat()))
    if not use.used and each.in_use_since <= today - timedelta(days=UNUSED_DAYS):
        found.append(Complaint(Ailment.NEVER_USED, each.in_use_since.isoformat()))
    if not use.helped and use.not_helped >= LEAST_ANSWERS:
        found.append(Complaint(Ailment.NEVER_HELPFUL, str(use.not_helped)))
    return found


def _of_type(asset: Asset) -> list[Complaint]:
    named = type_name(asset.type)
    return [Complaint(Ailment.UNTYPED, named)] if asset.type_guessed else []


def _of_text(asset: Asset) -> tuple[Complaint, ...]:
    """What the text itself shows; remembered by its hash and the reviewer's word."""
    key = f"{asset.content_hash}{asset.hype:.3f}{asset.hype_overruled}"
    if key not in _of_texts:
        if len(_of_texts) >= REMEMBERED:
            _of_texts.clear()
        _of_texts[key] = tuple(_read(asset))
    return _of_texts[key]


def _read(asset: Asset) -> Iterable[Complaint]:
    if all(is_promotional(asset.type, asset.hype, s, asset.hype_overruled) for s in Stage):
        told = [(f.sentence, f.why) for f in audit_tone(asset.text, asset.title).findings]
        yield Complaint(Ailment.PROMOTIONAL, f"{asset.hype:.2f}", tuple(told[:SENTENCES_TOLD]))
    if asset.type is AssetType.CASE_STUDY and (weak := weaknesses(asset.text)):
        shown = tuple((w.sentences[0] if w.sentences else "", w.add) for w in weak)
        yield Complaint(Ailment.WEAK_CASE_STUDY, ", ".join(w.part for w in weak), shown)
    hard = grade(prose(asset.text))
    if hard > HARD_GRADE:
        longest = max(sentences(prose(asset.text)), key=lambda s: len(s.split()))
        mend = "Cut it in two, and use shorter words."
        yield Complaint(Ailment.HARD_TO_READ, f"{hard:.0f}", ((longest[:300], mend),))
