"""Chroma as the vector index: embedded in one process, or a server that several share.

SQL is the truth, so anything doubtful here is rebuilt rather than mended: build new, verify with
self-queries, flip the pointer, drop the old (decisions 1 to 3).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import StorageFailed, TrailguideError
from retrieval.directory_lock import DirectoryLock
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
SELF_QUERIES = 24
SELF_COSINE = 0.999


class _SyncedCollection:
    """What the embedded and the shared index have in common: one collection kept at a revision."""

    def __init__(self, name: str) -> None:
        words = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40].strip("-") or "index"
        self._key = f"{words}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        self._collection: Any = None
        self._revision: str | None = None
        self._latest: tuple[str, Callable[[], Vectors]] | None = None
        self._guard = threading.RLock()

    def sync(self, revision: str, load: Callable[[], Vectors]) -> None:
        """Bring the index to a revision: patch small changes, else build anew and flip."""
        with self._guard:
            self._latest = (revision, load)
            if revision == self._revision:
                return
            ids, matrix = load()
            if not self._patched(ids, matrix):
                self._build(ids, matrix)
            self._flip(revision, len(ids))
            self._revision = revision

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
                if not _is_chromas(error) or self._latest is None:
                    raise
            self._reopen()  # another owner of a server may have built anew
            if self._revision is None:
                self.sync(*self._latest)
            return _nearest(self._collection, vectors, k)

    def count(self) -> int:
        """Vectors in the index."""
        with self._guard:
            return int(self._collection.count()) if self._collection is not None else 0

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
            if not _is_chromas(error):
                raise
            return False

    def _build(self, ids: list[str], matrix: NDArray[np.float32]) -> None:
        try:
            self._start_anew()
            _add(self._collection, ids, matrix, range(len(ids)))
            whole = _verified(self._collection, ids, matrix)
        except BaseException as error:
            self._collection, self._revision = None, None
            if not _is_chromas(error):
                raise
            raise StorageFailed(self._cannot(f"cannot be written ({_reason(error)})")) from error
        if not whole:
            self._collection, self._revision = None, None
            raise StorageFailed(self._cannot("did not find its own vectors after a rebuild"))

    def _cannot(self, what: str) -> str:
        raise NotImplementedError

    def _reopen(self) -> None:
        """Find the collection that the pointer names, or none."""
        raise NotImplementedError

    def _start_anew(self) -> None:
        """Make an empty collection that the pointer does not name yet."""
        raise NotImplementedError

    def _flip(self, revision: str, count: int) -> None:
        """Point at the current collection and drop every other."""
        raise NotImplementedError


class ChromaIndex(_SyncedCollection):
    """Embedded Chroma under `path`, held by this object alone until `close`.

    `name` says whose vectors, of which model and chunker. Each build has a folder of its own and
    `<name>.json` points at the one in force. Raises `IndexBusy` when another owner holds `path`.
    """

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(name)
        self._path = path
        self._pointer = path / f"{self._key}.json"
        self._client: Any = None
        self._store: Path | None = None
        self._lock = DirectoryLock(path)
        self._reopen()

    def close(self) -> None:
        """Close the files and let the next owner in."""
        with self._guard:
            self._forget()
            self._lock.release()

    def _forget(self) -> None:
        if self._client is not None:
            try:
                self._client.close()
            except BaseException as error:
                if not _is_chromas(error):
                    raise
        self._client, self._collection, self._revision, self._store = None, None, None, None

    def _reopen(self) -> None:
        self._forget()
        try:
            pointer = json.loads(self._pointer.read_text(encoding="utf-8"))
            store = self._path / Path(pointer["store"]).name
            if not store.is_dir():
                return
            self._client, self._store = _embedded(store), store
            collection = self._client.get_collection(self._key, embedding_function=None)
            some = collection.get(limit=SELF_QUERIES, include=["embeddings"])
            vectors = np.asarray(some["embeddings"], dtype=np.float32)
            if _finds_all(collection, vectors):
                self._collection = collection
                if collection.count() == pointer["count"]:
                    self._revision = pointer["revision"]
            else:
                self._forget()
        except BaseException as error:
            if not _is_chromas(error):
                raise
            self._forget()

    def _start_anew(self) -> None:
        self._forget()
        self._store = self._path / f"{self._key}-{uuid.uuid4().hex[:8]}"
        self._store.mkdir(parents=True)
        self._client = _embedded(self._store)
        self._collection = _create(self._client, self._key)

    def _flip(self, revision: str, count: int) -> None:
        if self._store is None:  # sync has just patched or built, so there is one
            raise StorageFailed(self._cannot("is closed"))
        pointer = {"store": self._store.name, "revision": revision, "count": count}
        new = self._pointer.with_suffix(".new")
        new.write_text(json.dumps(pointer), encoding="utf-8")
        new.replace(self._pointer)
        for old in self._path.glob(f"{self._key}-*"):
            if old.is_dir() and old != self._store:
                shutil.rmtree(old, ignore_errors=True)

    def _cannot(self, what: str) -> str:
        return f"The vector index in {self._path} {what}; free some space or delete that folder."


class ChromaServerIndex(_SyncedCollection):
    """A collection on a Chroma server (`TRAILGUIDE_CHROMA_URL`), shared by several processes.

    Its metadata is the pointer: `ready` with a revision. Raises `StorageFailed` when unreachable.
    """

    def __init__(self, url: str, name: str) -> None:
        super().__init__(name)
        self._url = url
        self._client: Any = None
        self._reopen()

    def close(self) -> None:
        """Let go of the connection."""
        with self._guard:
            self._client, self._collection = None, None

    def _reopen(self) -> None:
        self._collection, self._revision = None, None
        try:
            self._client = self._client or _server(self._url)
            ready = [c for c in self._others() if (c.metadata or {}).get("state") == "ready"]
            if ready:
                newest = max(ready, key=lambda c: (c.metadata.get("built", 0), c.name))
                self._collection = self._client.get_collection(newest.name, embedding_function=None)
                self._revision = newest.metadata.get("revision")
        except BaseException as error:
            if not _is_chromas(error):
                raise
            raise StorageFailed(self._cannot(f"cannot be reached ({_reason(error)})")) from error

    def _others(self) -> Sequence[Any]:
        """This index's collections, whatever their state, except the current one."""
        mine = self._collection.name if self._collection is not None else ""
        everything = self._client.list_collections()
        return [c for c in everything if c.name.startswith(f"{self._key}-") and c.name != mine]

    def _start_anew(self) -> None:
        built = 1 + max(
            (int((c.metadata or {}).get("built", 0)) for c in self._others()), default=0
        )
        name = f"{self._key}-{uuid.uuid4().hex[:8]}"
        self._collection = _create(self._client, name, {"state": "building", "built": built})

    def _flip(self, revision: str, count: int) -> None:
        before = dict(self._collection.metadata or {})
        state = {"state": "ready", "revision": revision, "count": count}
        self._collection.modify(metadata=before | state)
        for old in self._others():  # one that is being built may be another process's
            if (old.metadata or {}).get("state") == "ready":
                self._client.delete_collection(old.name)

    def _cannot(self, what: str) -> str:
        return (
            f"The Chroma server at {self._url} {what}; start it, or unset TRAILGUIDE_CHROMA_URL "
            f"to use the embedded index."
        )


def _embedded(store: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(store), settings=Settings(anonymized_telemetry=False))


def _server(url: str) -> Any:
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url if "//" in url else f"http://{url}")
    ssl = parts.scheme == "https"
    return chromadb.HttpClient(
        host=parts.hostname or "localhost",
        port=parts.port or (443 if ssl else 8000),
        ssl=ssl,
        settings=Settings(anonymized_telemetry=False),
    )


def _create(client: Any, name: str, metadata: dict[str, Any] | None = None) -> Any:
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


def _finds_all(collection: Any, vectors: NDArray[np.float32]) -> bool:
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
    return _finds_all(collection, matrix[sorted(asked)])


def _is_chromas(error: BaseException) -> bool:
    """Whether the index is at fault, not the person who stopped us and not ourselves."""
    return not isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | TrailguideError)


def _reason(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:160]
