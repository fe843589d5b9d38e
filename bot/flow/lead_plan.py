"""The plan of one lead, worked out as an ask would be; nothing is written or kept (M4, M6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.flow.next_touch import Recommendation, recommend
from bot.flow.plan_steps import Served, step_served
from bot.flow.plans import kept_of_all, kept_plans, place_of_lead
from bot.flow.tools import Tools
from knowledge import lead_record
from knowledge.clock import team_date
from knowledge.errors import BadInput, NotFound
from knowledge.lead_plan import ComingStep, LeadPlan
from knowledge.leads import TOUCHES
from knowledge.placed import Placed
from knowledge.plan_place import HeldPlan, Place
from knowledge.touch import Ask, Pace, PaceDecision
from knowledge.track_files import tracks_in_force
from knowledge.tracks import PlanStep, Trigger

PAST_SHOWN = 8
"""Touches shown: about two months at the usual gap; the rest is in the record."""
AHEAD = 4
"""Steps shown after the next one; days further ahead would be guesses."""


def lead_plan(lead_id: str, tools: Tools) -> LeadPlan:
    """The plan of a lead on record; `NotFound`."""
    today = team_date(tools.clock, tools.settings.time_zone)
    found = recommend(Ask(today, lead_id), tools)
    situation, pace = found.situation, found.pace
    profile, place = situation.profile, situation.place
    assert place is not None  # noqa: S101 - `recommend` works it out
    touches = [e for e in reversed(lead_record.past(profile, today)) if e.action in TOUCHES]
    titles = situation.seen
    past = tuple(
        (e, titles[e.asset_id].title if e.asset_id and e.asset_id in titles else "")
        for e in touches[:PAST_SHOWN]
    )
    facts = profile.facts
    stopped = _stopped(pace)
    step = None if stopped else _next_step(found, place, today)
    on = None if stopped else pace.when
    likely = found.ranking.ranked[0].asset if found.ranking.ranked and step else None
    return LeadPlan(
        lead_id=lead_id,
        facts=facts,
        today=today,
        placed=Placed(lead_id, facts.name or "", facts.company or "", place),
        stage=situation.stage,
        pace=pace,
        past=past,
        touches=len(touches),
        step=step,
        on=on,
        likely=(likely.id, likely.title) if likely else None,
        after=_after(place, pace, on) if step else (),
        stopped=stopped,
    )


def move_to(lead_id: str, track: str, by: str, tools: Tools) -> None:
    """Put a lead on a track by a person's choice, in its newest version, from its first step.

    `NotFound` for a lead or a track that there is not; `none` ends the plan under way.
    """
    today = team_date(tools.clock, tools.settings.time_zone)
    profile = tools.leads.get(lead_id)
    if track == "none":
        if not kept_plans(tools).end(lead_id, today, "a person ended it", by):
            raise BadInput("No plan is under way for this lead; there is nothing to end.")
        return
    tracks, _ = tracks_in_force(tools.settings.home)
    if track not in tracks:
        raise NotFound(f"There is no track '{track[:60]}'; there are: {', '.join(tracks)}.")
    approved = tools.suggestions.touches_of(lead_id, tools.settings.time_zone)
    done = sum(e.action in TOUCHES and e.on <= today for e in (*profile.history, *approved))
    plan = HeldPlan(tracks[track], Trigger.ANY.value, today, done, today, moved=True)
    kept = replace(kept_of_all([lead_id], tools)[lead_id], plan=plan)
    place = place_of_lead(profile, today, profile.facts.stage, tools, kept)
    if place.track is None:
        raise BadInput(f"No plan can begin for this lead: {place.why or place.ended}.")
    kept_plans(tools).start(lead_id, plan, by)


def _stopped(pace: Pace) -> str:
    """Why nothing is to come by itself, or nothing."""
    if pace.decision is PaceDecision.HAND_OVER or pace.when is None:
        return pace.reason
    return pace.reason if pace.rule == "unanswered_reply" else ""


def _next_step(found: Recommendation, place: Place, today: date) -> PlanStep | None:
    """The step of this touch, or of the one that will be due when the wait is over."""
    if found.step is not None:
        return found.step
    chosen = found.ranking.ranked[0] if found.ranking.ranked else None
    situation = found.situation
    due = replace(found.pace, decision=PaceDecision.SEND)
    served = step_served(place, Served(situation.profile, situation.stage, today), due, chosen)
    if served is None and place.track and place.step:
        number, step = place.step
        track = place.track
        return PlanStep(step.says, track.id, track.label, track.version, number, len(track.steps))
    return served


def _after(place: Place, pace: Pace, on: date | None) -> tuple[ComingStep, ...]:
    if place.track is None:
        return ()
    coming = []
    for ahead in range(1, AHEAD + 1):
        found = place.track.step(place.done + ahead)
        left = place.track.budget is None or place.done + ahead < place.track.budget
        if found is None or not left:
            break
        number, step = found
        on = on + timedelta(days=step.gap_days or pace.gap_days) if on else None
        coming.append(ComingStep(number, step.says, on))
    return tuple(coming)
