"""Where a lead stands in its plan: segment, bucket, track and step, worked out from the record.

Pure: the same history, files and held plan give the same place. A plan under way is held with the
track as it was when it began, and ends by an exit, its last step, its budget, or another track.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from knowledge import lead_record as record
from knowledge.asking import asks_for_sales
from knowledge.buckets import InBucket, bucket_of, is_qualified
from knowledge.pacing_rules import day
from knowledge.pacing_settings import PacingSettings, PlanPace
from knowledge.plan_rules import Standing, is_customer
from knowledge.plan_triggers import ACTS, exit_taken, no_longer_holds, set_off, touches_since
from knowledge.segments import Segments
from knowledge.tracks import ACT_TRIGGERS, Step, Track, Trigger

_PRIORITY = (
    (Trigger.BOUGHT,), (Trigger.TIMING_LATER,), ACT_TRIGGERS, (Trigger.LONG_SILENCE,),
    (Trigger.BUDGET_SPENT,), (Trigger.ANY,),
)  # fmt: skip
"""What sets a track off, the strongest first; among acts the last one counts (M45)."""


@dataclass(frozen=True, slots=True)
class HeldPlan:
    """A plan as it is kept: the track as it was when it began, and how it goes.

    `anchor` is the day of what set it off, `touches_before` how many touches there were then.
    `moved` says that a person chose the track.
    """

    track: Track
    trigger: str
    anchor: date
    touches_before: int
    started_on: date
    ended_on: date | None = None
    ended_because: str = ""
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lead stands; `track` is None for a lead without one, and `why` says why.

    `customer` says that the lead has bought, `done` counts the touches since the track began, and
    `ended` says why the plan that is held is over.
    """

    segment: str
    segment_why: str
    bucket: InBucket | None
    track: Track | None
    why: str
    trigger: Trigger | None = None
    anchor: date | None = None
    done: int = 0
    touches_before: int = 0
    held: bool = False
    ended: str = ""
    customer: bool = False
    pace: PlanPace = field(default_factory=PlanPace)

    @property
    def step(self) -> tuple[int, Step] | None:
        """The number and the step that comes next."""
        return self.track.step(self.done) if self.track else None


@dataclass(frozen=True, slots=True)
class PlanFiles:
    """The team's files as they are now."""

    segments: Segments
    tracks: Mapping[str, Track]
    pacing: PacingSettings


@dataclass(frozen=True, slots=True)
class _Case:
    """A lead, the files, and the plan kept for it."""

    lead: Standing
    files: PlanFiles
    segment: str
    held: HeldPlan | None


@dataclass(frozen=True, slots=True)
class _Begun:
    """A track that something set off, and when."""

    track: Track
    trigger: Trigger
    anchor: date
    why: str
    done: int


def place_of(
    lead: Standing,
    files: PlanFiles,
    held: HeldPlan | None = None,
    *,
    hear: record.Hear = asks_for_sales,
) -> Place:
    """Work out where a lead stands today; `held` is the plan that is kept for it, ended or not."""
    segment, why = files.segments.of(lead)
    bucket = bucket_of(lead, files.segments, files.pacing, segment, hear=hear)
    under_way = held if held and held.ended_on is None else None
    customer = is_customer(lead)
    stands = Place(segment, why, bucket, None, "", customer=customer, pace=PlanPace(segment))
    if bucket is None and not customer:
        told = "ready for sales: hand over" if is_qualified(lead, hear) else ""
        return replace(stands, why=told, ended="ready for sales" if under_way else "")
    if bucket is not None and bucket.bucket == "opted_out":
        return replace(stands, why=bucket.why, ended="opted out" if under_way else "")
    case = _Case(lead, files, segment, held)
    chosen, over = _chosen(case), _over(under_way, lead) if under_way else ""
    if under_way and not over:
        if chosen is None or not _takes_over(chosen, under_way):
            return _on_track(stands, _going_on(under_way, lead), lead, under_way)
        over = f"“{chosen.track.label}” began: {chosen.why}"
    if chosen is None:
        return replace(stands, why="nothing sets a track off", ended=over)
    return replace(_on_track(stands, chosen, lead, None), ended=over)


def _on_track(stands: Place, begun: _Begun, lead: Standing, held: HeldPlan | None) -> Place:
    track = begun.track
    before = held.touches_before if held else touches_since(lead) - begun.done
    place = replace(
        stands, track=track, why=begun.why, trigger=begun.trigger, anchor=begun.anchor,
        done=begun.done, touches_before=before, held=held is not None,
    )  # fmt: skip
    if place.step is None:
        return place
    number, step = place.step
    told = f", as step {number} of “{track.label}” has it" if step.gap_days else ""
    counted = record.touches_done(lead.profile, lead.today) - begun.done
    budget = counted + track.budget if track.budget is not None else None
    return replace(place, pace=PlanPace(stands.segment, step.gap_days, told, budget))


def _going_on(held: HeldPlan, lead: Standing) -> _Begun:
    done = max(0, touches_since(lead) - held.touches_before)
    why = f"began on {day(held.started_on)}"
    return _Begun(held.track, Trigger(held.trigger), held.anchor, why, done)


def _over(held: HeldPlan, lead: Standing) -> str:
    """Why a plan under way is over, or nothing."""
    if not held.moved and (left := no_longer_holds(Trigger(held.trigger), lead)):
        return left
    if left := exit_taken(held.track, held.anchor, lead):
        return left
    done = max(0, touches_since(lead) - held.touches_before)
    if held.track.step(done) is None:
        return "its last step is done"
    if held.track.budget is not None and done >= held.track.budget:
        return f"its budget of {held.track.budget} touches is used"
    return ""


def _takes_over(chosen: _Begun, held: HeldPlan) -> bool:
    """Whether what was set off by now takes the place of the plan under way."""
    if chosen.track.id == held.track.id or held.moved:
        return False
    now, then = _rank(chosen.trigger), _rank(Trigger(held.trigger))
    return now < then or (now == then and chosen.anchor > held.anchor)


def _rank(trigger: Trigger) -> int:
    return next(n for n, together in enumerate(_PRIORITY) if trigger in together)


def _chosen(case: _Case) -> _Begun | None:
    """The track that the strongest trigger sets off, unless it is over already."""
    for together in _PRIORITY:
        fitting = ((trigger, track) for trigger in together for track in _for(trigger, case))
        if begun := [b for f in fitting if (b := _begun(*f, case)) is not None]:
            return max(begun, key=lambda b: b.anchor)
    return None


def _for(trigger: Trigger, case: _Case) -> Iterator[Track]:
    """The most particular track of a trigger for such a lead; of equal ones the first by name."""
    named = case.files.segments.named(case.segment)
    label, line = named.label if named else "", case.lead.profile.facts.product_line or ""
    fitting = [
        (count, track)
        for track in case.files.tracks.values()
        if trigger in track.triggers
        and (count := track.is_for(case.segment, label, line)) is not None
    ]
    if fitting:
        yield max(fitting, key=lambda f: f[0])[1]


def _begun(trigger: Trigger, track: Track, case: _Case) -> _Begun | None:
    found = set_off(trigger, track, case.lead, case.files.segments, case.files.pacing)
    if found is None:
        return None
    anchor, why, done = found
    held, by_act = case.held, trigger in ACTS
    if held and held.ended_on and held.track.id == track.id and by_act and anchor <= held.anchor:
        return None  # the act that set it off has had its track
    if exit_taken(track, anchor, case.lead) or track.step(done) is None:
        return None
    if by_act and track.budget is not None and done >= track.budget:
        return None
    return _Begun(track, trigger, anchor, why, done)
