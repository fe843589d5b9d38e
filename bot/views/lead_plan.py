"""The plan of one lead: in the terminal, for programs, and in Slack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.views import escape, words
from bot.views import words_plans as said
from bot.views.blocks import Message, Part, bullets, context, header, message, section
from bot.views.plans_forms import place_form
from bot.views.words_intake import act
from knowledge.lead_plan import LeadPlan
from knowledge.tracks import PlanStep

LINE = 240


def plan_lines(plan: LeadPlan) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each chapter with its lines, in plain words that are not inert."""
    place, track = plan.placed.place, plan.placed.place.track
    bucket = place.bucket.why if place.bucket else place.why
    head = [
        f"Segment: {place.segment or said.NO_SEGMENT} ({place.segment_why})",
        f"Bucket: {plan.placed.bucket} ({bucket})",
    ]
    if track:
        under = "under way" if place.held else "not begun"
        head.append(f"Track: {track.label}, version {track.version}, {under} ({place.why})")
    else:
        head.append(f"Track: {said.NO_TRACK} ({place.why or 'nothing sets one off'})")
    yield said.PLAN, tuple(head)
    yield said.PAST, tuple(_past(plan)) or (said.NO_TOUCH,)
    yield said.NOW, tuple(_next(plan))
    if plan.after:
        yield (
            said.AFTER,
            tuple(
                f"{c.number}. {c.says}" + (f", about {words.day(c.on)}" if c.on else "")
                for c in plan.after
            ),
        )
    yield said.CHANGES, tuple(f"{what}: {then}" for what, then in said.changes(plan.pace.rule))


def plan_message(plan: LeadPlan) -> Message:
    """The plan in Slack, for the asker alone."""
    name = plan.facts.name or plan.facts.company or words.THIS_LEAD
    counted = words.touch(plan.pace.touch_number, plan.pace.budget)
    stood = f"{plan.stage.stage.capitalize()} · {counted}"
    parts = [Part(header(f"{said.PLAN}: {name}")), Part(context(stood))]
    for title, lines in plan_lines(plan):
        weight = 7 if title in {said.PAST, said.CHANGES} else 1
        parts.append(Part(section(f"*{title}*\n{bullets(lines, LINE, len(lines))}"), weight=weight))
    return message(f"{said.PLAN}: {name}", parts)


def plan_form(plan: LeadPlan) -> dict[str, Any]:
    """The plan as JSON."""
    return {
        "lead_id": plan.lead_id,
        **place_form(plan.placed.place),
        "stage": plan.stage.stage,
        "decision": plan.pace.decision,
        "reason": plan.pace.reason,
        "touch": {"number": plan.pace.touch_number, "budget": plan.pace.budget},
        "gap_days": plan.pace.gap_days,
        "touches": plan.touches,
        "past": [
            {"on": e.on.isoformat(), "action": e.action, "asset_id": e.asset_id, "title": title}
            for e, title in plan.past
        ],
        "next": None
        if plan.step is None
        else {
            "on": plan.on.isoformat() if plan.on else None,
            "says": plan.step.says,
            "passed_over": plan.step.passed_over,
            "likely": None
            if plan.likely is None
            else {"asset_id": plan.likely[0], "title": plan.likely[1]},
        },
        "after": [
            {"number": c.number, "says": c.says, "on": c.on.isoformat() if c.on else None}
            for c in plan.after
        ],
        "stopped": plan.stopped,
        "changes": [{"what": what, "then": then} for what, then in said.changes(plan.pace.rule)],
    }


def step_words(step: PlanStep) -> str:
    """The step that a touch serves, in one line that is not inert."""
    told = said.step_line(step.says, step.number, step.of, step.label, step.version)
    return f"{told}. {step.passed_over}" if step.passed_over else told


def step_part(step: PlanStep | None) -> list[Part]:
    """The step's line on a card."""
    return [Part(context(escape.mrkdwn(step_words(step), 2 * LINE)), weight=5)] if step else []


def _past(plan: LeadPlan) -> Iterator[str]:
    for entry, title in plan.past:
        about = f": “{title}”" if title else ""
        yield f"{words.day(entry.on)}: {act(entry.action)}{about}"
    if plan.touches > len(plan.past):
        yield f"and {plan.touches - len(plan.past)} before"


def _next(plan: LeadPlan) -> Iterator[str]:
    if plan.stopped or plan.step is None:
        yield plan.stopped or plan.pace.reason
        return
    yield f"{step_words(plan.step).rstrip('.')}, {said.due_on(plan.on)}"
    if plan.likely:
        yield f"{said.LIKELY}: “{plan.likely[1]}”"
    yield plan.pace.reason
