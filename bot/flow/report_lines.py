"""Rows of a report counted into lines: pure, and each figure with its denominator (M54)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry
from knowledge.outcomes import Outcome, moved_as_told
from knowledge.progression import Change, Move, Reading, change_after, median, moves, spells
from knowledge.report import (
    Came,
    CardsLine,
    MoveLine,
    Period,
    ProgressLine,
    StageLine,
    WeekLine,
)
from knowledge.shares import Share
from knowledge.track_record import PROGRESS_DAYS, REACTIONS, TouchOutcome, moved_on
from storage.report_rows import ActRow, CardRow, ToldStage

STEPS = ((1, 3), (4, 6), (7, 9), (10, 13), (14, 18), (19, 27))
"""Bands of the touch number, up to the default budget (M10), narrower where most leads are."""
MOST_IN_STAGE = 6
"""Touches in one stage are told apart up to here; more are few."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A touch, and what followed it; None where nobody can tell (yet)."""

    card: CardRow
    on: date
    change: Change | None
    reacted: bool | None
    in_stage: int


@dataclass(frozen=True)
class LeadPath:
    """What one lead went through: stages read or told, and days of our touches, in order."""

    readings: tuple[Reading, ...]
    touches: tuple[date, ...]

    @cached_property
    def begun(self) -> tuple[date, ...]:
        """The days on which the lead came to a stage."""
        return tuple(spell.begun for spell in spells(self.readings))


def paths(cards: Iterable[CardRow], told: Iterable[ToldStage]) -> dict[str, LeadPath]:
    """By lead, its path; a reading counts when it is more likely right than not."""
    seen = [(c.made_at, c.lead, Reading(c.made_on, c.stage)) for c in cards if c.lead and c.sure]
    seen += [(t.at, t.lead, Reading(t.on, t.stage)) for t in told]
    readings: dict[str, list[Reading]] = defaultdict(list)
    for _, lead, reading in sorted(seen, key=lambda one: one[0]):
        readings[str(lead)].append(reading)
    days: dict[str, list[date]] = defaultdict(list)
    for card in cards:
        if card.lead and card.touched_on:
            days[card.lead].append(card.touched_on)
    return {
        lead: LeadPath(tuple(readings[lead]), tuple(sorted(days[lead])))
        for lead in {*readings, *days}
    }


def followed(
    cards: Iterable[CardRow],
    path: Mapping[str, LeadPath],
    acts: Iterable[ActRow],
    known: Collection[str],
    today: date,
) -> list[Followed]:
    """Each touch among the cards with what followed; of leads not on record nothing is known."""
    by_lead: dict[str, list[HistoryEntry]] = defaultdict(list)
    for act in acts:
        if act.action in REACTIONS:
            by_lead[act.lead].append(HistoryEntry(act.action, act.on, act.asset or None))
    found = []
    for card in cards:
        on = card.touched_on
        if on is None:
            continue
        # A touch is judged once its days are over, and not before where it went well: else those of
        # late would count among the denominator only where they did.
        over = on + timedelta(days=PROGRESS_DAYS) < today
        if card.lead is None or card.lead not in known:
            told = moved_as_told(None, card.outcome) if over else None
            found.append(Followed(card, on, None, told, 0))
            continue
        way = path[card.lead]
        after = bisect_right(way.touches, on)
        later = way.touches[after] if after < len(way.touches) else None
        change = change_after(on, way.readings, today=today, next_touch=later)
        touch = TouchOutcome(card.asset or "", card.stage, on)
        reacted = moved_on(touch, by_lead[card.lead], (), today=today, next_touch=later)
        told = moved_as_told(reacted, card.outcome) if over else None
        found.append(Followed(card, on, change, told, _in_stage(way, on)))
    return found


def _in_stage(way: LeadPath, on: date) -> int:
    """The number this touch has among those since the lead came to the stage it stood in."""
    before = bisect_right(way.begun, on)
    begun = way.begun[before - 1] if before else date.min
    return bisect_right(way.touches, on) - bisect_left(way.touches, begun)


def progress(name: str, touches: Sequence[Followed]) -> ProgressLine:
    """One line of what followed these touches."""
    judged = [t.change for t in touches if t.change is not None]
    seen = [t.reacted for t in touches if t.reacted is not None]
    return ProgressLine(
        name=name,
        touches=len(touches),
        leads=len({t.card.lead or t.card.id for t in touches}),
        forward=Share(judged.count(Change.FORWARD), len(judged)),
        back=Share(judged.count(Change.BACK), len(judged)),
        reacted=Share(seen.count(True), len(seen)),
    )


