"""The plan of one lead: what was, what comes next and when, and what would change it (M4, M6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.leads import HistoryEntry, LeadFacts
from knowledge.placed import Placed
from knowledge.touch import Pace, StageReading
from knowledge.tracks import PlanStep


@dataclass(frozen=True, slots=True)
class ComingStep:
    """A step after the next one; `on` is its day at the pace of now, None when none can be told."""

    number: int
    says: str
    on: date | None


@dataclass(frozen=True, slots=True)
class LeadPlan:
    """The whole plan of a lead as of today.

    `past` are our touches, newest first, each with the title of its piece. `step` is the one that
    comes next with `likely`, the (id, title) of the piece that fits best now; `on` its day. All
    three are None when nothing is to come until the lead turns to us, which `stopped` says.
    """

    lead_id: str
    facts: LeadFacts
    today: date
    placed: Placed
    stage: StageReading
    pace: Pace
    past: tuple[tuple[HistoryEntry, str], ...]
    touches: int
    step: PlanStep | None
    on: date | None
    likely: tuple[str, str] | None
    after: tuple[ComingStep, ...] = ()
    stopped: str = ""
