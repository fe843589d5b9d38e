"""A Chroma collection kept at the library's revision: patched when little changed, else rebuilt.

SQL is the truth, so anything doubtful here is rebuilt rather than mended: build new, verify with
self-queries, flip the pointer, drop the old (decisions 1 to 3).
"""

from __future__ import annotations

import hashlib
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import StorageFailed, TrailguideError
from retrieval.vectors import Vectors

HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 800, "max_neighbors": 32}
"""Top-100 recall on 5,000 random vectors, against the exact scan: 0.65 with the defaults (ef_search
100), 0.998 with ef_search 400, 1.0 with 800 at 6 ms a query (tests/test_vectors.py holds 0.99)."""
BATCH = 2_000
"""Vectors a call; Chroma refuses more than 5,461."""
LARGE_CHANGE = 0.3
"""Share of vectors new or gone from which building anew beats patching: HNSW keeps the deleted."""
SMALL_INDEX = 1_000
"""Below this many changes patching is quick whatever the share."""
ASKED_AT_ONCE = 32
"""Known questions a call: a tenth of a second, for which an ask may have to wait."""
SELF_QUERIES = 24
SELF_COSINE = 0.999


class SyncedCollection(ABC):
    """What the embedded and the shared index have in common: one collection kept at a revision."""

    def __init__(self, name: str) -> None:
        words = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40].strip("-") or "index"
        self._key = f"{words}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        self._collection: Any = None
        self._revision: str | None = None
        self._latest: tuple[str, Callable[[], Vectors]] | None = None
        self._guard = threading.RLock()
        self._broken = ""

    def sync(self, revision: str, load: Callable[[], Vectors]) -> None:
        """Bring the index to a revision: patch small changes, else build anew and flip."""
        with self._guard:
            self._latest = (revision, load)
            if revision == self._revision or (self._look_again() and revision == self._revision):
                return
            ids, matrix = load()
            patched = self._patched(ids, matrix)
            if not patched:
                self._build(ids, matrix)
            self._point(revision, len(ids), built=not patched)

    def query(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The nearest `k` (chunk id, cosine), best first, ties by id; a broken index is rebuilt."""
        return self.query_many(vector[np.newaxis], k)[0]

    def query_many(self, vectors: NDArray[np.float32], k: int) -> list[list[tuple[str, float]]]:
        """`query` for each row of an (n, d) array, in one call to Chroma."""
        nothing: list[list[tuple[str, float]]] = [[] for _ in vectors]
        if k < 1 or not len(vectors):
            return nothing
        with self._guard:
            if self._collection is None and self._latest is None:
                return nothing
            try:
                return _nearest(self._collection, vectors, k)
            except BaseException as error:  # Chroma's Rust core panics with a BaseException
                if not is_chromas(error) or self._latest is None:
                    raise
            self._reopen()  # another owner of a server may have built anew
            if self._revision is None:
                self.sync(*self._latest)
            try:
                return _nearest(self._collection, vectors, k)
            except BaseException as error:
                if not is_chromas(error):
                    raise
                raise StorageFailed(self._cannot(f"cannot be read ({reason_of(error)})")) from error

    def count(self) -> int:
        """Vectors in the index."""
        with self._guard:
            return int(self._collection.count()) if self._collection is not None else 0

    def knows(self, vectors: Vectors, rows: Sequence[int]) -> bool:
        """Whether it holds exactly these ids, and finds each of these rows when asked for it.

        `StorageFailed` when a server does not answer. It is held for one batch at a time, so asks
        go between.
        """
        if self._gives(vectors, rows):
            return True
        with self._guard:
            seen_anew = self._look_again()
        return seen_anew and self._gives(vectors, rows)

    def _gives(self, vectors: Vectors, rows: Sequence[int]) -> bool:
        ids, matrix = vectors
        try:
            with self._guard:
                if not self._is_whole() or self._collection is None:
                    return not ids and self._collection is None
                if set(self._collection.get(include=[])["ids"]) != set(ids):
                    return False
            place = {chunk: row for row, chunk in enumerate(ids)}
            for start in range(0, len(rows), ASKED_AT_ONCE):
                asked = list(rows[start : start + ASKED_AT_ONCE])
                with self._guard:
                    found = _nearest(self._collection, matrix[asked], 1)
                if not all(map(_is_right, found, asked, [(place, matrix)] * len(asked))):
                    return False
        except BaseException as error:
            if not is_chromas(error):
                raise
            return False
        return True

    def renew(self) -> None:
        """Build it anew from what it was last brought to."""
        with self._guard:
            if self._latest is not None:
                revision, load = self._latest
                ids, matrix = load()
                self._renounce()
                self._build(ids, matrix)
                self._point(revision, len(ids), built=True)

    def broken(self) -> str:
        """What was wrong with the files that it found when it was opened; empty for nothing."""
        return self._broken

    def _patched(self, ids: list[str], matrix: NDArray[np.float32]) -> bool:
        """Upsert what is new and delete what is gone; False when building anew is better."""
        if self._collection is None:
            return False
        try:
            held = set(self._collection.get(include=[])["ids"])
            wanted = set(ids)
            gone = sorted(held - wanted)
            new = [row for row, chunk in enumerate(ids) if chunk not in held]
            changes = len(gone) + len(new)
            if changes > SMALL_INDEX and changes > LARGE_CHANGE * len(ids):
                return False
            _add(self._collection, ids, matrix, new)
            for start in range(0, len(gone), BATCH):
                self._collection.delete(ids=gone[start : start + BATCH])
            return _verified(self._collection, ids, matrix, first=new)
        except BaseException as error:
            if not is_chromas(error):
                raise
            return False

    def _build(self, ids: list[str], matrix: NDArray[np.float32]) -> None:
        try:
            self._start_anew()
            _add(self._collection, ids, matrix, range(len(ids)))
            whole = _verified(self._collection, ids, matrix)
        except BaseException as error:
            self._discard()
            if not is_chromas(error):
                raise
            raise StorageFailed(self._cannot(f"cannot be written ({reason_of(error)})")) from error
        if not whole:
            self._discard()
            raise StorageFailed(self._cannot("did not find its own vectors after a rebuild"))

    def _point(self, revision: str, count: int, *, built: bool) -> None:
        try:
            self._flip(revision, count)
        except BaseException as error:
            if built:  # what was patched is named already, and is whole at the next try
                self._discard()
            if not is_chromas(error):
                raise
            raise StorageFailed(self._cannot(f"cannot be written ({reason_of(error)})")) from error
        self._revision = revision

    @abstractmethod
    def look(self) -> None:
        """Raise `StorageFailed` when a server does not answer."""

    def _is_whole(self) -> bool:
        """Whether what lies behind it is as we left it, as far as that can be told."""
        return True

    def _look_again(self) -> bool:
        """Find what another process may have built meanwhile; False where no other can."""
        return False

    def _renounce(self) -> None:
        """Let go of a collection that gives wrong answers."""
        self._collection, self._revision = None, None

    @abstractmethod
    def _cannot(self, what: str) -> str: ...

    @abstractmethod
    def _reopen(self) -> None:
        """Find the collection that the pointer names, or none."""

    @abstractmethod
    def _start_anew(self) -> None:
        """Make an empty collection that the pointer does not name yet."""

    @abstractmethod
    def _discard(self) -> None:
        """Remove what was begun anew: each try that leaves its own would fill a disk for good."""

    @abstractmethod
    def _flip(self, revision: str, count: int) -> None:
        """Point at the current collection, and drop every other as far as that can be done now."""


def created(client: Any, name: str, metadata: dict[str, Any] | None = None) -> Any:
    """An empty collection with our settings for its graph."""
    return client.create_collection(
        name, configuration={"hnsw": HNSW}, metadata=metadata, embedding_function=None
    )


def _add(collection: Any, ids: list[str], matrix: NDArray[np.float32], rows: Sequence[int]) -> None:
    for start in range(0, len(rows), BATCH):
        part = list(rows[start : start + BATCH])
        collection.upsert(ids=[ids[row] for row in part], embeddings=matrix[part])


def _nearest(
    collection: Any, vectors: NDArray[np.float32], k: int
) -> list[list[tuple[str, float]]]:
    found = collection.query(query_embeddings=vectors, n_results=k, include=["distances"])
    return [
        sorted(
            ((c, round(1.0 - float(d), 6)) for c, d in zip(chunks, distances, strict=True)),
            key=lambda hit: (-hit[1], hit[0]),
        )
        for chunks, distances in zip(found["ids"], found["distances"], strict=True)
    ]


def _is_right(
    hits: list[tuple[str, float]], row: int, known: tuple[dict[str, int], NDArray[np.float32]]
) -> bool:
    """Whether the first hit is the passage asked for, or one whose vector is its equal in SQL."""
    place, matrix = known
    found = place.get(hits[0][0]) if hits else None
    return found is not None and (found == row or float(matrix[found] @ matrix[row]) >= SELF_COSINE)


def finds_all(collection: Any, vectors: NDArray[np.float32]) -> bool:
    """Whether vectors that are in the collection, or their equals, come first when asked for."""
    if not len(vectors):
        return True
    return all(hits and hits[0][1] >= SELF_COSINE for hits in _nearest(collection, vectors, 1))


def _verified(
    collection: Any, ids: list[str], matrix: NDArray[np.float32], first: Sequence[int] = ()
) -> bool:
    """Whether the count is right and vectors spread over old and new ones find themselves."""
    if collection.count() != len(ids):
        return False
    spread = range(0, len(ids), max(1, len(ids) // SELF_QUERIES))
    asked = {*spread, *first[:: max(1, len(first) // SELF_QUERIES)]}
    return finds_all(collection, matrix[sorted(asked)])


def is_chromas(error: BaseException) -> bool:
    """Whether the index is at fault, not the person who stopped us and not ourselves."""
    return not isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | TrailguideError)


def reason_of(error: BaseException) -> str:
    """The first line of what an error says, at most 160 characters."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:160]