def progress_by(
    touches: Iterable[Followed],
    key: Callable[[Followed], str],
    name: Callable[[str], str] = str,
    order: Sequence[str] = (),
) -> tuple[ProgressLine, ...]:
    """A line for each key, in the order given, else by name: never by how well it went."""
    groups: dict[str, list[Followed]] = defaultdict(list)
    for touch in touches:
        groups[key(touch)].append(touch)
    place = {told: n for n, told in enumerate(order)}
    ordered = sorted(groups, key=lambda k: (place.get(k, len(place)), name(k).casefold(), k))
    return tuple(progress(name(k), groups[k]) for k in ordered)


def step_of(touch: Followed) -> str:
    """The band of the touch number."""
    number = touch.card.number
    for low, high in STEPS:
        if low <= number <= high:
            return f"{low} to {high}"
    return f"over {STEPS[-1][1]}"


STEP_ORDER = tuple(f"{low} to {high}" for low, high in STEPS)
COUNT_ORDER = (*(str(n) for n in range(MOST_IN_STAGE)), f"{MOST_IN_STAGE} or more")


def count_of(touch: Followed) -> str:
    """How many touches the lead had in its stage, this one counted."""
    return COUNT_ORDER[min(touch.in_stage, MOST_IN_STAGE)]


def cards_line(name: str, cards: Sequence[CardRow]) -> CardsLine:
    """What became of these cards."""
    states = Counter(card.state for card in cards)
    return CardsLine(
        name=name,
        cards=len(cards),
        approved=states["approved"],
        edited=sum(card.state == "approved" and card.edits > 0 for card in cards),
        another=states["replaced"],
        put_off=states["snoozed"],
        withdrawn=states["withdrawn"],
        waiting=states["pending"] + states["edited"],
    )


def moves_in(path: Iterable[LeadPath], period: Period) -> list[Move]:
    """Every change of stage within the period."""
    return [m for way in path for m in moves(way.readings, way.touches) if period.holds(m.on)]


def move_lines(found: Iterable[Move]) -> tuple[MoveLine, ...]:
    """Moves counted by where from and where to, in the order of the journey."""
    counted = Counter((m.before, m.stage) for m in found)
    ordered = sorted(counted, key=lambda pair: (pair[0].order, pair[1].order))
    return tuple(MoveLine(before, after, counted[before, after]) for before, after in ordered)


def stage_lines(path: Iterable[LeadPath], period: Period) -> tuple[StageLine, ...]:
    """Time in each stage: stretches that ended in the period, and those that had not at its end."""
    ended: dict[Stage, list[tuple[Change, int]]] = defaultdict(list)
    still: dict[Stage, list[int]] = defaultdict(list)
    for way in path:
        for spell in spells([r for r in way.readings if r.on <= period.last]):
            if spell.ended is None or spell.change is None:
                still[spell.stage].append((period.last - spell.begun).days)
            elif period.holds(spell.ended):
                ended[spell.stage].append((spell.change, (spell.ended - spell.begun).days))
    return tuple(
        StageLine(
            stage=stage,
            forward=sum(change is Change.FORWARD for change, _ in ended[stage]),
            back=sum(change is Change.BACK for change, _ in ended[stage]),
            days=median(days for _, days in ended[stage]),
            still=len(still[stage]),
            still_days=median(still[stage]),
        )
        for stage in Stage
    )


def week_lines(
    touches: Iterable[Followed], found: Iterable[Move], period: Period
) -> tuple[WeekLine, ...]:
    """By week, from the first to the last: touches, and moves forward and back."""
    touched = Counter(_monday(t.on) for t in touches)
    forward, back = Counter[date](), Counter[date]()
    for move in found:
        (forward if move.change is Change.FORWARD else back)[_monday(move.on)] += 1
    monday, weeks = _monday(period.first), []
    while monday <= period.last:
        weeks.append(WeekLine(monday, touched[monday], forward[monday], back[monday]))
        monday += timedelta(days=7)
    return tuple(weeks)


def came_of(touches: Sequence[Followed]) -> Came:
    """What reps said of these touches."""
    told = Counter(t.card.outcome for t in touches if t.card.outcome)
    helped = [t.card.helped for t in touches if t.card.helped is not None]
    return Came(
        touches=len(touches),
        told=Share(sum(told.values()), len(touches)),
        replied=told[Outcome.REPLIED],
        moved_on=told[Outcome.MOVED_ON],
        no_answer=told[Outcome.NO_ANSWER],
        opted_out=told[Outcome.OPTED_OUT],
        helped=Share(sum(helped), len(helped)),
    )


def opted_out(acts: Iterable[ActRow], last: date) -> set[str]:
    """Leads whose last word on it by a day was that they want no more."""
    said: dict[str, bool] = {}
    for act in acts:
        if act.on <= last and act.action in {Action.OPTED_OUT, Action.OPTED_IN}:
            said[act.lead] = act.action is Action.OPTED_OUT
    return {lead for lead, out in said.items() if out}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
