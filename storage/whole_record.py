"""A lead's record as a person looks at it: who told what, what conflicts, what is allowed."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.consent import Consent
from knowledge.fact_trust import Conflict
from knowledge.leads import LeadProfile
from storage.leads import LearntFact, ToldAct


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """Everything on record of one lead, with what sources disagree on."""

    profile: LeadProfile
    learnt: tuple[LearntFact, ...]
    acts: tuple[ToldAct, ...]
    conflicts: tuple[Conflict, ...]
    consent: Consent
