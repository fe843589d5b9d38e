"""Finding chunks by meaning: what every vector index does, and the exact scan that needs none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = tuple[list[str], NDArray[np.float32]]
"""Chunk ids and their (n, d) unit rows, as SQL keeps them."""


BLOCK = 64
"""Queries a matrix product, so that 100,000 vectors need 26 MB beside them."""


class VectorIndex(Protocol):
    """Nearest chunks by cosine; disposable, since SQL keeps every vector (decision 1)."""

    def sync(self, revision: str, load: Callable[[], Vectors]) -> None:
        """Bring the index to a revision of the catalogue; costs nothing when it is there."""
        ...

    def query(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The nearest `k` (chunk id, cosine), best first; fewer when there are fewer."""
        ...

    def query_many(self, vectors: NDArray[np.float32], k: int) -> list[list[tuple[str, float]]]:
        """`query` for each row of an (n, d) array, in fewer steps."""
        ...

    def count(self) -> int:
        """Vectors in the index."""
        ...

    def look(self) -> None:
        """Raise `StorageFailed` when a server holds the index and does not answer."""
        ...

    def knows(self, vectors: Vectors, rows: Sequence[int]) -> bool:
        """Whether it holds exactly these ids, and finds each of these rows when asked for it."""
        ...

    def renew(self) -> None:
        """Build it anew from what it was last brought to."""
        ...

    def broken(self) -> str:
        """What was wrong with the files that it found when it was opened; empty for nothing."""
        ...

    def close(self) -> None:
        """Let go of files and locks; the index is not used afterwards."""
        ...


class ScanIndex:
    """Exact scan in memory: no files, no lock; 5,000 vectors take about a millisecond."""

    def __init__(self) -> None:
        self._held: tuple[str | None, Vectors] = (None, ([], np.zeros((0, 0), np.float32)))

    def sync(self, revision: str, load: Callable[[], Vectors]) -> None:
        """Read the vectors again when the revision is another."""
        if self._held[0] != revision:
            ids, matrix = load()
            # One assignment, so that a thread in the middle of a query keeps a whole pair.
            self._held = (revision, (ids, np.ascontiguousarray(matrix, dtype=np.float32)))

    def query(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The nearest `k` (chunk id, cosine), best first, ties by id."""
        return self.query_many(vector[np.newaxis], k)[0]

    def query_many(self, vectors: NDArray[np.float32], k: int) -> list[list[tuple[str, float]]]:
        """`query` for each row of an (n, d) array, by one matrix product a block of rows."""
        ids, matrix = self._held[1]
        if not ids or k < 1:
            return [[] for _ in vectors]
        found = []
        for start in range(0, len(vectors), BLOCK):
            for cosines in vectors[start : start + BLOCK] @ matrix.T:
                best = np.argpartition(-cosines, k - 1)[:k] if k < len(ids) else range(len(ids))
                # Equal rows differ in the last bit by their place; rounding lets ids order them.
                hits = [(ids[i], round(float(cosines[i]), 6)) for i in best]
                found.append(sorted(hits, key=lambda hit: (-hit[1], hit[0])))
        return found

    def count(self) -> int:
        """Vectors in the index."""
        return len(self._held[1][0])

    def look(self) -> None:
        """Nothing to ask: it is in memory."""

    def knows(self, vectors: Vectors, rows: Sequence[int]) -> bool:
        """Whether it holds these ids; what is in memory finds them."""
        return self._held[1][0] == vectors[0] and len(rows) <= len(vectors[0])

    def renew(self) -> None:
        """Read the vectors again at the next `sync`."""
        self._held = (None, self._held[1])

    def broken(self) -> str:
        """Never: it has no files."""
        return ""

    def close(self) -> None:
        """Forget the vectors."""
        self._held = (None, ([], np.zeros((0, 0), np.float32)))
