"""What is on record of a lead, in short: the value that a summary shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from knowledge.consent import Consent
from knowledge.fact_trust import Conflict
from knowledge.leads import HistoryEntry, LeadFacts
from knowledge.touch import Pace, StageReading


@dataclass(frozen=True, slots=True)
class LeadSummary:
    """A lead in short; `acts` are the latest, newest first, each with the title of its asset.

    `standing` is what it is by our definitions, in words.
    `open_since` is the day of the card that waits for this person's decision, None without one.
    """

    lead_id: str
    facts: LeadFacts
    stage: StageReading
    pace: Pace
    acts: tuple[tuple[HistoryEntry, str], ...]
    open_since: date | None
    conflicts: tuple[Conflict, ...] = ()
    consent: Consent = field(default_factory=dict)
    standing: str = ""
