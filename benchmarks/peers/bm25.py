"""BM25 alone: bm25s as its documentation sets it up, English stop words and stemmer."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import Stemmer

from benchmarks.peers.langchain_split import split
from benchmarks.peers.passages import DEPTH, Passage
from benchmarks.peers.vectors import Embed

__all__ = ["search", "split"]


def search(
    passages: Sequence[Passage],
    questions: Sequence[str],
    embed: Embed,  # noqa: ARG001 - every peer is called alike
) -> list[list[int]]:
    """Places of the best passages, per question."""
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: Sequence[str]) -> object:
        return bm25s.tokenize(list(texts), stopwords="en", stemmer=stemmer, show_progress=False)

    index = bm25s.BM25()
    index.index(tokens([p.text for p in passages]), show_progress=False)
    places, scores = index.retrieve(
        tokens(questions), k=min(DEPTH, len(passages)), show_progress=False
    )
    return [
        [int(place) for place, score in zip(row, marks, strict=True) if score > 0]
        for row, marks in zip(places, scores, strict=True)
    ]
