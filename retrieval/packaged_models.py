"""The sentence models that drafting and checking use, wired on the packaged weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np

from knowledge.sentence_models import SINS
from retrieval.answering import load_answering
from retrieval.asking import Embed, remembering
from retrieval.embeddings import Embedder
from retrieval.hype import hype_of, hype_version, hypes_of
from retrieval.sentence_layers import SentenceLayers
from retrieval.sentence_tone import sin_probabilities

HYPE_DEPTH = 4
"""The layer that is read for hype: it tells more of how a thing is said than the later ones, and
less of what it is about."""
KEPT = 4_096
"""Sentences remembered, by their digests: a composer's tries share most of theirs."""


class PackagedModels:
    """Implements `knowledge.sentence_models.SentenceModels`; each model loads when first used."""

    def __init__(self, embedder: Embedder) -> None:
        self._embed = remembering(embedder.embed, KEPT)

    def sins(self, sentences: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """For each sentence the probability of each sin, 0 to 1."""
        if not sentences:
            return []
        rows = self._tone(list(sentences)).tolist()
        return [dict(zip(SINS, row, strict=True)) for row in rows]

    def nearness(self, text: str, others: Sequence[str]) -> Sequence[float]:
        """The cosine (-1 to 1) of a text with each of the others."""
        if not others:
            return []
        vectors = self._embed([text, *others])
        found: list[float] = np.asarray(vectors[1:] @ vectors[0], dtype=float).tolist()
        return found

    def answering(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """How well each text answers the question; only their differences mean anything."""
        if not texts or not question.strip():
            return [0.0] * len(texts)
        found: list[float] = load_answering().scores(question, texts).astype(float).tolist()
        return found

    def hype(self, text: str, title: str) -> float:  # noqa: ARG002 - part of the interface
        """How much a whole piece sells instead of teaching, 0 to 1; the title is not read."""
        return hype_of(text, self._layer)

    def hypes(self, texts: Sequence[str]) -> Sequence[float]:
        """The hype of many whole pieces."""
        return hypes_of(texts, self._layer)

    @property
    def hype_version(self) -> str:
        """A word that changes with the weights, the word lists and the layer read."""
        return f"{hype_version()}-{HYPE_DEPTH}"

    @cached_property
    def _layer(self) -> Embed:
        return lambda sentences: _plain_layers().pooled(sentences, 1)

    @cached_property
    def _tone(self) -> Embed:
        return remembering(sin_probabilities, KEPT)


@lru_cache(maxsize=1)
def _plain_layers() -> SentenceLayers:
    """The first packaged layers without changes, loaded once a process: they take 30 MB."""
    return SentenceLayers({}, depth=HYPE_DEPTH)
