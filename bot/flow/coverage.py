"""Counting what the library covers, by stage and persona, and what nothing answers (M47)."""

from __future__ import annotations

from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.coverage import Coverage
from knowledge.journey import Stage
from knowledge.tone import is_promotional

EVERYONE = "everyone"
"""The column of assets that name no persona."""


def coverage(tools: Tools) -> Coverage:
    """Count what could be recommended: approved and not promotional at that stage."""
    assets = tools.library.all(AssetStatus.APPROVED)
    named = sorted({p for a in assets for p in a.personas})
    personas = (*named, EVERYONE)
    cells = {
        (stage, persona): tuple(a for a in assets if _fits(a, stage, persona))
        for stage in Stage
        for persona in personas
    }
    return Coverage(cells, personas, tuple(tools.requests.all()))


def _fits(asset: Asset, stage: Stage, persona: str) -> bool:
    for_them = persona in asset.personas if persona != EVERYONE else not asset.personas
    promotional = is_promotional(asset.type, asset.hype, stage, asset.hype_overruled)
    return for_them and stage in asset.fitting_stages and promotional is None
