"""A simulated year: what happened, and what checks made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from knowledge.leads import Action, LeadFacts
from knowledge.tracks import PlanStep


@dataclass(frozen=True, slots=True)
class YearTouch:
    """A touch that a rep made as suggested."""

    lead: str
    on: date
    asset: str
    step: PlanStep | None


@dataclass(frozen=True, slots=True)
class YearAct:
    """What a lead did, or a rep in answer; `note` is what was said."""

    lead: str
    on: date
    action: Action
    note: str = ""


@dataclass(frozen=True, slots=True)
class YearLook:
    """A decision for a lead, and the day on which it is looked at again; None for never."""

    lead: str
    on: date
    decision: str
    rule: str
    again: date | None


@dataclass(frozen=True, slots=True)
class YearSales:
    """Sales has a lead from `since` up to `until`, None for the rest of the year."""

    lead: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class YearLog:
    """All that happened, in order, with who the leads are."""

    first: date
    last: date
    facts: dict[str, LeadFacts]
    accounts: dict[str, str]
    touches: tuple[YearTouch, ...] = ()
    acts: tuple[YearAct, ...] = ()
    looks: tuple[YearLook, ...] = ()
    sales: tuple[YearSales, ...] = ()


@dataclass(frozen=True, slots=True)
class YearReport:
    """What a year brought, and by check which promises were broken, each in one sentence."""

    seed: int
    leads: int
    days: int
    touches: int
    decisions: int
    seconds: float
    by_track: dict[str, int] = field(default_factory=dict)
    by_rule: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    broken: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether nothing was broken."""
        return not any(self.broken.values())
