"""What a rep told in the form for the next touch, as typed, and what it says of the lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from knowledge.journey import Stage
from knowledge.leads import Action, LeadFacts
from knowledge.touch import Ask

NOT_SURE = "not_sure"
SHORT_TEXT = 200
LONG_TEXT = 3000
"""Slack's most for one text input."""
MOST_QUESTIONS = 10
"""Each is searched for by itself; nobody answers more than that with one piece."""
MOST_EMPLOYEES = 100_000_000
ACTS = tuple(
    a
    for a in Action
    if a not in {Action.SENT, Action.CALLED, Action.ANSWERED, Action.NEWSLETTER, Action.ASKED}
)
"""What a lead may have done; questions have a field of their own."""
_NUMBER = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:[,. ][0-9]{3}){1,2}")


@dataclass(frozen=True, slots=True)
class Told:
    """The fields of the form, as typed; empty when nothing was.

    `questions` and `obstacle` hold one a line.
    """

    lead: str = ""
    lead_name: str = ""
    company: str = ""
    role: str = ""
    industry: str = ""
    company_size: str = ""
    stage: str = ""
    persona: str = ""
    buying_role: str = ""
    intent: str = ""
    outcome: str = ""
    obstacle: str = ""
    acts: tuple[str, ...] = ()
    questions: str = ""
    channel: str = "email"

    @classmethod
    def of(cls, typed: Mapping[str, Any]) -> Told:
        """The fields of a submission; a choice of "not sure" says nothing."""
        return cls().typed_over(typed)

    def typed_over(self, typed: Mapping[str, Any]) -> Told:
        """These fields with those that are in a submission put in their place."""
        told: dict[str, Any] = {}
        for name in (f.name for f in fields(self) if f.name in typed):
            value = typed[name] or ""
            if isinstance(value, list):
                told[name] = tuple(value)
            else:
                told[name] = "" if value == NOT_SURE else value.strip()
        return replace(self, **told)

    @classmethod
    def before(cls, ask: Ask) -> Told:
        """What the form shows of an ask before anybody types."""
        facts = ask.facts
        return cls(
            lead=ask.lead_id or "",
            lead_name="" if ask.lead_id else facts.name or "",
            company=facts.company or "",
            role=facts.role or "",
            industry=facts.industry or "",
            company_size=str(facts.company_size or ""),
            stage=facts.stage or "",
            persona=facts.persona or "",
            buying_role=facts.buying_role or "",
            intent=facts.intent or "",
            outcome=facts.outcome or "",
            obstacle="\n".join(facts.obstacles),
            acts=tuple(e.action.value for e in ask.history if not e.asset_id and not e.note),
            questions="\n".join(ask.questions),
            channel=ask.channel,
        )

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions, marks of a list left out."""
        return _lines(self.questions)

    @property
    def facts(self) -> LeadFacts:
        """The facts of the lead that were typed; a size that is no number is left out."""
        return LeadFacts(
            name=self.lead_name or None,
            company=self.company or None,
            role=self.role or None,
            industry=self.industry or None,
            company_size=employees(self.company_size),
            stage=Stage(self.stage) if self.stage in set(Stage) else None,
            persona=self.persona or None,
            buying_role=self.buying_role or None,
            intent=self.intent or None,
            outcome=self.outcome or None,
            obstacles=_lines(self.obstacle),
        )

    @property
    def done(self) -> tuple[Action, ...]:
        """What the lead did."""
        return tuple(a for a in ACTS if a.value in self.acts)


def _lines(typed: str) -> tuple[str, ...]:
    """What stands on each line, once, marks of a list left out."""
    lines = (line.strip().lstrip("-•*").strip() for line in typed.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


@dataclass(frozen=True, slots=True)
class FoundLead:
    """A lead on record, as far as it takes to choose one; the address is for matching only."""

    id: str
    name: str
    company: str
    email: str = ""


def employees(typed: str) -> int | None:
    """A number of employees, or None for what is none."""
    if not _NUMBER.fullmatch(typed):
        return None
    return min(int(re.sub(r"\D", "", typed)), MOST_EMPLOYEES)
