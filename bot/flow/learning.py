"""What a rep tells of a lead on record goes into the record, with who said so (M31)."""

from __future__ import annotations

from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.understanding import Understanding


def learn(understood: Understanding, by: str, tools: Tools) -> None:
    """Keep the facts that a rep states of a known lead, an opt-out above all.

    Other acts count for the ask they are told in; the record gets those from where they happened.
    A stage is kept as the rep's correction, which wins over inference (M33).
    """
    if understood.lead_id is None:
        return
    facts, known = understood.facts, tools.leads.get(understood.lead_id).facts
    told = LeadFacts(
        company=facts.company if facts.company != known.company else None,
        role=facts.role,
        industry=facts.industry,
        company_size=facts.company_size,
        email=facts.email,
        problem=facts.problem if not known.problem else None,
    )
    if told != LeadFacts():
        tools.leads.put(understood.lead_id, told, "rep in Slack", by)
    if Action.OPTED_OUT in understood.signals:
        today = team_date(tools.clock, tools.settings.time_zone)
        told_off = HistoryEntry(Action.OPTED_OUT, today, note=understood.refused)
        tools.leads.add_history(understood.lead_id, [told_off], by)
    if understood.stage is not None:
        tools.leads.correct_stage(understood.lead_id, understood.stage, by)
