"""What the library covers, and what buyers asked that nothing answers (M47)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from knowledge.assets import Asset
from knowledge.journey import Stage


@dataclass(frozen=True, slots=True)
class ContentRequest:
    """A question without a good asset: how often it was missed, and in which words.

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
    """Approved, recommendable assets by (stage, persona), and the counted content requests."""

    cells: dict[tuple[Stage, str], tuple[Asset, ...]]
    personas: tuple[str, ...]
    requests: tuple[ContentRequest, ...]
