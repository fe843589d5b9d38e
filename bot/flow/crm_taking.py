"""How what a CRM tells comes into the leads: as one source among others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.flow.crm_desk import BY, Desk
from knowledge.leads import HistoryEntry, LeadFacts


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one lead; `at` is when the CRM last changed it."""

    lead_id: str
    facts: LeadFacts = field(default_factory=LeadFacts)
    acts: tuple[HistoryEntry, ...] = ()
    at: datetime | None = None


def take(desk: Desk, came: Sequence[Came]) -> None:
    """Take in facts and acts; a second time changes nothing."""
    leads, source = desk.tools.leads, f"crm {desk.crm.name}"
    for one in came:
        leads.put(one.lead_id, one.facts, source, BY)
        if one.acts:
            leads.add_history(one.lead_id, one.acts, BY)
