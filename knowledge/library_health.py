"""What can ail a piece in use, and since when it counts as that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from knowledge.assets import Asset

STALE_DAYS = 730
"""Two years after it was published, changed or verified last, figures and screens are old."""
UNUSED_DAYS = 90
"""A quarter in use: by then a piece that fits anybody was suggested to somebody."""
LEAST_ANSWERS = 3
"""Answers of reps before "never helpful" says more of the piece than of one lead."""
HARD_GRADE = 14.0
"""Flesch-Kincaid grade of a piece: a draft is held to 11; a specification may be harder than a
mail, but past the second year of college few read to the end."""


class Ailment(StrEnum):
    """The gravest first: what keeps a piece from working at all, then what makes it worse."""

    DEAD_LINK = "dead_link"
    PROMOTIONAL = "promotional"
    REVIEW_OVERDUE = "review_overdue"
    LINK_FAILS = "link_fails"
    MOVED = "moved"
    DUPLICATE = "duplicate"
    WEAK_CASE_STUDY = "weak_case_study"
    NEVER_HELPFUL = "never_helpful"
    STALE = "stale"
    HARD_TO_READ = "hard_to_read"
    NEVER_USED = "never_used"
    UNOWNED = "unowned"
    UNTYPED = "untyped"


@dataclass(frozen=True, slots=True)
class Use:
    """How often a piece was approved for a lead, and how many reps said that it helped or not."""

    used: int = 0
    helped: int = 0
    not_helped: int = 0


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that ails a piece: `told` is a fact for its sentence, a day, figure or title.

    `sentences` are those of the piece that show it, each with how to mend it.
    """

    ailment: Ailment
    told: str = ""
    sentences: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ailing:
    """A piece with all that ails it, gravest first."""

    asset: Asset
    complaints: tuple[Complaint, ...]

    @property
    def gravest(self) -> int:
        """The rank of its gravest ailment, from 0."""
        order = list(Ailment)
        return min(order.index(c.ailment) for c in self.complaints)


@dataclass(frozen=True, slots=True)
class LibraryHealth:
    """Every ailing piece, the gravest first, of `count` in use."""

    today: date
    count: int
    ailing: tuple[Ailing, ...]

    def counted(self) -> dict[Ailment, int]:
        """How many pieces have each ailment; those that none has are left out."""
        told = [c.ailment for each in self.ailing for c in each.complaints]
        return {a: told.count(a) for a in Ailment if a in told}

    def narrowed(self, only: Collection[Ailment], limit: int | None) -> LibraryHealth:
        """The first `limit` pieces that have one of `only`, with that alone; empty is all."""
        told = [
            replace(each, complaints=tuple(c for c in each.complaints if c.ailment in only))
            for each in self.ailing
        ]
        ailing = [each for each in told if each.complaints] if only else list(self.ailing)
        return replace(self, ailing=tuple(ailing[:limit]))
