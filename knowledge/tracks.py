"""Tracks: the ordered plan of touches for a segment and what sets it off (M4, M45)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from knowledge.journey import AssetType, Stage


class Trigger(StrEnum):
    """What sets a track off."""

    JOINED_LIST = "joined_list"
    ATTENDED = "attended"
    DOWNLOADED = "downloaded"
    ASKED = "asked"
    BOUGHT = "bought"
    TIMING_LATER = "timing_later"
    LONG_SILENCE = "long_silence"
    BUDGET_SPENT = "budget_spent"
    ANY = "any"


ACT_TRIGGERS = (Trigger.JOINED_LIST, Trigger.ATTENDED, Trigger.DOWNLOADED, Trigger.ASKED)
"""Acts of the lead that set a track off; the last one counts (M45)."""
LONG_TERM = (Trigger.TIMING_LATER, Trigger.LONG_SILENCE, Trigger.BUDGET_SPENT)
"""What makes a lead a long-term one (M55)."""


class Exit(StrEnum):
    """What ends a track before its last step."""

    REPLIED = "replied"
    ACT = "act"
    MEETING = "meeting"
    SALES_READY = "sales_ready"
    BOUGHT = "bought"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class Step:
    """One touch of a track; what is empty or None is left to ranking and pacing.

    `new` wants a piece that came out since our last touch, or one never seen; `answers` is a step
    that the lead's own question fills.
    """

    says: str
    stages: tuple[Stage, ...] = ()
    kinds: tuple[AssetType, ...] = ()
    channel: str | None = None
    gap_days: int | None = None
    new: bool = False
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """A plan of touches; with `repeat` the last step goes on until the budget is used.

    `segments` and `product_lines` say for whom, empty for everybody. `budget` counts touches more
    than were made when the track began. `within_days` is how old an act may be to set it off.
    """

    id: str
    version: int
    label: str
    triggers: tuple[Trigger, ...]
    steps: tuple[Step, ...]
    says: str = ""
    segments: tuple[str, ...] = ()
    product_lines: tuple[str, ...] = ()
    within_days: int = 30
    budget: int | None = None
    repeat: bool = False
    exits: tuple[Exit, ...] = ()

    def step(self, done: int) -> tuple[int, Step] | None:
        """The number, from 1, and the step after so many touches; None after the last."""
        if self.repeat:
            done = min(done, len(self.steps) - 1)
        return (done + 1, self.steps[done]) if done < len(self.steps) else None

    def is_for(self, segment: str, label: str, product_line: str) -> int | None:
        """How many of segment and product line it names, None when one does not fit."""
        count = 0
        for named, own in (
            (self.segments, {segment, label}), (self.product_lines, {product_line}),
        ):  # fmt: skip
            if named and not {_plain(n) for n in named} & {_plain(o) for o in own if o}:
                return None
            count += bool(named)
        return count

    @property
    def mark(self) -> str:
        """Names what the track says, so that a change without a new version is seen."""
        return hashlib.sha256(json.dumps(as_json(self), sort_keys=True).encode()).hexdigest()[:16]


_TRACK = TypeAdapter(Track)


def as_json(track: Track) -> dict[str, Any]:
    """A track in JSON terms."""
    told: dict[str, Any] = _TRACK.dump_python(track, mode="json")
    return told


def from_json(told: dict[str, Any]) -> Track:
    """The track that `as_json` wrote."""
    return _TRACK.validate_python(told)


@dataclass(frozen=True, slots=True)
class PlanStep:
    """The step of the plan that a touch serves (M4); without a track it names stage and question.

    `passed_over` says why the track's own step gave way. `number` and `of` count its steps.
    """

    says: str
    track: str | None = None
    label: str = ""
    version: int | None = None
    number: int | None = None
    of: int | None = None
    passed_over: str = ""


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
