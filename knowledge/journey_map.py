"""The journey map: what buyers do, think, feel and ask at each stage, and what fits (M34, M43)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from knowledge.buyer_questions import BuyerQuestion
from knowledge.defaults_files import line_of, load_defaults, once_a_version
from knowledge.errors import BadInput
from knowledge.journey import AssetType, Stage, parse_type

BUYER_QUESTIONS = tuple(q.value for q in BuyerQuestion)
"""Will it help, is it worth it, will it work, is another better, who are they, the money."""


@dataclass(frozen=True, slots=True)
class StageMap:
    """One stage: the buyer's side of it, its six questions, what fits, typical ways of asking."""

    stage: Stage
    doing: str
    thinking: str
    feeling: str
    buyer_questions: tuple[tuple[str, str], ...]
    prototypes: tuple[str, ...]
    types: tuple[AssetType, ...] = ()


def load_journey(home: Path | None = None) -> dict[Stage, StageMap]:
    """Read journey.toml, a `StageMap` for each of the five stages.

    `BadInput` names everything that is wrong, each with file, line and key.
    """
    table = load_defaults("journey", home)
    problems: list[str] = []
    found = {stage: _stage_map(stage, table, home, problems) for stage in Stage}
    if problems:
        raise BadInput(" ".join(problems))
    return found


def stages_by_type(journey: Mapping[Stage, StageMap]) -> dict[AssetType, tuple[Stage, ...]]:
    """The stages at which each type of piece fits by the map, earliest first (M38 to M42)."""
    return {kind: tuple(s for s in Stage if kind in journey[s].types) for kind in AssetType}


@once_a_version("journey")
def load_profiling_wording(home: Path | None = None) -> Mapping[str, tuple[str, ...]]:
    """The wordings of the question for each attribute of a lead that can be asked for (M29)."""
    wording: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for attribute, given in load_defaults("journey", home)["profiling"].items():
        questions = (given,) if isinstance(given, str) else given
        if not questions or not all(isinstance(q, str) and q.strip() for q in questions):
            key = ("profiling", attribute)
            problems.append(_problem(home, key, "must be text in quotes."))
            continue
        wording[attribute] = tuple(questions)
    if problems:
        raise BadInput(" ".join(problems))
    return MappingProxyType(wording)


def _stage_map(
    stage: Stage, table: dict[str, Any], home: Path | None, problems: list[str]
) -> StageMap:
    entry = table["stages"][stage]
    prototypes = tuple(str(q).strip() for q in table["prototypes"][stage] if str(q).strip())
    if len(prototypes) < 2:
        key = ("prototypes", stage.value)
        problems.append(_problem(home, key, "needs at least two questions."))
    problems += [
        _problem(home, ("stages", stage.value, name), "must not be empty.")
        for name in ("doing", "thinking", "feeling")
        if not entry[name].strip()
    ]
    types = []
    for told in entry["types"]:
        kind = parse_type(told)
        if kind is AssetType.OTHER and told.strip().lower() != AssetType.OTHER:
            known = ", ".join(t for t in AssetType if t is not AssetType.OTHER)
            what = f"names an unknown type '{told[:40]}'; use some of: {known}."
            problems.append(_problem(home, ("stages", stage.value, "types"), what))
        types.append(kind)
    return StageMap(
        stage=stage,
        doing=entry["doing"],
        thinking=entry["thinking"],
        feeling=entry["feeling"],
        buyer_questions=tuple((key, entry["buyer_questions"][key]) for key in BUYER_QUESTIONS),
        prototypes=prototypes,
        types=tuple(dict.fromkeys(types)),
    )


def _problem(home: Path | None, trail: tuple[str, ...], what: str) -> str:
    path = home / "journey.toml" if home else Path("journey.toml")
    line = line_of(path, trail) if home else None
    at = f" (line {line})" if line else ""
    return f"{path}{at}: '{'.'.join(trail)}' {what}"
