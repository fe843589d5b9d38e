"""What came of a touch: whether its piece helped, by the rep's word or the lead's acts (M48)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry

PROGRESS_DAYS = 21
"""Days in which a touch may show an effect: three default gaps (M8). Judgement: what a lead does
later has more to do with what came in between."""

REACTIONS = frozenset({
    Action.CLICKED, Action.DOWNLOADED, Action.READ, Action.WATCHED, Action.ATTENDED,
    Action.REGISTERED, Action.FORWARDED, Action.ASKED, Action.REPLIED, Action.VISITED_PRICING,
    Action.REQUESTED_DEMO, Action.REQUESTED_QUOTE, Action.BOOKED_MEETING, Action.MET,
    Action.OPTED_IN, Action.BOUGHT,
})  # fmt: skip
"""Acts that show a lead taking a piece in or moving on. Opened mails are left out, since mail
programs open them unasked, and so are visits, which need no touch of ours."""


@dataclass(frozen=True, slots=True)
class TouchOutcome:
    """One approved touch: its piece, the lead's stage then, its day, and what came of it.

    `helped` is the rep's answer, None before there is one. `moved` says whether the lead reacted
    or reached a later stage in time; None while that may still happen, or when nobody can know.
    """

    asset_id: str
    stage: Stage
    on: date
    helped: bool | None = None
    moved: bool | None = None


def moved_on(
    touch: TouchOutcome,
    acts: Iterable[HistoryEntry],
    stages: Iterable[tuple[date, Stage]],
    *,
    today: date,
    next_touch: date | None = None,
) -> bool | None:
    """Whether the lead reacted to a touch or reached a later stage in time; None when still open.

    An act on the piece itself counts within `PROGRESS_DAYS`; any other act, and a later stage,
    only until the day of the next touch, which gets what follows it. On the day of the touch itself
    only acts on its piece count: a question of that day is more likely what the touch answered.
    """
    end = touch.on + timedelta(days=PROGRESS_DAYS)
    until = min(end, next_touch) if next_touch else end
    for act in acts:
        if act.action not in REACTIONS or act.on > today:
            continue
        if act.asset_id == touch.asset_id and touch.on <= act.on <= end:
            return True
        if not act.asset_id and touch.on < act.on <= until:
            return True
    for on, stage in stages:
        if touch.on < on <= min(until, today) and stage.order > touch.stage.order:
            return True
    return False if today > end else None
