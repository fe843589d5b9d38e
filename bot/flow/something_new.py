"""Something new to learn for a long-term lead: a piece that came out since our last touch (M55)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.journey import Stage
from knowledge.leads import LeadProfile
from knowledge.plan_place import Place
from knowledge.tone import is_promotional
from knowledge.tracks import LONG_TERM
from storage.new_pieces import approved_on


@dataclass(frozen=True, slots=True)
class Fresh:
    """A piece and the day it came out for leads: approved, or published later."""

    on: date
    asset: Asset


def fresh_pieces(tools: Tools) -> tuple[Fresh, ...]:
    """All pieces in use with the day they came out, the latest first; kept until one changes."""
    revision = tools.library.revision()
    held = tools.due_book.shelf
    if held is None or held[0] != revision:
        approved = approved_on(tools.db, tools.settings.time_zone)
        pieces = (
            Fresh(max(d for d in (approved.get(a.id), a.published) if d), a)
            for a in tools.library.all(AssetStatus.APPROVED)
            if not a.dead and (a.id in approved or a.published)
        )
        ordered = tuple(sorted(pieces, key=lambda f: (f.on, f.asset.id), reverse=True))
        held = tools.due_book.shelf = (revision, ordered)
    return held[1]


def is_long_term(place: Place) -> bool:
    """Whether a lead is on a track for bad timing, long silence or a spent budget."""
    return place.track is not None and bool(set(place.track.triggers) & set(LONG_TERM))


def new_for(
    profile: LeadProfile, stage: Stage | None, since: date, pieces: Sequence[Fresh]
) -> Asset | None:
    """The latest piece since a day that fits the lead and that it never saw; None without one.

    What is not known of lead or piece speaks against nothing; an ask weighs in full.
    """
    for fresh in pieces:
        if fresh.on <= since:
            return None
        if fresh.asset.id not in profile.known_asset_ids and _fits(fresh.asset, profile, stage):
            return fresh.asset
    return None


def _fits(asset: Asset, profile: LeadProfile, stage: Stage | None) -> bool:
    at, facts = stage or Stage.AWARENESS, profile.facts
    if is_promotional(asset.type, asset.hype, at, asset.hype_overruled):
        return False
    if asset.fitting_stages and min(s.order for s in asset.fitting_stages) > at.order:
        return False
    named = ((asset.personas, facts.persona), (asset.industries, facts.industry))
    return all(not tags or not own or _plain(own) in map(_plain, tags) for tags, own in named)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
