"""How meaning and words make one score: the weights, and the evidence for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """What tunes search; chosen and measured by `python -m benchmarks.retrieval` on real libraries.

    `python -m benchmarks.search_parts` shows what each part is worth (benchmarks/README.md). Half
    or twice of any one weight loses 0.004 to 0.013 of the mean nDCG@10.
    """

    passage_words: float = 1.0
    """Weight of a passage's word share beside its cosine's 1, before the best passage is taken."""
    pair_weight: float = 0.5
    """Weight of the cosine of the best two passages in a row."""
    asset_words: float = 0.5
    """Weight of the word share of the whole asset."""
    title_weight: int = 2
    """Times a title is repeated for BM25 over whole assets: 1 to 3 are within 0.002."""
    fetch: int = 300
    """Passages and pairs asked of the vector index: with 150 nDCG@10 is 0.003 lower, with all of
    them 0.001 higher."""
    good_score: float = 0.33
    """Below this score an asset does not answer a question. It keeps 96 % of the questions that
    have an answer (mean of three companies) and says of 73 % of other companies' that none has."""
    answer_similarity: float = 0.2
    """Nor below this cosine, however many words they share; 0.3 lost some that have an answer."""
    several_weight: float = 0.7
    """Share of the mean over all questions, beside the best one, in an asset's combined score, so
    that answering two questions beats answering one a little better. Judgement, not measured."""
    read_ahead: int = 3000
    """Assets up to which the bot holds their texts ready, about 20 kB each."""
    query_batch: int = 64
    """Questions embedded in one run by `search_many`."""


def passage_scores(cosines: Floats, shares: Floats, settings: SearchSettings) -> Floats:
    """Each passage by meaning and by its own words, so that both must speak for one place."""
    scores: Floats = np.maximum(cosines, 0) + np.float32(settings.passage_words) * shares
    return scores


def asset_scores(
    passages: Floats, pairs: Floats, shares: Floats, settings: SearchSettings
) -> Floats:
    """One score an asset, 0 to 1: its best passage, its best pair and its words as a whole.

    A weighted sum of figures that mean the same for every question, so that scores of different
    questions compare and a threshold can say "no good asset"; ranks cannot.
    """
    w = settings
    total = 1.0 + w.passage_words + w.pair_weight + w.asset_words
    summed = passages + w.pair_weight * np.maximum(pairs, 0) + w.asset_words * shares
    scores: Floats = np.minimum(summed / total, 1.0).astype(np.float32)
    return scores


def combined_scores(scores: Floats, settings: SearchSettings) -> Floats:
    """Of (questions, assets): an asset's best score and its mean over all questions, weighted."""
    best, mean, weight = scores.max(axis=0), scores.mean(axis=0), settings.several_weight
    combined: Floats = ((1 - weight) * best + weight * mean).astype(np.float32)
    return combined
