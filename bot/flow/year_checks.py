"""Whether a simulated year kept its promises, by plain counting over what happened.

Nothing here shares code with what decided: the same slip would hide itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from knowledge.leads import Action
from knowledge.pacing_settings import PacingSettings
from knowledge.tracks import Track
from knowledge.year import YearLog, YearTouch

WEEK = 7
SHOWN = 20
"""Sentences kept of each check: one is enough to look, a thousand are not read."""
_NO_SIGN = frozenset({Action.NO_ANSWER, Action.OPTED_OUT, Action.ANSWERED, Action.NEWSLETTER})

Check = Callable[[YearLog, Mapping[str, Track], PacingSettings], Iterator[str]]


def check_year(
    log: YearLog, tracks: Mapping[str, Track], pacing: PacingSettings
) -> dict[str, tuple[str, ...]]:
    """By check, what was broken; empty tuples in a sound year."""
    return {name: tuple(check(log, tracks, pacing))[:SHOWN] for name, check in CHECKS.items()}


def gap(log: YearLog, tracks: Mapping[str, Track], pacing: PacingSettings) -> Iterator[str]:
    """No touch before the gap since the last one was over."""
    acts = _acts(log)
    for lead, touches in _touches(log).items():
        for n, touch in enumerate(touches[1:], 1):
            waited = (touch.on - touches[n - 1].on).days
            needed = log.facts[lead].gap_days or _planned(touch, tracks) or pacing.gap_days
            signs = [on for on, action in acts[lead] if action not in _NO_SIGN]
            last_sign = max((on for on in signs if on <= touch.on), default=date.min)
            silent = sum(t.on > last_sign for t in touches[:n])
            if silent >= pacing.unanswered_touches:
                needed = max(needed, pacing.unanswered_days)
            since = touch.on - timedelta(days=pacing.engaged_within_days)
            if sum(since <= on <= touch.on for on in signs) >= pacing.engaged_acts:
                needed = min(needed, pacing.engaged_days)
            if waited < needed:
                yield f"{lead}: touched on {touch.on}, {waited} days after the last, not {needed}."


def budget(log: YearLog, tracks: Mapping[str, Track], pacing: PacingSettings) -> Iterator[str]:
    """No more touches than planned: the lead's own, a track's since it began, or the usual."""
    for lead, touches in _touches(log).items():
        on_track: dict[str, int] = defaultdict(int)
        for n, touch in enumerate(touches, 1):
            name = touch.step.track if touch.step else None
            track = tracks.get(name or "")
            on_track[name or ""] += 1
            own = log.facts[lead].budget
            if own is not None:
                most, done = own, n
            elif track is not None and track.budget is not None:
                most, done = track.budget, on_track[name or ""] - _before(touch, touches, track)
            else:
                most, done = pacing.budget, n
            if done > most:
                yield f"{lead}: touch {done} on {touch.on}, and {most} were planned."


def account(log: YearLog, _: Mapping[str, Track], pacing: PacingSettings) -> Iterator[str]:
    """No two people of one account within the quiet days."""
    by: dict[str, list[YearTouch]] = defaultdict(list)
    for touch in log.touches:
        by[log.accounts[touch.lead]].append(touch)
    for name, touches in by.items():
        for one, other in pairwise(touches):
            apart = (other.on - one.on).days
            if one.lead != other.lead and apart < pacing.account_quiet_days:
                yield f"{name}: {one.lead} and {other.lead} were touched {apart} days apart."


def account_cap(log: YearLog, _: Mapping[str, Track], pacing: PacingSettings) -> Iterator[str]:
    """No more touches of one account within a week than the team allows."""
    by: dict[str, list[date]] = defaultdict(list)
    for touch in log.touches:
        by[log.accounts[touch.lead]].append(touch.on)
    for name, days in by.items():
        for on in days:
            week = sum(0 <= (on - other).days < WEEK for other in days)
            if week > pacing.account_touches:
                yield f"{name}: {week} touches in the week up to {on}."


def forgotten(log: YearLog, _: Mapping[str, Track], __: PacingSettings) -> Iterator[str]:
    """Every lead that is open was touched, or has a day to look again that was kept."""
    looks: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
    for look in log.looks:
        looks[look.lead].append((look.on, look.again))
    closed = _closed(log)
    for lead in log.facts:
        if not looks[lead]:
            yield f"{lead}: never looked at."
            continue
        for (on, again), (later, _again) in pairwise(looks[lead]):
            if again is not None and later > again:
                yield f"{lead}: to be looked at on {again}, and was on {later}."
            if again is None and not _is_closed(closed[lead], on):
                yield f"{lead}: no day to look again on {on}."
        on, again = looks[lead][-1]
        if _is_closed(closed[lead], log.last):
            continue
        if again is None or again <= log.last:
            yield f"{lead}: open at the end, last looked at on {on}, and again {again}."


def twice(log: YearLog, _: Mapping[str, Track], __: PacingSettings) -> Iterator[str]:
    """No piece twice to one lead."""
    seen: set[tuple[str, str]] = set()
    for touch in log.touches:
        if touch.asset and (touch.lead, touch.asset) in seen:
            yield f"{touch.lead}: {touch.asset} again on {touch.on}."
        seen.add((touch.lead, touch.asset))


def opt_out(log: YearLog, _: Mapping[str, Track], __: PacingSettings) -> Iterator[str]:
    """Nothing after a no."""
    said_no = {
        act.lead: act.on
        for act in reversed(log.acts)
        if act.action is Action.OPTED_OUT or act.note == STOP
    }
    for touch in log.touches:
        if touch.lead in said_no and touch.on > said_no[touch.lead]:
            yield f"{touch.lead}: touched on {touch.on}, though they said no before."


def sales(log: YearLog, _: Mapping[str, Track], __: PacingSettings) -> Iterator[str]:
    """No touch while sales has a lead."""
    for span in log.sales:
        for touch in log.touches:
            until = span.until or log.last + timedelta(days=1)
            if touch.lead == span.lead and span.since <= touch.on < until:
                yield f"{touch.lead}: touched on {touch.on}, and sales had them."


def step(log: YearLog, _: Mapping[str, Track], __: PacingSettings) -> Iterator[str]:
    """Every touch names its step."""
    for touch in log.touches:
        if touch.step is None or not touch.step.says.strip():
            yield f"{touch.lead}: the touch on {touch.on} names no step."


STOP = "Please stop emailing me"
"""The one sentence of an invented lead that is a no in words."""

CHECKS: dict[str, Check] = {
    "gap": gap, "budget": budget, "account": account, "account_cap": account_cap,
    "forgotten": forgotten, "twice": twice, "opt_out": opt_out, "sales": sales, "step": step,
}  # fmt: skip


def _touches(log: YearLog) -> dict[str, list[YearTouch]]:
    found: dict[str, list[YearTouch]] = defaultdict(list)
    for touch in log.touches:
        found[touch.lead].append(touch)
    return found


def _acts(log: YearLog) -> dict[str, list[tuple[date, Action]]]:
    found: dict[str, list[tuple[date, Action]]] = defaultdict(list)
    for act in log.acts:
        found[act.lead].append((act.on, act.action))
    return found


def _planned(touch: YearTouch, tracks: Mapping[str, Track]) -> int | None:
    """The gap that the touch's step has."""
    told = touch.step
    track = tracks.get(told.track or "") if told else None
    if track is None or told is None or told.number is None:
        return None
    return track.steps[told.number - 1].gap_days


def _before(touch: YearTouch, touches: list[YearTouch], track: Track) -> int:
    """Touches of a track before it began anew: each first step begins it."""
    mine = [t for t in touches if t.step and t.step.track == track.id and t.on <= touch.on]
    begins = [n for n, t in enumerate(mine) if t.step and t.step.number == 1]
    return begins[-1] if begins else 0


def _closed(log: YearLog) -> dict[str, list[tuple[date, date]]]:
    """By lead, the stretches in which nobody has to look: a no, and sales."""
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for act in log.acts:
        if act.action is Action.OPTED_OUT or act.note == STOP:
            found[act.lead].append((act.on, date.max))
    for span in log.sales:
        found[span.lead].append((span.since, span.until or date.max))
    return found


def _is_closed(spans: list[tuple[date, date]], on: date) -> bool:
    return any(since <= on < until for since, until in spans)
