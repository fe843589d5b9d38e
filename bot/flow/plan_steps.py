"""The step of the plan that a touch serves, and what it asks of the ranking (M4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.flow.tools import Tools
from knowledge import lead_record
from knowledge.assets import Asset
from knowledge.channels import open_channels
from knowledge.leads import TOUCHES, Action, LeadProfile
from knowledge.plan_place import Place
from knowledge.touch import Ask, Pace, PaceDecision, Ranked, StageReading
from knowledge.tracks import PlanStep
from retrieval.ranking_rules import RULES, Rule
from retrieval.ranking_step import IsNew, rules_with_step, wanted_by
from storage.new_pieces import approved_on

QUOTED = 90
"""Characters of a question or a problem that a step quotes; the card shows the whole elsewhere."""


@dataclass(frozen=True, slots=True)
class Served:
    """The lead that a touch is for, as it stands on the day."""

    profile: LeadProfile
    stage: StageReading
    today: date


def asked_now(profile: LeadProfile, today: date) -> str:
    """The question that waits for its answer: of this ask, or asked since our last touch."""
    if profile.questions:
        return profile.questions[0]
    past = lead_record.past(profile, today)
    last = max((n for n, e in enumerate(past) if e.action in TOUCHES), default=-1)
    asked = [e.note for e in past[last + 1 :] if e.action is Action.ASKED and e.note]
    return asked[-1] if asked else ""


def came_out_since(since: date | None, tools: Tools) -> IsNew:
    """Tells pieces that were published or approved after a day; without a day none is new."""
    if since is None:
        return lambda _: False
    approved = approved_on(tools.db, tools.settings.time_zone)

    def is_new(asset: Asset) -> bool:
        on = approved.get(asset.id)
        return (asset.published is not None and asset.published > since) or (
            on is not None and on > since
        )

    return is_new


def newness(place: Place | None, profile: LeadProfile, today: date, tools: Tools) -> IsNew:
    """What is new for a lead, looked up only where its step wants something new."""
    wants = place is not None and place.step is not None and place.step[1].new
    return came_out_since(lead_record.last_touch(profile, today) if wants else None, tools)


def rules_of(
    place: Place | None, profile: LeadProfile, today: date, is_new: IsNew
) -> tuple[Rule, ...]:
    """The ranking's rules for a lead: its step's among them, unless a question goes first.

    A lead that is not on record has no plan, and is ranked by the ask alone.
    """
    if place is None or profile.lead_id is None or place.step is None:
        return RULES
    if asked_now(profile, today) and not place.step[1].answers:
        return RULES
    return rules_with_step(place.track, place.step, is_new)


def by_step_channel(ask: Ask, profile: LeadProfile, place: Place, call_days: int) -> Ask:
    """The ask by the channel that the step names, where that is open and no other was asked for."""
    step = place.step
    if step is None or profile.lead_id is None or ask.channel != "email" or not step[1].channel:
        return ask
    wanted = step[1].channel
    return (
        replace(ask, channel=wanted)
        if wanted in open_channels(profile, ask.today, call_days)
        else ask
    )


def step_served(
    place: Place, served: Served, pace: Pace, chosen: Ranked | None, definition: str = ""
) -> PlanStep | None:
    """The step that this touch serves; None when nothing is to be sent or asked.

    `definition` is what a qualified lead is, for one that is to be handed over.
    """
    match pace.decision:
        case PaceDecision.ASK:
            return _on(place, PlanStep("Learn what they struggle with, before anything is taught"))
        case PaceDecision.HAND_OVER:
            return PlanStep(f"Hand over to sales. Qualified lead: {definition}".rstrip(": "))
        case PaceDecision.SEND if chosen is not None:
            return _sent(place, served, chosen)
        case _:
            return None


def _sent(place: Place, served: Served, chosen: Ranked) -> PlanStep:
    bare = PlanStep(_told(served, chosen))
    if place.step is None:
        return bare
    number, step = place.step
    if asked_now(served.profile, served.today) and not step.answers:
        why = f"Step {number} (“{step.says}”) gives way: what they asked comes first."
        return replace(_on(place, bare), passed_over=why)
    if not all(wanted_by(replace(step, new=False), chosen.asset, lambda _: False)):
        why = f"Nothing that fits now is of step {number} (“{step.says}”); the nearest piece comes."
        return replace(_on(place, bare), passed_over=why)
    return replace(_on(place, bare), says=step.says)


def _on(place: Place, step: PlanStep) -> PlanStep:
    """The step with the track that it is part of."""
    if place.track is None or place.step is None:
        return step
    track = place.track
    return replace(
        step, track=track.id, label=track.label, version=track.version, number=place.step[0],
        of=len(track.steps),
    )  # fmt: skip


def _told(served: Served, chosen: Ranked) -> str:
    """Stage, question or obstacle, and the piece: what a touch serves without a track."""
    facts = served.profile.facts
    asked = asked_now(served.profile, served.today)
    about = [(t, "their question") for t in (asked,) if t]
    about += [(t, "what stands in the way") for t in facts.obstacles[:1]]
    about += [(t, "what they struggle with") for t in (facts.problem,) if t]
    about += [(t, "why they came") for t in (facts.intent,) if t]
    what = f"{about[0][1]}, “{_short(about[0][0])}”, with" if about else "go on with"
    return f"{served.stage.stage.capitalize()}: {what} “{_short(chosen.asset.title)}”"


def _short(text: str) -> str:
    told = " ".join(text.split())
    return told if len(told) <= QUOTED else told[: QUOTED - 1].rstrip() + "…"
