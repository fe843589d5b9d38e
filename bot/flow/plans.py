"""Where a lead stands in its plan, as everything that decides or shows it asks (M4, M45, M51).

A lead that is not on record has a segment, a bucket and a track to name, but no plan: its pace and
ranking go by the ask alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from bot.flow.tools import Tools
from knowledge import lead_record
from knowledge.asking import asks_for_sales
from knowledge.handover import Handover
from knowledge.journey import Stage
from knowledge.leads import Action, LeadProfile
from knowledge.pacing_rules import day
from knowledge.pacing_settings import PlanPace
from knowledge.plan_place import HeldPlan, Place, PlanFiles, place_of
from knowledge.plan_rules import Standing
from knowledge.segments import segments_in_force
from knowledge.track_files import tracks_in_force
from storage.handovers import Handovers
from storage.plans import Plans


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a lead: its plan, under way or ended, its hand-over, and its source."""

    plan: HeldPlan | None = None
    handover: Handover | None = None
    source: str = ""


NOTHING = Kept()


def plan_files(tools: Tools) -> PlanFiles:
    """The team's files as they are now; for one that is wrong the packaged one stands in."""
    home = tools.settings.home
    return PlanFiles(segments_in_force(home)[0], tracks_in_force(home)[0], tools.pacing)


def kept_plans(tools: Tools) -> Plans:
    """The plans under way."""
    return Plans(tools.db, tools.clock, tools.audit)


def kept_handovers(tools: Tools) -> Handovers:
    """The hand-overs."""
    return Handovers(tools.db, tools.clock, tools.audit)


def kept_of_all(ids: Collection[str], tools: Tools) -> dict[str, Kept]:
    """What is kept of these leads, in three queries."""
    plans = kept_plans(tools)
    held, handed = plans.of_all(ids), kept_handovers(tools).of_all(ids)
    sources = plans.sources(ids)
    return {i: Kept(held.get(i), handed.get(i), sources.get(i, "")) for i in ids}


def given_back(kept: Kept) -> date | None:
    """The day a person gave the lead back to nurturing, None for one who never was."""
    return kept.handover.back_on if kept.handover else None


def with_sales(kept: Kept, profile: LeadProfile) -> str:
    """Since when sales has the lead, in words; a purchase ends it, as giving back does."""
    handover = kept.handover
    if handover is None or not handover.is_open:
        return ""
    if any(e.action is Action.BOUGHT and e.on >= handover.on for e in profile.history):
        return ""
    to = f" to {handover.owner}" if handover.owner else ""
    return f"was handed over{to} on {day(handover.on)}"


def place_of_lead(
    profile: LeadProfile,
    today: date,
    stage: Stage | None,
    tools: Tools,
    kept: Kept | None = None,
) -> Place:
    """Where a lead stands today by its record and the team's files; `kept` when it is known."""
    lead_id = profile.lead_id
    if kept is None:
        kept = kept_of_all([lead_id], tools)[lead_id] if lead_id is not None else NOTHING
    lead = Standing(profile, today, stage, kept.source)
    return place_by(lead, kept, plan_files(tools), tools.request_reader)


def place_by(
    lead: Standing, kept: Kept, files: PlanFiles, hear: lead_record.Hear = asks_for_sales
) -> Place:
    """The same with everything given: nothing is read."""
    if told := with_sales(kept, lead.profile):
        segment, why = files.segments.of(lead)
        over = "handed over to sales" if kept.plan and not kept.plan.ended_on else ""
        pace = PlanPace(segment, handed_over=told)
        return Place(segment, why, None, None, told, ended=over, pace=pace)
    place = place_of(lead, files, kept.plan, hear=hear)
    return place if lead.profile.lead_id else replace(place, pace=PlanPace(place.segment))


def note_plan(place: Place, lead_id: str | None, today: date, by: str, tools: Tools) -> None:
    """Keep what became of a lead's plan: the one held is over, or a track begins.

    Safe to run twice. A plan under way keeps the version it began with.
    """
    if lead_id is None:
        return
    plans = kept_plans(tools)
    if place.track is None or place.trigger is None or place.anchor is None:
        if place.ended:
            plans.end(lead_id, today, place.ended, by)
        return
    if not place.held:
        started = HeldPlan(
            place.track, place.trigger.value, place.anchor, place.touches_before, today
        )
        plans.start(lead_id, started, by)
