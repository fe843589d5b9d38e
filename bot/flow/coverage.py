"""What the library covers, by stage and persona, and which questions nothing answers (M47)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.journey import Stage
from knowledge.tone import is_promotional
from storage.requests import ContentRequest

EVERYONE = "everyone"
"""The column of assets that name no persona."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Approved, recommendable assets by (stage, persona), and the counted content requests."""

    cells: dict[tuple[Stage, str], tuple[Asset, ...]]
    personas: tuple[str, ...]
    requests: tuple[ContentRequest, ...]

    def form(self) -> dict[str, Any]:
        """The JSON of `library coverage --json`."""
        return {
            "stages": list(Stage),
            "personas": list(self.personas),
            "cells": [
                {"stage": stage, "persona": persona, "assets": [a.id for a in assets]}
                for (stage, persona), assets in self.cells.items()
            ],
            "requests": [
                {
                    "question": r.question,
                    "stage": r.stage,
                    "count": r.count,
                    "first": r.first.isoformat(),
                    "last": r.last.isoformat(),
                }
                for r in self.requests
            ],
        }


def coverage(tools: Tools) -> Coverage:
    """Count what could be recommended: approved and not promotional at that stage."""
    assets = tools.library.all(AssetStatus.APPROVED)
    named = sorted({p for a in assets for p in a.personas})
    personas = (*named, EVERYONE)
    cells: dict[tuple[Stage, str], tuple[Asset, ...]] = {}
    for stage in Stage:
        for persona in personas:
            cells[stage, persona] = tuple(a for a in assets if _fits(a, stage, persona))
    return Coverage(cells, personas, tuple(tools.requests.all()))


def _fits(asset: Asset, stage: Stage, persona: str) -> bool:
    for_them = persona in asset.personas if persona != EVERYONE else not asset.personas
    promotional = is_promotional(asset.type, asset.hype, stage, asset.hype_overruled)
    return for_them and stage in asset.fitting_stages and promotional is None
