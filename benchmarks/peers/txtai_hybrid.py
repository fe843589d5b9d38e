"""txtai: a hybrid index, BM25 with normalised scores and vectors, half and half."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from txtai import Embeddings
from txtai.pipeline import Segmentation

from benchmarks.peers.passages import CHARACTERS, DEPTH, Passage
from benchmarks.peers.vectors import Embed


@cache
def segmentation() -> Segmentation:
    """txtai's segmentation with the chunker it offers for a size: chonkie's recursive one."""
    return Segmentation(chunker="recursive", tokenizer="character", chunk_size=CHARACTERS)


def split(text: str) -> list[str]:
    """Passages of up to 1,000 characters."""
    return segmentation()(text) if text.strip() else []


def search(passages: Sequence[Passage], questions: Sequence[str], embed: Embed) -> list[list[int]]:
    """Places of the best passages, per question."""

    def transform(texts: list[str]) -> object:
        return embed(texts)

    # Exact scan: past 5,000 passages the default index only approximates.
    index = Embeddings(hybrid=True, method="external", transform=transform, backend="numpy")
    index.index((place, p.text, None) for place, p in enumerate(passages))
    return [
        [int(place) for place, _ in found] for found in index.batchsearch(list(questions), DEPTH)
    ]
