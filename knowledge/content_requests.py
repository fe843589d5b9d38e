"""Content requests: misses that one piece would answer, in whatever words they were asked (M47)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge.buyer_questions import BuyerQuestion
from knowledge.journey import Stage


class RequestState(StrEnum):
    """Whether marketing still owes an answer."""

    OPEN = "open"
    CLOSED = "closed"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Miss:
    """One time that nothing answered; wording and lead are None once that lead was erased."""

    id: int
    wording_id: int
    wording: str | None
    stage: Stage
    persona: str | None
    asked_by: str | None
    lead_id: str | None
    ask_key: str | None
    at: datetime
    told: bool = False


@dataclass(frozen=True, slots=True)
class ContentRequest:
    """Misses that belong together, oldest first, and what marketing decided of them.

    `asks` is which of the six buyer questions it comes down to, None where it is near to none.
    """

    id: int
    state: RequestState
    misses: tuple[Miss, ...]
    asset_id: str | None = None
    because: str | None = None
    asks: BuyerQuestion | None = None

    @property
    def count(self) -> int:
        """How often it was missed."""
        return len(self.misses)

    @property
    def wordings(self) -> tuple[str, ...]:
        """What was asked, the most usual wording first; empty when all were erased."""
        said = Counter(m.wording for m in self.misses if m.wording)
        return tuple(wording for wording, _ in said.most_common())

    @property
    def question(self) -> str:
        """The most usual wording; empty when all were erased with their leads."""
        return self.wordings[0] if self.wordings else ""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Where it was asked, the most usual stage first."""
        return tuple(stage for stage, _ in Counter(m.stage for m in self.misses).most_common())

    @property
    def stage(self) -> Stage:
        """The stage at which it was asked most."""
        return self.stages[0]

    @property
    def personas(self) -> tuple[str, ...]:
        """Who wanted to know, the most usual persona first."""
        said = Counter(m.persona for m in self.misses if m.persona)
        return tuple(persona for persona, _ in said.most_common())

    @property
    def askers(self) -> tuple[str, ...]:
        """The reps who asked, first one first: Slack user ids, or a name on the command line."""
        return tuple(dict.fromkeys(m.asked_by for m in self.misses if m.asked_by))

    @property
    def first(self) -> datetime:
        """When it was first missed."""
        return self.misses[0].at

    @property
    def last(self) -> datetime:
        """When it was missed last."""
        return self.misses[-1].at
