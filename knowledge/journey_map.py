"""The journey map: what buyers do, think, feel and ask at each stage (M34, M43)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from knowledge.buyer_questions import BuyerQuestion
from knowledge.defaults_files import load_defaults, once_a_version
from knowledge.errors import BadInput
from knowledge.journey import Stage

BUYER_QUESTIONS = tuple(q.value for q in BuyerQuestion)
"""Will it help, is it worth it, will it work, is another better, who are they, the money."""


@dataclass(frozen=True, slots=True)
class StageMap:
    """One stage: the buyer's side of it, its six questions, and typical ways of asking."""

    stage: Stage
    doing: str
    thinking: str
    feeling: str
    buyer_questions: tuple[tuple[str, str], ...]
    prototypes: tuple[str, ...]


def load_journey(home: Path | None = None) -> dict[Stage, StageMap]:
    """Read journey.toml, a `StageMap` for each of the five stages; `BadInput` names what lacks."""
    table = load_defaults("journey", home)
    place = _place(home)
    return {stage: _stage_map(stage, table, place) for stage in Stage}


@once_a_version("journey")
def load_profiling_wording(home: Path | None = None) -> Mapping[str, tuple[str, ...]]:
    """The wordings of the question for each attribute of a lead that can be asked for (M29)."""
    wording: dict[str, tuple[str, ...]] = {}
    for attribute, given in load_defaults("journey", home)["profiling"].items():
        questions = (given,) if isinstance(given, str) else given
        if not questions or not all(isinstance(q, str) and q.strip() for q in questions):
            raise BadInput(f"{_place(home)}: 'profiling.{attribute}' must be text in quotes.")
        wording[attribute] = tuple(questions)
    return MappingProxyType(wording)


def _stage_map(stage: Stage, table: dict[str, Any], place: str) -> StageMap:
    entry = table["stages"][stage]
    prototypes = tuple(str(q).strip() for q in table["prototypes"][stage] if str(q).strip())
    if len(prototypes) < 2:
        raise BadInput(f"{place}: 'prototypes.{stage}' needs at least two questions.")
    return StageMap(
        stage=stage,
        doing=entry["doing"],
        thinking=entry["thinking"],
        feeling=entry["feeling"],
        buyer_questions=tuple((key, entry["buyer_questions"][key]) for key in BUYER_QUESTIONS),
        prototypes=prototypes,
    )


def _place(home: Path | None) -> str:
    return str(home / "journey.toml") if home else "journey.toml"
