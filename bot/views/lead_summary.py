"""The private summary of a lead on record."""

from __future__ import annotations

import hashlib

from bot.views import escape, words_lead, words_record
from bot.views.blocks import (
    Message,
    Part,
    actions,
    bullets,
    button,
    context,
    header,
    message,
    section,
)
from bot.views.words import THIS_LEAD, day, gap, sureness, touch
from bot.views.words_handover import stands_as
from bot.views.words_intake import act
from bot.views.words_plans import SHOW_PLAN
from knowledge.lead_summary import LeadSummary
from knowledge.personas import Definitions

LINE = 220
FACT = 80
MOST_FACTS = 5
MOST_CONFLICTS = 5
MOST_TOLD = 6


def mark_of_lead(lead_id: str) -> str:
    """What a button calls a lead, whose id may be an address."""
    return f"lead-{hashlib.sha256(lead_id.encode()).hexdigest()[:16]}"


def summary_message(lead: LeadSummary, definitions: Definitions | None = None) -> Message:
    """Stage with its evidence, the touches, what comes next, the last acts and an open card."""
    facts, stage, pace = lead.facts, lead.stage, lead.pace
    name = facts.name or facts.company or THIS_LEAD
    who = [f for f in (facts.role, facts.company, facts.industry) if f][:MOST_FACTS]
    counted = f"{touch(pace.touch_number, pace.budget)} · {gap(pace.gap_days)}"
    stood = f"*{stage.stage.capitalize()}* ({sureness(stage.confidence)}) · next is {counted}"
    why = "; ".join(escape.mrkdwn(e.rstrip(". "), 130) for e in stage.evidence[:3])
    comes = words_lead.next_date(pace.decision, pace.when, pace.reason)
    acts = (words_lead.done(e.on, act(e.action), title, e.note) for e, title in lead.acts)
    told = bullets(acts, LINE, len(lead.acts)) or words_lead.NO_ACTS
    card = f"{words_lead.OPEN_CARD} {day(lead.open_since)}." if lead.open_since else ""
    known = definitions is not None and bool(lead.standing)
    means = stands_as(lead.standing, definitions) if definitions and known else ""
    return message(
        f"{name}: {stage.stage}",
        [
            Part(header(name)),
            *([Part(context(" · ".join(escape.mrkdwn(f, FACT) for f in who)))] if who else []),
            Part(section(f"{stood}\n{why}" if why else stood)),
            Part(section(escape.mrkdwn(comes, 700))),
            Part(section(f"*{words_lead.LAST_ACTS}*\n{told}"), weight=6),
            *_more(lead),
            *([Part(context(escape.mrkdwn(means, 600)), weight=5)] if means else []),
            Part(context(card or words_lead.NO_CARD)),
            Part(actions([button("show_plan", SHOW_PLAN, mark_of_lead(lead.lead_id))])),
        ],
    )


def _more(lead: LeadSummary) -> list[Part]:
    """Stages by product line, consent, and what sources disagree on."""
    told = [*words_record.line_stages(lead.facts), *words_record.consents(lead.consent)]
    others = [words_record.conflict(c) for c in lead.conflicts[:MOST_CONFLICTS]]
    parts = []
    if told:
        parts.append(Part(context(" · ".join(escape.mrkdwn(t, LINE) for t in told[:MOST_TOLD]))))
    if others:
        listed = bullets((escape.mrkdwn(t, 2 * LINE) for t in others), 2 * LINE, MOST_CONFLICTS)
        parts.append(Part(section(f"*{words_record.CONFLICTS}*\n{listed}"), weight=4))
    return parts
