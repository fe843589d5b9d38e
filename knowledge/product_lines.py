"""A lead as one product line sees it: its stage there, and what happened about it (M33).

A lead may be at decision for one line and at awareness for another.
"""

from __future__ import annotations

from dataclasses import replace

from knowledge.journey import Stage
from knowledge.leads import HistoryEntry, LeadFacts, LeadProfile, LineStage


def told_of_line(facts: LeadFacts, line: str | None) -> LineStage | None:
    """What was told of the stage for a product line, whatever its case; None when nothing was."""
    key = (line or "").strip().casefold()
    return next((s for s in facts.line_stages if key and s.line.strip().casefold() == key), None)


def line_stage(facts: LeadFacts, line: str | None) -> Stage | None:
    """The stage told for a product line; None when none was."""
    told = told_of_line(facts, line)
    return told.stage if told else None


def for_line(facts: LeadFacts, line: str | None) -> LeadFacts:
    """The facts with the stage of that line in the place of the plain one.

    Where stages were told for other lines only, the plain one says nothing of this line.
    """
    told = told_of_line(facts, line)
    return replace(facts, stage=told.stage) if told else facts


def about_line(profile: LeadProfile) -> tuple[HistoryEntry, ...]:
    """What tells of the stage for the profile's product line: acts about another line do not."""
    key = (profile.facts.product_line or "").strip().casefold()
    if not key:
        return profile.history
    return tuple(e for e in profile.history if e.line.strip().casefold() in {"", key})
