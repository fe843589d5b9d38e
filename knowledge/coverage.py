"""What the library covers, and what buyers asked that nothing answers (M43, M47)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from knowledge.assets import Asset
from knowledge.buyer_questions import BuyerQuestion
from knowledge.content_requests import ContentRequest
from knowledge.journey import Stage

EVERYONE = "everyone"
"""The column of assets that name no persona."""


@dataclass(frozen=True, slots=True)
class MissedWording:
    """A question without a good asset, by its plain wording and stage: how often it was missed.

    `question` is the first wording; it is empty when all wordings were erased with their leads.
    """

    question: str
    stage: Stage
    count: int
    first: datetime
    last: datetime
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Approved, recommendable assets by (stage, persona), and the open content requests.

    `answers` holds by asset id which of the six buyer questions it answers.
    """

    cells: dict[tuple[Stage, str], tuple[Asset, ...]]
    personas: tuple[str, ...]
    requests: tuple[ContentRequest, ...]
    answers: Mapping[str, tuple[BuyerQuestion, ...]] = field(default_factory=dict)

    def fitting(self, stage: Stage, persona: str | None = None) -> tuple[Asset, ...]:
        """Assets of a stage by title: all, or those for a persona and those for everyone."""
        wanted = self.personas if persona is None else (persona, EVERYONE)
        found = {a.id: a for p in wanted for a in self.cells.get((stage, p), ())}
        return tuple(sorted(found.values(), key=lambda a: (a.title, a.id)))

    def answering(
        self, stage: Stage, persona: str | None, question: BuyerQuestion
    ) -> tuple[Asset, ...]:
        """The assets of one cell of the map."""
        return tuple(
            a for a in self.fitting(stage, persona) if question in self.answers.get(a.id, ())
        )

    def asked_in(
        self, stage: Stage, persona: str | None, question: BuyerQuestion | None
    ) -> tuple[ContentRequest, ...]:
        """The open requests of one cell; with None, those near to none of the six."""
        there = (r for r in self.requests if r.asks is question)
        return tuple(
            r for r in there if any(_is_of(m.stage, m.persona, stage, persona) for m in r.misses)
        )

    def misses_in(self, stage: Stage, persona: str | None, question: BuyerQuestion | None) -> int:
        """How often an open request of one cell was missed there."""
        return sum(
            _is_of(m.stage, m.persona, stage, persona)
            for r in self.asked_in(stage, persona, question)
            for m in r.misses
        )


def _is_of(at: Stage, by: str | None, stage: Stage, persona: str | None) -> bool:
    """Whether a miss belongs to a cell; one whose persona is not known belongs to everyone."""
    return at is stage and (persona is None or (by or EVERYONE) == persona)
