"""What a changed journey map or persona file would move; nothing is moved by it (M34, M38 to M42).

The map proposes the stages of a piece whose source names none; the persona file tells a lead's
persona by its job title; and the ways of asking teach the stage reader. So each may move when a
file is changed, and each is listed here instead of found out later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.flow.recalling import assets_in_history
from bot.flow.tools import Tools
from knowledge.assets import AssetStatus
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.journey import Stage
from knowledge.journey_map import load_journey, load_profiling_wording, stages_by_type
from knowledge.personas import load_definitions, load_personas
from retrieval.stage import StageReader

MAP_FILES = ("journey.toml", "personas.toml", "definitions.toml")


@dataclass(frozen=True, slots=True)
class Move:
    """One piece or lead, and what is said of it before and after."""

    id: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class JourneyDiff:
    """What would move: stages proposed for pieces, pieces of unknown personas, leads' readings."""

    asset_stages: tuple[Move, ...] = ()
    asset_personas: tuple[Move, ...] = ()
    lead_personas: tuple[Move, ...] = ()
    lead_stages: tuple[Move, ...] = ()

    @property
    def count(self) -> int:
        """How many would move."""
        return sum(
            len(moves)
            for moves in (
                self.asset_stages, self.asset_personas, self.lead_personas, self.lead_stages,
            )
        )  # fmt: skip


def journey_diff(tools: Tools, proposed: Path | None = None) -> JourneyDiff:
    """What the files in `proposed` would move against those in force.

    Without a folder: what the home's own files move against the packaged ones. `BadInput` names
    all that is wrong with either.
    """
    home = tools.settings.home
    before, after = (None, home) if proposed is None else (home, proposed)
    if proposed is not None and not proposed.is_dir():
        raise BadInput(f"There is no folder '{proposed}'; put the changed files into one.")
    if problems := map_file_problems(after):
        raise BadInput(" ".join(problems))
    return JourneyDiff(
        _asset_stages(before, after, tools),
        _asset_personas(before, after, tools),
        *_leads(before, after, tools),
    )


def map_file_problems(home: Path) -> list[str]:
    """Everything that is wrong with the home's map files, each with file, line and key."""
    loaders: tuple[Callable[[Path], object], ...] = (
        load_journey, load_profiling_wording, load_personas, load_definitions,
    )  # fmt: skip
    found: list[str] = []
    for load in loaders:
        try:
            load(home)
        except BadInput as told:
            found.append(str(told))
    return list(dict.fromkeys(found))


def own_map_files(home: Path) -> list[str]:
    """The map files that the home has of its own."""
    return [name for name in MAP_FILES if (home / name).exists()]


def _asset_stages(before: Path | None, after: Path, tools: Tools) -> tuple[Move, ...]:
    old, new = (stages_by_type(load_journey(place)) for place in (before, after))
    return tuple(
        Move(a.id, a.title, _spoken(old[a.type]), _spoken(new[a.type]))
        for a in tools.library.all()
        if not a.stages and a.status is not AssetStatus.RETIRED and old[a.type] != new[a.type]
    )


def _asset_personas(before: Path | None, after: Path, tools: Tools) -> tuple[Move, ...]:
    """Pieces that name a persona which the new file has not, and the old one had."""
    gone = set(load_personas(before).names) - set(load_personas(after).names)
    return tuple(
        Move(a.id, a.title, ", ".join(sorted(gone & set(a.personas))), "no such persona")
        for a in tools.library.all()
        if gone & set(a.personas) and a.status is not AssetStatus.RETIRED
    )


def _leads(
    before: Path | None, after: Path, tools: Tools
) -> tuple[tuple[Move, ...], tuple[Move, ...]]:
    titles = load_personas(before), load_personas(after)
    readers = StageReader(before), StageReader(after)
    same_ways = _ways(before) == _ways(after)
    today = team_date(tools.clock, tools.settings.time_zone)
    personas, stages = [], []
    for lead_id, facts in tools.leads.all():
        name = facts.name or facts.company or "a lead"
        if not facts.persona:
            old, new = (t.infer(facts.role) or "none" for t in titles)
            if old != new:
                personas.append(Move(lead_id, name, old, new))
        if same_ways or facts.stage:
            continue
        profile = tools.leads.get(lead_id)
        seen = assets_in_history(profile, tools)
        was, now = (r.read(profile, today, seen).stage for r in readers)
        if was is not now:
            stages.append(Move(lead_id, name, was.value, now.value))
    return tuple(personas), tuple(stages)


def _ways(place: Path | None) -> dict[Stage, tuple[str, ...]]:
    """The ways of asking, which alone of the map teach the stage reader."""
    return {stage: told.prototypes for stage, told in load_journey(place).items()}


def _spoken(stages: tuple[Stage, ...]) -> str:
    return ", ".join(stages) or "no stage"
