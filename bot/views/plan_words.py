"""Sentences made of a track or a rule: shared by terminal, Slack and pictures."""

from __future__ import annotations

from knowledge.journey import type_name
from knowledge.tracks import Exit, Step, Track, Trigger

TRIGGERS = {
    Trigger.JOINED_LIST: "joined a list",
    Trigger.ATTENDED: "attended and booked nothing",
    Trigger.DOWNLOADED: "downloaded something",
    Trigger.ASKED: "asked a question",
    Trigger.BOUGHT: "bought",
    Trigger.TIMING_LATER: "named a later date",
    Trigger.LONG_SILENCE: "silent for long",
    Trigger.BUDGET_SPENT: "all planned touches used",
    Trigger.ANY: "every lead",
}
EXITS = {
    Exit.REPLIED: "a reply", Exit.ACT: "any act of theirs", Exit.MEETING: "asking for a meeting",
    Exit.SALES_READY: "ready for sales", Exit.BOUGHT: "a purchase", Exit.OPTED_OUT: "an opt-out",
}  # fmt: skip


def set_off_by(track: Track) -> str:
    """What sets a track off."""
    return " or ".join(TRIGGERS[t] for t in track.triggers)


def ended_by(track: Track) -> str:
    """What ends a track before its last step; an opt-out and sales always do."""
    always = (Exit.SALES_READY, Exit.OPTED_OUT)
    return ", ".join(EXITS[e] for e in dict.fromkeys((*track.exits, *always)))


def whom(track: Track) -> str:
    """Whom a track is for; empty for everybody."""
    return ", ".join((*track.segments, *track.product_lines))


def wants(step: Step) -> tuple[str, ...]:
    """What a step asks for beside its words."""
    told = []
    if step.stages:
        told.append(" or ".join(step.stages))
    if step.kinds:
        told.append(_few([type_name(k) for k in step.kinds]))
    if step.channel:
        told.append(f"by {step.channel.replace('_', ' ')}")
    if step.gap_days:
        told.append(f"{step.gap_days} days after the last touch")
    if step.new:
        told.append("something new")
    if step.answers:
        told.append("answers their question")
    return tuple(told)


def counted(track: Track) -> str:
    """How many steps and touches."""
    steps = f"{len(track.steps)} steps" if len(track.steps) != 1 else "one step"
    budget = f", {track.budget} touches at most" if track.budget else ""
    return f"{steps}{budget}{', the last one repeats' if track.repeat else ''}"


def _few(names: list[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
