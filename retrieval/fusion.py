"""How meaning and words make one score: the weights, and the evidence for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """What tunes search; measured by `python -m benchmarks.retrieval` (benchmarks/README.md).

    Chosen on the mean of four libraries, none below plain reciprocal rank fusion.
    """

    lexical_weight: float = 0.5
    """Weight of the word share beside the cosine's 1. From 0.3 to 0.6 the mean nDCG@10 moves by
    less than 0.01; from 0.8 on small libraries with long pieces lose."""
    title_weight: int = 2
    """Times a title is repeated for BM25: 1 to 3 are within 0.005, 0 is 0.006 lower."""
    fetch: int = 300
    """Chunks asked of the vector index before they are merged to assets."""
    lexical_depth: int = 50
    """Assets taken from BM25 that no fetched chunk belongs to."""
    good_score: float = 0.36
    """Below this fused score an asset does not answer a question: the highest that keeps 95 % of
    the questions that have an answer (mean of companies); 62 % of foreign ones are told none."""
    answer_similarity: float = 0.2
    """Nor below this cosine, however many words they share; 0.3 lost some that have an answer."""
    several_weight: float = 0.7
    """Share of the mean over all questions, beside the best one, in an asset's combined score, so
    that answering two questions beats answering one a little better. Judgement, not measured."""
    query_batch: int = 64
    """Questions embedded in one run by `search_many`."""


def fused_score(similarity: float, share: float, settings: SearchSettings) -> float:
    """One score, 0 to 1, from the best chunk's cosine and the asset's share of the words.

    A weighted sum of two figures that mean the same for every question, so that scores of
    different questions compare and a threshold can say "no good asset"; ranks cannot.
    """
    weight = settings.lexical_weight
    return (min(1.0, max(0.0, similarity)) + weight * min(1.0, share)) / (1.0 + weight)


def combined_score(scores: Sequence[float], settings: SearchSettings) -> float:
    """An asset's score over several questions: its best one and its mean, weighted."""
    mean = sum(scores) / len(scores)
    return (1 - settings.several_weight) * max(scores) + settings.several_weight * mean
