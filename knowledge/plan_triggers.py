"""What sets a lead's track off, and what ends it before its last step (M45, M55)."""

from __future__ import annotations

from datetime import date, timedelta

from knowledge import lead_record as record
from knowledge.buckets import silence
from knowledge.leads import OURS, TOUCHES, Action, HistoryEntry
from knowledge.pacing_rules import day
from knowledge.pacing_settings import PacingSettings
from knowledge.plan_rules import Standing, has_bought, is_customer
from knowledge.segments import Segments
from knowledge.tracks import Exit, Track, Trigger

ACTS = {
    Trigger.JOINED_LIST: Action.JOINED_LIST, Trigger.ATTENDED: Action.ATTENDED,
    Trigger.DOWNLOADED: Action.DOWNLOADED, Trigger.ASKED: Action.ASKED,
}  # fmt: skip
_MEETINGS = frozenset({Action.BOOKED_MEETING, Action.REQUESTED_DEMO, Action.REQUESTED_QUOTE})
_LEFT = {
    Exit.REPLIED: "they replied",
    Exit.MEETING: "they asked for a meeting",
    Exit.BOUGHT: "they bought",
    Exit.ACT: "they came back",
}

Found = tuple[date, str, int]
"""The day of what set a track off, why in words, and how many touches there were since."""


def touches_since(lead: Standing, after: date | None = None) -> int:
    """Our touches on record up to today, all of them or those after a day."""
    return sum(
        e.action in TOUCHES and (after is None or e.on > after)
        for e in record.past(lead.profile, lead.today)
    )


def set_off(
    trigger: Trigger, track: Track, lead: Standing, segments: Segments, pacing: PacingSettings
) -> Found | None:
    """What set this track off by this trigger, None when nothing did."""
    if trigger in ACTS:
        return _by_act(trigger, track, lead)
    return _by_state(trigger, lead, segments, pacing)


def no_longer_holds(trigger: Trigger, lead: Standing) -> str:
    """Why what set a track off holds no more, or nothing: a stage that was read better since."""
    if trigger is Trigger.BOUGHT and not (is_customer(lead) or has_bought(lead)):
        return "no purchase is on record, and the stage is not that of a customer"
    return ""


def exit_taken(track: Track, anchor: date, lead: Standing) -> str:
    """Which of its exits a track has taken since it began, in words."""
    since = [e for e in record.past(lead.profile, lead.today) if e.on > anchor]
    for out in track.exits:
        for entry in since:
            if _leaves(out, entry):
                return f"{_LEFT[out]} on {day(entry.on)}"
    return ""


def _leaves(out: Exit, entry: HistoryEntry) -> bool:
    match out:
        case Exit.REPLIED:
            return entry.action is Action.REPLIED
        case Exit.MEETING:
            return entry.action in _MEETINGS
        case Exit.BOUGHT:
            return entry.action is Action.BOUGHT
        case Exit.ACT:
            return entry.action not in OURS and entry.action not in record.SILENT
        case _:  # ready for sales and opted out end every track, whatever it names
            return False


def _by_act(trigger: Trigger, track: Track, lead: Standing) -> Found | None:
    since = lead.today - timedelta(days=track.within_days)
    past = record.past(lead.profile, lead.today)
    sent: set[str] = set()
    last = None
    for entry in past:
        if entry.action is Action.SENT and entry.asset_id:
            sent.add(entry.asset_id)
        # Opening what we sent goes on with a track; it sets none off.
        ours = entry.asset_id is not None and entry.asset_id in sent
        if entry.action is ACTS[trigger] and entry.on >= since and not ours:
            last = entry
    if last is None:
        return None
    told = {"joined_list": "joined the list", "asked": "asked something"}
    did = told.get(last.action, last.action.replace("_", " "))
    return last.on, f"{did} on {day(last.on)}", touches_since(lead, last.on)


def _by_state(
    trigger: Trigger, lead: Standing, segments: Segments, pacing: PacingSettings
) -> Found | None:
    profile, today = lead.profile, lead.today
    last = record.last_touch(profile, today)
    if trigger is Trigger.ANY:
        first = min((e.on for e in profile.history), default=today)
        return first, "every lead", touches_since(lead)
    if trigger is Trigger.BOUGHT:
        bought = [e.on for e in record.past(profile, today) if e.action is Action.BOUGHT]
        if bought:
            return bought[-1], f"bought on {day(bought[-1])}", touches_since(lead, bought[-1])
        return (today, "is a customer", 0) if is_customer(lead) else None
    why = ""
    if trigger is Trigger.TIMING_LATER:
        later = record.later_date(profile, today)
        if later and (later > today or last is None or later > last):
            why = f"wants to hear from us from {day(later)}"
    elif trigger is Trigger.LONG_SILENCE:
        why = silence(lead, *segments.silent)
    elif trigger is Trigger.BUDGET_SPENT:
        why = _rested(lead, pacing, last)
    return (today, why, 0) if why else None  # what came before is no way out of it


def _rested(lead: Standing, pacing: PacingSettings, last: date | None) -> str:
    """A budget that is spent, once the lead has rested."""
    facts = lead.profile.facts
    stage = facts.stage or lead.stage
    planned = pacing.plan_for(facts.product_line, facts.segment, stage).budget
    done = record.touches_done(lead.profile, lead.today)
    if facts.budget is not None or done < planned or last is None:
        return ""
    rested = (lead.today - last).days
    if rested < pacing.budget_rest_days:
        return ""
    return f"all {planned} touches are used, and {rested} days have passed since the last"
