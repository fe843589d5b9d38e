"""A manager's review in the field's own words: notes on a suggestion, and samples (M57)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class NoteKind(StrEnum):
    """What is written on a suggestion: a flag asks for something, a comment tells."""

    FLAG = "flag"
    COMMENT = "comment"
    ANSWER = "answer"


class NoteAbout(StrEnum):
    """What a flag or a comment is about."""

    PROMOTIONAL = "promotional"
    WRONG_STAGE = "wrong_stage"
    NOT_SUPPORTED = "not_supported"
    GOOD_EXAMPLE = "good_example"
    OTHER = "other"


class How(StrEnum):
    """How a suggestion came into a sample."""

    RANDOM = "random"
    RISK = "risk"


class Verdict(StrEnum):
    """What a manager did with a sampled suggestion."""

    REVIEWED = "reviewed"
    FLAGGED = "flagged"


@dataclass(frozen=True, slots=True)
class ReviewNote:
    """One note; `text` is empty once its lead was erased.

    `to` hears of it: the rep of a flag or a comment, the manager of an answer. `answers` is the id
    of the note that an answer is about. A flag is open until somebody settles it.
    """

    id: str
    suggestion_id: str
    kind: NoteKind
    about: NoteAbout
    by: str
    to: str
    at: datetime
    text: str = ""
    answers: str = ""
    settled_by: str = ""
    settled_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is a flag that nobody settled."""
        return self.kind is NoteKind.FLAG and self.settled_at is None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A suggestion drawn into a week's sample; `signs` are why, the weightiest first."""

    suggestion_id: str
    how: How
    score: float = 0.0
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sampled:
    """One of a week's sample, in order, and what was done with it; None while it waits."""

    drawn: Drawn
    verdict: Verdict | None = None
    by: str = ""
    at: datetime | None = None


def week_of(day: date) -> str:
    """The ISO week of a day, as 2026-W09."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def days_of(week: str) -> tuple[date, date]:
    """The Monday and the Sunday of a week; ValueError for what is none."""
    found = re.fullmatch(r"(\d{4})-W(\d{2})", week)
    if not found:
        raise ValueError(f"{week!r} is no week, such as 2026-W09")
    monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    return monday, monday + timedelta(days=6)


def week_before(day: date) -> str:
    """The last whole week before the one that a day is in."""
    return week_of(day - timedelta(days=7))
