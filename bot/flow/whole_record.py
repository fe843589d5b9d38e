"""Reading a lead's record as a person looks at it: who told what, and what conflicts."""

from __future__ import annotations

from bot.flow.tools import Tools
from knowledge.consent import consent
from knowledge.fact_trust import conflicts
from knowledge.leads import LeadProfile
from storage.whole_record import WholeRecord


def whole_record(profile: LeadProfile, tools: Tools) -> WholeRecord:
    """The record of a lead that was read; `NotFound` when it was erased meanwhile."""
    lead_id = profile.lead_id or ""
    learnt, acts = tools.leads.facts_log(lead_id), tools.leads.acts_log(lead_id)
    words = [fact.word for fact in learnt]
    told = [(act.entry, act.source, act.by) for act in acts]
    return WholeRecord(profile, tuple(learnt), tuple(acts), conflicts(words), consent(told, words))
