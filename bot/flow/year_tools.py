"""The tools of a simulated year: the real ones, with what is asked again and again kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, cast

from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.errors import NotFound
from knowledge.leads import LeadProfile
from knowledge.touch import Candidate, Contribution, StageReading
from retrieval.ranking_lead import Lead
from retrieval.ranking_settings import RankingSettings

DEEP = 400
"""Candidates found once for a text: more than any lead of a year has seen."""


class YearTools:
    """Shares searches, readings and pieces; nothing is written, and outcomes of touches count not.

    Everything else is the real tools'.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self.finder = _Finder(tools)
        self.reading_on = _ReadingOn(tools)
        self.stage_reader = _Stages(tools)
        self.library = _Pieces(tools)
        self.track_rules = _NoRecord()
        self._asks: dict[str, str | None] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tools, name)

    def request_reader(self, text: str) -> str | None:
        """What words ask for, heard once."""
        if text not in self._asks:
            self._asks[text] = self._tools.request_reader(text)
        return self._asks[text]


def year_tools(tools: Tools) -> Tools:
    """These tools for a year."""
    return cast(Tools, YearTools(tools))


class _Finder:
    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._found: dict[tuple[str, ...], list[Candidate]] = {}

    def candidates(self, texts: Sequence[str], depth: int = 50) -> list[Candidate]:
        key = tuple(texts)
        if key not in self._found:
            self._found[key] = self._tools.finder.candidates(key, DEEP)
        return self._found[key][:depth]


class _ReadingOn:
    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._found: dict[tuple[str, ...], list[Candidate]] = {}

    def candidates(self, read: Sequence[str], depth: int = 50) -> list[Candidate]:
        key = tuple(read)
        if key not in self._found:
            self._found[key] = self._tools.reading_on.candidates(key, depth=DEEP)
        return self._found[key][:depth]


class _Stages:
    """A reading fades with age, so it is kept for a lead and a day."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._last: dict[str, tuple[object, StageReading]] = {}

    def read(
        self, profile: LeadProfile, today: date, seen: Mapping[str, Asset] | None = None
    ) -> StageReading:
        key = (today, profile.history, profile.facts)
        held = self._last.get(profile.lead_id or "")
        if held is None or held[0] != key:
            held = (key, self._tools.stage_reader.read(profile, today, seen or {}))
            self._last[profile.lead_id or ""] = held
        return held[1]


class _Pieces:
    def __init__(self, tools: Tools) -> None:
        self._held = {a.id: a for a in tools.library.all()}

    def get(self, asset_id: str) -> Asset:
        if asset_id not in self._held:
            raise NotFound(f"There is no asset '{asset_id}'.")
        return self._held[asset_id]

    def all(self, status: AssetStatus | None = None) -> Collection[Asset]:
        return [a for a in self._held.values() if status is None or a.status is status]


class _NoRecord:
    """A year's touches are invented: what came of real ones says nothing about them."""

    def rule(self, _: date) -> Any:
        def nothing(__: Candidate, ___: Lead, ____: RankingSettings) -> Contribution | None:
            return None

        return nothing
