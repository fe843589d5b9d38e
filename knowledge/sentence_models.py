"""What sentence models tell of words: the small interface that drafting and checking know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

SINS = (
    "pitch", "product_talk", "price", "meeting_ask", "urgency", "ready_to_buy", "checking_in",
    "hype", "competitor_bashing", "false_familiarity", "broadcast",
)  # fmt: skip
"""What a sentence of a follow-up may do wrong; the names are those of the checks."""


class SentenceModels(Protocol):
    """Judges sentences by their meaning; the rules beside it know wordings alone."""

    def sins(self, sentences: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """For each sentence the probability of each of `SINS`, 0 to 1."""
        ...

    def nearness(self, text: str, others: Sequence[str]) -> Sequence[float]:
        """The cosine (-1 to 1) of a text with each of the others."""
        ...

    def answering(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """How well each text answers the question; only their differences mean anything."""
        ...

    def hype(self, text: str, title: str) -> float:
        """How much a whole piece sells instead of teaching, 0 to 1."""
        ...

    def hypes(self, texts: Sequence[str]) -> Sequence[float]:
        """The hype of many whole pieces, read together: a fifth faster than one by one."""
        ...

    @property
    def hype_version(self) -> str:
        """A word that changes whenever the same text would get another hype."""
        ...
