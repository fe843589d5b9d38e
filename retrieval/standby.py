"""Vectors from SQL stand in while the index cannot be asked: a full disk, a server that is away."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import structlog
from numpy.typing import NDArray

from knowledge.errors import StorageFailed
from retrieval.vectors import ScanIndex, VectorIndex, Vectors

REST_SECONDS, REST_TIMES = 30.0, 10
"""Between two tries at an index that failed: so long, or so many times what the try took."""

log = structlog.get_logger("trailguide.index")


class Standby:
    """Asks the index, and where that fails scans the vectors that SQL keeps, which is exact."""

    def __init__(self, index: VectorIndex, now: Callable[[], float] = time.monotonic) -> None:
        self._index = index
        self._spare = ScanIndex()
        self._now = now
        self._rests_until = 0.0
        self._latest: tuple[str, Callable[[], Vectors]] | None = None

    def sync(self, revision: str, load: Callable[[], Vectors]) -> None:
        """Bring the index to a revision; when it cannot be, the scan."""
        self._latest = (revision, load)
        began = self._now()
        if began >= self._rests_until:
            try:
                self._index.sync(revision, load)
            except StorageFailed as failure:
                self._rest(failure, began)
            else:
                return
        self._spare.sync(revision, load)

    def query_many(self, vectors: NDArray[np.float32], k: int) -> list[list[tuple[str, float]]]:
        """The nearest of the index, or of the scan."""
        began = self._now()
        if began >= self._rests_until:
            try:
                found = self._index.query_many(vectors, k)
            except StorageFailed as failure:
                self._rest(failure, began)
            else:
                if self._spare.count():  # another in its place, since a thread may be scanning it
                    self._spare = ScanIndex()
                return found
        spare = self._spare
        if self._latest is not None:
            spare.sync(*self._latest)
        return spare.query_many(vectors, k)

    def _rest(self, failure: StorageFailed, began: float) -> None:
        now = self._now()
        self._rests_until = now + max(REST_SECONDS, REST_TIMES * (now - began))
        log.warning("index_away", told=str(failure))
