"""Correcting the stage that was read, backwards too, and suggesting anew for it (M33)."""

from __future__ import annotations

from dataclasses import replace

from bot.flow.decide import ask_of, successor
from bot.flow.next_touch import next_touch
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.errors import NotFound
from knowledge.fact_trust import CORRECTION, LINE_STAGE
from knowledge.journey import Stage
from knowledge.product_lines import told_of_line
from knowledge.touch import Suggestion
from storage.stored_suggestion import StoredSuggestion


def restage(
    suggestion_id: str, by: str, tools: Tools, *, stage: Stage
) -> Suggestion | StoredSuggestion:
    """Set the lead's stage and put a new suggestion in the place of this one, once.

    For a lead on record the correction is kept with the lead, else with the ask. A run that died
    half-way is taken up. `BadInput` for a card that was decided.
    """
    stored = tools.suggestions.get(suggestion_id)
    ask = ask_of(stored)
    made = successor("stage", f"{suggestion_id}:{stage.value}")
    suggestion: Suggestion | StoredSuggestion
    try:
        suggestion = tools.suggestions.get(made)
    except NotFound:
        if stored.lead_id:
            _correct(stored.lead_id, stage, by, ask.facts.product_line, tools)
        # The record's word, the correction, must not be covered by what was said in the ask.
        told = None if stored.lead_id else stage
        today = team_date(tools.clock, tools.settings.time_zone)
        afresh = replace(ask, facts=replace(ask.facts, stage=told), today=today)
        suggestion = next_touch(afresh, tools, suggestion_id=made)
    tools.suggestions.replace(suggestion_id, by, made, corrected=stage)
    return suggestion


def _correct(lead_id: str, stage: Stage, by: str, line: str | None, tools: Tools) -> None:
    """Correct it unless the last word on the stage is this very correction.

    It is that of the product line which was asked about, where the lead has a stage for it.
    """
    known = tools.leads.get(lead_id).facts
    told = told_of_line(known, line or known.product_line)
    fact = f"{LINE_STAGE}{told.line.casefold()}" if told else "stage"
    words = [word for word in tools.leads.facts_log(lead_id) if word.fact == fact]
    last = words[-1] if words else None
    if last and (last.source, last.by) == (CORRECTION, by) and last.stage is stage:
        return
    tools.leads.correct_stage(lead_id, stage, by, told.line if told else "")
