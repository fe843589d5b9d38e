"""MiniLM alone: the nearest passages by cosine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.peers.langchain_split import split
from benchmarks.peers.passages import DEPTH, Passage
from benchmarks.peers.vectors import Embed

__all__ = ["search", "split"]


def search(passages: Sequence[Passage], questions: Sequence[str], embed: Embed) -> list[list[int]]:
    """Places of the best passages, per question."""
    likeness = embed(questions) @ embed([p.text for p in passages]).T
    orders = np.argsort(-likeness, axis=1, kind="stable")[:, :DEPTH]
    return [[int(place) for place in order] for order in orders]
