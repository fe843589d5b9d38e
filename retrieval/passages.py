"""Passages in reading order, asset by asset, and pairs of neighbours as entries of their own.

A short passage says one thing sharply; two in a row say what they are about. Both are searched. A
pair's vector is the mean of its passages' vectors, so the larger size costs no embedding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.assets import Chunk
from retrieval.vectors import Vectors

PAIR = "+"
"""Joins the ids of two passages in the id of their pair; passage ids are hexadecimal."""

SHORTEST_REPEAT, LONGEST_REPEAT = 12, 120
"""Characters: a repeated sentence is no shorter (what is, is alike by chance), and no longer."""

Floats = NDArray[np.float32]


class Shelf:
    """Which passages belong to which asset, as rows of arrays.

    `order` holds (asset id, chunk id) with the passages of one asset together, in reading order.
    """

    def __init__(self, order: Sequence[tuple[str, str]]) -> None:
        self.passages = tuple(chunk for _, chunk in order)
        self.row = {chunk: row for row, chunk in enumerate(self.passages)}
        self.assets = tuple(dict.fromkeys(asset for asset, _ in order))
        self.place = {asset: place for place, asset in enumerate(self.assets)}
        self.owner = np.array([self.place[asset] for asset, _ in order], dtype=np.int64)
        self.starts = np.searchsorted(self.owner, np.arange(len(self.assets)))

    def best(self, scores: Floats) -> Floats:
        """The highest score of each asset's passages."""
        return np.maximum.reduceat(scores, self.starts) if len(self.assets) else scores

    def best_row(self, place: int, scores: Floats) -> int:
        """The row of the passage with the highest score within one asset, the first of equals."""
        rows = self.rows(place)
        return rows.start + int(np.argmax(scores[rows.start : rows.stop]))

    def rows(self, place: int) -> range:
        """The rows of one asset's passages."""
        last = place + 1 == len(self.assets)
        return range(self.starts[place], len(self.passages) if last else self.starts[place + 1])

    def with_next(self, row: int) -> range:
        """A row and the next, when that is of the same asset."""
        last = row + 1 == len(self.passages) or self.owner[row] != self.owner[row + 1]
        return range(row, row + (1 if last else 2))

    def spread(self, hits: Sequence[tuple[str, float]], floor: float) -> tuple[Floats, Floats]:
        """Cosines by passage, and by asset of its best pair; `floor` where none was found.

        An asset of one passage is its own pair. A hit that is not on the shelf is passed over: an
        index may be a moment behind.
        """
        passages = np.full(len(self.passages), floor, np.float32)
        pairs = np.full(len(self.assets), floor, np.float32)
        for name, cosine in hits:
            row = self.row.get(name.partition(PAIR)[0])
            if row is None:
                continue
            place = self.owner[row]
            if PAIR not in name:
                passages[row] = cosine
                alone = len(self.rows(place)) == 1
            if PAIR in name or alone:
                pairs[place] = max(pairs[place], cosine)
        return passages, pairs

    def with_pairs(self, vectors: Vectors) -> Vectors:
        """The vectors of all passages on the shelf, then those of every two neighbours."""
        ids, matrix = vectors
        held = {name: row for row, name in enumerate(ids)}
        pairs = [(held[a], held[b]) for a, b in self._neighbours() if a in held and b in held]
        if not pairs:
            return ids, matrix
        first, second = np.array(pairs).T
        means = matrix[first] + matrix[second]
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        names = [f"{ids[a]}{PAIR}{ids[b]}" for a, b in pairs]
        return [*ids, *names], np.vstack([matrix, means])

    def _neighbours(self) -> Iterator[tuple[str, str]]:
        for row in range(len(self.passages) - 1):
            if self.owner[row] == self.owner[row + 1]:
                yield self.passages[row], self.passages[row + 1]


def read_on(chunks: Sequence[Chunk]) -> str:
    """A passage and those after it under the same heading, as one text."""
    return joined([chunk.text for chunk in chunks if chunk.heading == chunks[0].heading])


def joined(texts: Sequence[str]) -> str:
    """Passages in a row as one text, without the sentences that the chunker repeats at a cut."""
    whole = ""
    for text in texts:
        repeated = _repeated(whole, text)
        whole += text[repeated:] if repeated else f"\n\n{text}" if whole else text
    return whole


def _repeated(whole: str, text: str) -> int:
    """Characters at the start of a text that the whole ends with; too few count as none."""
    opening = text[:SHORTEST_REPEAT]
    if len(opening) < SHORTEST_REPEAT:
        return 0
    place = whole.find(opening, max(0, len(whole) - LONGEST_REPEAT))
    while place >= 0:
        if text.startswith(whole[place:]):
            return len(whole) - place
        place = whole.find(opening, place + 1)
    return 0
