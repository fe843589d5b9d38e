"""The people of one account together: who is there, what each does in the decision, who is missing.

Buying is a group decision (M35): each person keeps a stage of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.journey import Stage
from knowledge.leads import Action, LineStage

MISSING_ROLES = ("economic_buyer", "technical_evaluator", "champion", "user")
"""Roles that a committee has; a blocker is nobody to look for."""


@dataclass(frozen=True, slots=True)
class Member:
    """One person: `role` is the buying role, `sure` how sure the stage is, 1 for one that was told.

    `reached` says that we wrote or called, or that they spoke to us.
    """

    lead_id: str
    name: str
    title: str
    role: str
    stage: Stage | None
    sure: float
    line_stages: tuple[LineStage, ...]
    owner: str
    reached: bool
    last_touch: date | None
    last_act: date | None
    opted_out: bool


@dataclass(frozen=True, slots=True)
class TouchSeen:
    """A touch of somebody in the account, and by whom, "" where nobody noted it."""

    on: date
    lead_id: str
    name: str
    action: Action
    asset_id: str | None
    by: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account: roles reached and missing, touches of the last weeks, newest first, and the cap.

    `this_week` touches were made in the last seven days, of `cap`; `free_on` is the day from which
    there is room for the next one.
    """

    company: str
    members: tuple[Member, ...]
    covered: tuple[str, ...]
    missing: tuple[str, ...]
    touches: tuple[TouchSeen, ...]
    this_week: int
    cap: int
    free_on: date
