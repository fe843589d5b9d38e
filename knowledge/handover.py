"""A lead that sales took over: the value that is kept, and until when (M49, M50)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Handover:
    """When a lead went to sales, by whom, to whom, why, and by which version of the definition.

    `back_on` is the day on which a person gave it back to nurturing, None while sales has it.
    """

    id: str
    lead_id: str
    rule: str
    reason: str
    owner: str
    definition_version: int
    definition: str
    on: date
    by: str = ""
    back_on: date | None = None
    back_by: str = ""
    back_because: str = ""

    @property
    def is_open(self) -> bool:
        """Whether sales has the lead."""
        return self.back_on is None


@dataclass(frozen=True, slots=True)
class ToldFact:
    """One fact of the page, with who told it, from where and when."""

    fact: str
    value: str
    source: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else on record in the account; `role` may be empty."""

    name: str
    role: str
    reached: bool


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """The history of a lead on one page, for whoever takes over (M50).

    `ready` is the sentence of the pace, `words` what the lead said or did, with its day. `missing`
    are the roles that nobody reached, `unknown` what nobody asked yet. Lists are newest first.
    """

    handover: Handover
    name: str
    company: str
    role: str
    stage: str
    ready: str
    words: tuple[date, str] | None
    facts: tuple[ToldFact, ...] = ()
    asked: tuple[tuple[date, str], ...] = ()
    read: tuple[tuple[date, str, str], ...] = ()
    touches: tuple[tuple[date, str, str], ...] = ()
    obstacles: tuple[str, ...] = ()
    committee: tuple[Colleague, ...] = ()
    missing: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
