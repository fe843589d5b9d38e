"""Which pieces of the library a rep means by "our white paper on spare parts" (M14, M44, M45)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.clock import team_date
from knowledge.deeds_told import WANTS_TO_LEARN, DeedTold, deeds_told
from knowledge.follow_ups import TYPES
from knowledge.journey import AssetType
from knowledge.leads import HistoryEntry
from knowledge.understanding import Understanding
from prompts.checks.support import content

COMMON = 3
"""Titles that hold a single word, beyond which it names none of them: "our maintenance guide" in a
library on maintenance."""
SAME_TITLE = 86.0
"""rapidfuzz ratio (0 to 100) of the words said and a title: a slip or a small word left out."""
NAMED_SHARE = 0.6
"""Of the telling words said that must stand in title or description: of "spare parts" both."""
LOOKED_AT = 25
"""Pieces that search finds for the words; the one that is meant comes early, or was not meant."""
TOPIC_WORDS = 12
_NOUN = re.compile(
    r"\b(?:papers?|pieces?|pdfs?|decks?|documents?|material|sessions?|events?|talks?)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r",|\band (?:the|our|a|an|that)\b", re.IGNORECASE)
"""A list of pieces names no single one, and no single subject."""


@dataclass(frozen=True, slots=True)
class Told:
    """An act, and the piece it was done with where the library has one like it."""

    deed: DeedTold
    asset: Asset | None
    topic: str


def with_pieces(understood: Understanding, tools: Tools) -> Understanding:
    """Add the pieces and days of the acts that are told, and what they say of the lead's interest.

    The interest counts where nothing is on record of what the lead is after: whoever downloads a
    piece on spare parts wants to learn about them, and that is no solution talk (M5, M22).
    """
    if not understood.signals:
        return understood
    today = team_date(tools.clock, tools.settings.time_zone)
    deeds_said = [d for d in deeds_told(understood.text, today) if d.action in understood.signals]
    assets = tools.library.all(AssetStatus.APPROVED) if any(d.piece for d in deeds_said) else []
    told = [_told(deed, assets, tools) for deed in deeds_said]
    deeds = tuple(
        HistoryEntry(t.deed.action, t.deed.on or today, t.asset.id if t.asset else None)
        for t in told
    )
    topic = next((t.topic for t in told if t.topic), "")
    about = f"{WANTS_TO_LEARN}{topic}" if topic and not _known(understood, tools) else None
    titles = tuple((t.asset.id, t.asset.title) for t in told if t.asset)
    return replace(understood, deeds=deeds, about=about, pieces=titles)


def _known(understood: Understanding, tools: Tools) -> bool:
    """Whether it is on record what the lead is after."""
    if understood.lead_id is None:
        return False
    facts = tools.leads.get(understood.lead_id).facts
    return bool(facts.problem or facts.intent)


def _told(deed: DeedTold, assets: Sequence[Asset], tools: Tools) -> Told:
    _, topic = _parted(deed.piece)
    asset = piece_named(deed.piece, assets, tools) if deed.piece else None
    return Told(deed, asset, topic if content(topic) else asset.title if asset else "")


def piece_named(words: str, assets: Sequence[Asset], tools: Tools) -> Asset | None:
    """The piece, of those in use, that these words mean; None for one that is only near."""
    plain = _plain(words)
    best = max(assets, key=lambda a: fuzz.ratio(plain, _plain(a.title)), default=None)
    if best is not None and fuzz.ratio(plain, _plain(best.title)) >= SAME_TITLE:
        return best
    kinds, topic = _parted(words)
    telling = content(topic)
    named = sum(telling <= content(a.title) for a in assets)
    if not telling or (len(telling) == 1 and named > COMMON):
        return None
    for candidate in tools.finder.candidates([topic], depth=LOOKED_AT):
        asset = candidate.asset
        if kinds and asset.type not in kinds:
            continue
        shared = telling & content(f"{asset.title} {asset.description}")
        if len(shared) >= NAMED_SHARE * len(telling) and telling & content(asset.title):
            return asset
    # Reps call a blog post a paper: one title alone that has every word is meant all the same.
    titled = [a for a in assets if telling <= content(a.title)]
    return titled[0] if len(titled) == 1 else None


def _parted(words: str) -> tuple[tuple[AssetType, ...], str]:
    """The kinds of piece that are named, and what the piece is about."""
    kinds: tuple[AssetType, ...] = ()
    for pattern, types in TYPES:
        kind = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
        if kind.search(words):
            kinds, words = types, kind.sub(" ", words)
            break
    words = _NOUN.sub(" ", words)
    if _SEVERAL.search(words):
        return kinds, ""
    topic = re.sub(r"^\W*(?:on|about|for|of|called|titled|named|with)\b", " ", words.strip())
    return kinds, " ".join(topic.split()[:TOPIC_WORDS]).strip(" ,:-")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
