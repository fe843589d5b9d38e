"""What a report says: frozen figures, each with its denominator; no names of leads anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.journey import Stage
from knowledge.progression import Change
from knowledge.shares import Share


@dataclass(frozen=True, slots=True)
class Period:
    """The days a report is about, both counted; `why` says how they were chosen."""

    first: date
    last: date
    why: str = ""

    def holds(self, day: date | None) -> bool:
        """Whether a day lies within."""
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report was narrowed to; empty for all."""

    rep: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """What followed the touches of one kind.

    `forward` and `back` are of the touches whose days are over and whose stage is known;
    `reacted` of those whose days are over.
    """

    name: str
    touches: int
    leads: int
    forward: Share
    back: Share
    reacted: Share


@dataclass(frozen=True, slots=True)
class CardsLine:
    """What became of the cards of one kind."""

    name: str
    cards: int
    approved: int
    edited: int
    another: int
    put_off: int
    withdrawn: int
    waiting: int

    @property
    def decided(self) -> int:
        """Approved, turned down for another, or put off by a person."""
        return self.approved + self.another + self.put_off

    @property
    def accepted(self) -> Share:
        """Approved, of those decided."""
        return Share(self.approved, self.decided)

    @property
    def changed(self) -> Share:
        """Edited before, of those approved."""
        return Share(self.edited, self.approved)


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage: stretches that ended in the period, how, and their middle length in days.

    `still` counts the leads there at the end of the period, `still_days` the middle so far.
    """

    stage: Stage
    forward: int
    back: int
    days: float | None
    still: int
    still_days: float | None


@dataclass(frozen=True, slots=True)
class MoveLine:
    """How many moves there were from one stage to another."""

    before: Stage
    stage: Stage
    count: int

    @property
    def change(self) -> Change:
        """Forward or back."""
        return Change.FORWARD if self.stage.order > self.before.order else Change.BACK


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One week by its Monday: touches, moves forward and back."""

    monday: date
    touches: int
    forward: int
    back: int


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of a draft: in how many edited drafts it changed, sentences taken out and put in."""

    part: str
    changed: Share
    taken_out: int
    put_in: int


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One check: drafts in which it found something as made, and what became of that.

    `mended`: found as made and not in the text in force; `brought_in` the other way round; `kept`:
    still found in an approved text. All are counts of drafts.
    """

    rule: str
    found: Share
    mended: int
    brought_in: int
    kept: int


@dataclass(frozen=True, slots=True)
class WordLine:
    """Words or a sentence of ours, and in how many edited drafts they were taken out or put in."""

    text: str
    drafts: int


@dataclass(frozen=True, slots=True)
class Edits:
    """What people change: of `of` approved drafts that were edited."""

    of: int
    parts: tuple[PartLine, ...] = ()
    taken_out: tuple[WordLine, ...] = ()
    put_in: tuple[WordLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Promotion:
    """What sold and was stopped, of `cards` with a draft: pieces refused, drafts found and mended.

    `kept` were approved with the finding, for a reason that stands in the log.
    """

    cards: int
    pieces_refused: int
    drafts_found: int
    mended: int
    kept: int


@dataclass(frozen=True, slots=True)
class Covered:
    """Every lead on record at the end of the period, in one group each."""

    leads: int
    never: int
    neglected: int
    overdue: int
    in_step: int
    put_off: int
    opted_out: int
    neglected_days: int


@dataclass(frozen=True, slots=True)
class MissLine:
    """Questions that nothing answered, at one stage or of one persona."""

    name: str
    misses: int
    requests: int


@dataclass(frozen=True, slots=True)
class Missed:
    """Questions that nothing answered in the period, beside `asks` suggestions; no word of them."""

    asks: int
    misses: int
    requests: int
    still_open: int
    by_stage: tuple[MissLine, ...] = ()
    by_persona: tuple[MissLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Came:
    """What reps said came of their touches, and whether the piece helped."""

    touches: int
    told: Share
    replied: int
    moved_on: int
    no_answer: int
    opted_out: int
    helped: Share


@dataclass(frozen=True, slots=True)
class Report:
    """Everything; `least` is the count from which a share is shown and compared."""

    period: Period
    asked: Asked
    zone: str
    days_after: int
    least: int
    leads: int
    touches: int
    touched_leads: int
    whole: ProgressLine
    cards: CardsLine
    weeks: tuple[WeekLine, ...]
    stages: tuple[StageLine, ...]
    moves: tuple[MoveLine, ...]
    by_asset: tuple[ProgressLine, ...]
    by_step: tuple[ProgressLine, ...]
    by_count: tuple[ProgressLine, ...]
    by_industry: tuple[ProgressLine, ...]
    by_size: tuple[ProgressLine, ...]
    by_persona: tuple[ProgressLine, ...]
    by_rep: tuple[ProgressLine, ...]
    cards_by_rep: tuple[CardsLine, ...]
    edits: Edits
    rules: tuple[RuleLine, ...]
    promotion: Promotion
    covered: Covered
    missed: Missed
    came: Came
    definitions: tuple[str, ...] = ()
