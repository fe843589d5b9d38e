"""What is due for a rep: five lists, their rows, and why each lead stands in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from knowledge.journey import Stage


class Listed(StrEnum):
    """The lists, the most urgent first."""

    READY = "ready"
    ASKED = "asked"
    REVIEW = "review"
    DUE = "due"
    NEGLECTED = "neglected"


class Because(StrEnum):
    """Why a lead is listed."""

    READY = "ready"
    REPLIED = "replied"
    ASKED = "asked"
    CARD = "card"
    EDITED_CARD = "edited_card"
    GAP_OVER = "gap_over"
    PUT_OFF_OVER = "put_off_over"
    LATER_DATE_CAME = "later_date_came"
    NEVER_TOUCHED = "never_touched"
    LONG_UNTOUCHED = "long_untouched"
    BUDGET_SPENT = "budget_spent"
    SOMETHING_NEW = "something_new"


@dataclass(frozen=True, slots=True)
class Reason:
    """The list, why, and the day that made it so (None when the record names none).

    `told` is what the lead said, or the pace's own sentence; `ask_first` says that the lead's
    problem is unknown; `card` is the open suggestion to review.
    """

    listed: Listed
    because: Because
    on: date | None
    told: str = ""
    ask_first: bool = False
    card: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One row of a list: who, and why; `lead_id` is None for a lead who is not on record."""

    why: Reason
    lead_id: str | None
    name: str | None
    company: str | None
    stage: Stage | None


@dataclass(frozen=True, slots=True)
class DueLists:
    """The five lists as of `today`, the most urgent row of each first; `leads` were looked at."""

    today: date
    leads: int = 0
    rows: dict[Listed, tuple[Due, ...]] = field(default_factory=dict)

    def of(self, listed: Listed) -> tuple[Due, ...]:
        """The rows of one list."""
        return self.rows.get(listed, ())

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return sum(len(rows) for rows in self.rows.values())
