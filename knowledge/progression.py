"""How leads go through the stages: moves, time in a stage, and what followed a touch (M54).

What followed a touch is told as just that. That a lead moved on within some days after a touch
does not say that the touch moved it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from knowledge.journey import Stage
from knowledge.track_record import PROGRESS_DAYS


class Change(StrEnum):
    """Where a lead stood some days after a touch, beside where it stood then."""

    FORWARD = "forward"
    BACK = "back"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reading:
    """A stage that was read with some confidence, or told by a person, on a day."""

    on: date
    stage: Stage


@dataclass(frozen=True, slots=True)
class Move:
    """A lead went from one stage to another; `after` touches in the stage it left."""

    on: date
    before: Stage
    stage: Stage
    after: int

    @property
    def change(self) -> Change:
        """Forward or back."""
        return Change.FORWARD if self.stage.order > self.before.order else Change.BACK


@dataclass(frozen=True, slots=True)
class Spell:
    """Days in one stage; `ended` is None while the lead is still there."""

    stage: Stage
    begun: date
    ended: date | None
    change: Change | None


def moves(readings: Sequence[Reading], touches: Sequence[date] = ()) -> list[Move]:
    """The changes of stage, in order; `touches` are days of ours, counted before each."""
    found = []
    begun = readings[0].on if readings else date.min
    for before, now in pairwise(readings):
        if before.stage is now.stage:
            continue
        after = sum(begun <= day < now.on for day in touches)
        found.append(Move(now.on, before.stage, now.stage, after))
        begun = now.on
    return found


def spells(readings: Sequence[Reading]) -> list[Spell]:
    """The stretches of days in one stage, in order; the last one has not ended."""
    if not readings:
        return []
    found = []
    begun, stage = readings[0].on, readings[0].stage
    for move in moves(readings):
        found.append(Spell(stage, begun, move.on, move.change))
        begun, stage = move.on, move.stage
    return [*found, Spell(stage, begun, None, None)]


def change_after(
    on: date,
    readings: Sequence[Reading],
    *,
    today: date,
    next_touch: date | None = None,
    days: int = PROGRESS_DAYS,
) -> Change | None:
    """Where the lead stood at the end of `days` after a touch, or at the next touch before that.

    None while those days run, and where no stage is known up to the day of the touch. A lead of
    which no other stage was read stayed where it was.
    """
    until = min(on + timedelta(days=days), next_touch or date.max)
    before = [r for r in readings if r.on <= on]
    if not before or until > today:
        return None
    after = [r for r in readings if on < r.on <= until]
    if not after or after[-1].stage is before[-1].stage:
        return Change.NONE
    ahead = after[-1].stage.order > before[-1].stage.order
    return Change.FORWARD if ahead else Change.BACK


def median(days: Iterable[int]) -> float | None:
    """The middle of some numbers; None of none."""
    ordered = sorted(days)
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[middle])
    return (ordered[middle - 1] + ordered[middle]) / 2
