"""How what a CRM tells comes into the leads: as one source among others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.flow.crm_desk import BY, Desk
from bot.flow.lead_intake import Incoming, take_in
from knowledge.fact_trust import Source, SourceKind
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
    source = Source(SourceKind.CRM, f"crm {desk.crm.name}")
    incoming = (
        Incoming(one.lead_id, facts=one.facts, acts=one.acts, changed_at=one.at) for one in came
    )
    take_in(incoming, desk.tools, source, BY, known={})  # each is named by id
