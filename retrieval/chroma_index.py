"""Chroma as the vector index: embedded in one process, or a server that several share."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import StorageFailed
from retrieval import chroma_address
from retrieval.chroma_address import beat, parts_of, place_of, server_of
from retrieval.chroma_sync import SELF_QUERIES, SyncedCollection, finds_all, is_chromas, reason_of
from retrieval.directory_lock import DirectoryLock
from retrieval.store_seal import seal

HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 800, "max_neighbors": 32}
"""Top-100 recall on 5,000 random vectors, against the exact scan: 0.65 with the defaults (ef_search
100), 0.998 with ef_search 400, 1.0 with 800 at 6 ms a query (tests/test_vectors.py holds 0.99)."""

BUILDING_SECONDS = 3600.0
"""For one build on a server; what is older was left by a bot that died meanwhile."""


class ChromaIndex(SyncedCollection):
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
        self._seal = ""
        self._lock = DirectoryLock(path)
        self._drop_all_but(self._named())  # what a bot left that died while it built
        self._reopen()

    def look(self) -> None:
        """Nothing to ask: the files are ours until `close`."""

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
                if not is_chromas(error):
                    raise
        self._client, self._collection, self._revision, self._store = None, None, None, None

    def _reopen(self) -> None:
        self._forget()
        if not self._pointer.exists():
            return
        self._broken = "its files could not be read"
        try:
            pointer = json.loads(self._pointer.read_text(encoding="utf-8"))
            store = self._path / Path(pointer["store"]).name
            if not store.is_dir():
                self._broken = "its files were gone"
                return
            if "seal" not in pointer:  # of a version that set none
                self._broken = ""
                return
            if pointer["seal"] != seal(store):
                self._broken = "its files were changed by another"
                return
            self._client, self._store = _embedded(store), store
            collection = self._client.get_collection(self._key, embedding_function=None)
            some = collection.get(limit=SELF_QUERIES, include=["embeddings"])
            vectors = np.asarray(some["embeddings"], dtype=np.float32)
            if finds_all(collection, vectors):
                self._collection = collection
                if collection.count() == pointer["count"]:
                    self._revision = pointer["revision"]
                self._write_pointer(pointer)  # opening it changed its files
                self._broken = ""
            else:
                self._forget()
        except BaseException as error:
            if not is_chromas(error):
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
        self._write_pointer({"store": self._store.name, "revision": revision, "count": count})
        self._drop_all_but(self._store.name)

    def _discard(self) -> None:
        begun = self._store
        self._forget()
        if begun is not None:
            shutil.rmtree(begun, ignore_errors=True)

    def _drop_all_but(self, kept: str) -> None:
        for old in self._path.glob(f"{self._key}-*"):
            if old.is_dir() and old.name != kept:
                shutil.rmtree(old, ignore_errors=True)

    def _named(self) -> str:
        """The store that the pointer names; empty when there is none, or it cannot be read."""
        try:
            return Path(json.loads(self._pointer.read_text(encoding="utf-8"))["store"]).name
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _write_pointer(self, pointer: dict[str, Any]) -> None:
        """Point at a store as its files are now."""
        self._seal = seal(self._path / str(pointer["store"]))
        new = self._pointer.with_suffix(".new")
        new.write_text(json.dumps({**pointer, "seal": self._seal}), encoding="utf-8")
        new.replace(self._pointer)

    def _is_whole(self) -> bool:
        """Whether the files are as we left them; what is in memory may hide that they are not."""
        return (
            self._store is not None and self._pointer.exists() and seal(self._store) == self._seal
        )

    def _cannot(self, what: str) -> str:
        return f"The vector index in {self._path} {what}; free some space or delete that folder."


class ChromaServerIndex(SyncedCollection):
    """A collection on a Chroma server (`TRAILGUIDE_CHROMA_URL`), shared by several processes.

    A path behind the address sets the collections of one installation apart from another's. The
    collection's metadata is the pointer: `ready` with a revision. It is opened when it is first
    used, so nobody's start waits for a server; whatever uses it raises `StorageFailed` when
    unreachable.
    """

    def __init__(self, url: str, name: str) -> None:
        super().__init__(f"{parts_of(url).path.strip('/')} {name}".strip())
        self._url = url
        self._client: Any = None
        self._wrong: set[str] = set()

    def look(self) -> None:
        """Raise `StorageFailed` when the server does not answer."""
        try:
            beat(self._url)
        except BaseException as error:
            if not is_chromas(error):
                raise
            raise StorageFailed(self._cannot(f"cannot be reached ({reason_of(error)})")) from error

    def close(self) -> None:
        """Let go of the connection."""
        with self._guard:
            self._client, self._collection = None, None

    def _reopen(self) -> None:
        self._collection, self._revision = None, None
        try:
            self._client = self._client or _server(self._url)
            ready = [c for c in self._others() if (c.metadata or {}).get("state") == "ready"]
            ready = [c for c in ready if c.name not in self._wrong]
            if ready:
                newest = max(ready, key=lambda c: (c.metadata.get("built", 0), c.name))
                self._collection = self._client.get_collection(newest.name, embedding_function=None)
                self._revision = newest.metadata.get("revision")
        except BaseException as error:
            if not is_chromas(error):
                raise
            raise StorageFailed(self._cannot(f"cannot be reached ({reason_of(error)})")) from error

    def _look_again(self) -> bool:
        self._reopen()  # a bot that builds anew drops what the others hold
        return True

    def _renounce(self) -> None:
        if self._collection is not None:  # it is at its revision, so it would be taken up again
            self._wrong.add(self._collection.name)
        super()._renounce()

    def _others(self) -> Sequence[Any]:
        """This index's collections, whatever their state, except the current one."""
        mine = self._collection.name if self._collection is not None else ""
        everything = self._client.list_collections()
        return [c for c in everything if c.name.startswith(f"{self._key}-") and c.name != mine]

    def _start_anew(self) -> None:
        self._collection = None
        built = 1 + max(
            (int((c.metadata or {}).get("built", 0)) for c in self._others()), default=0
        )
        state = {"state": "building", "built": built, "began": int(time.time())}
        self._collection = _create(self._client, f"{self._key}-{uuid.uuid4().hex[:8]}", state)

    def _discard(self) -> None:
        begun, self._collection, self._revision = self._collection, None, None
        if begun is not None:
            try:
                self._client.delete_collection(begun.name)
            except BaseException as error:  # it is dropped when it is old
                if not is_chromas(error):
                    raise

    def _flip(self, revision: str, count: int) -> None:
        before = dict(self._collection.metadata or {})
        state = {"state": "ready", "revision": revision, "count": count}
        self._collection.modify(metadata=before | state)
        try:
            self._drop_others()
        except BaseException as error:  # the next flip drops what is left
            if not is_chromas(error):
                raise

    def _drop_others(self) -> None:
        from chromadb.errors import NotFoundError

        for old in self._others():
            if _is_over(old.metadata or {}):
                with suppress(NotFoundError):  # another bot was quicker
                    self._client.delete_collection(old.name)

    def _cannot(self, what: str) -> str:
        return (
            f"The Chroma server at {place_of(self._url)} {what}; start it, or unset "
            "TRAILGUIDE_CHROMA_URL to use the embedded index."
        )


def drop_collections(url: str, prefix: str) -> int:
    """Delete every collection on a server whose name begins so; return how many.

    Raises `StorageFailed` when the server cannot be reached.
    """
    try:
        client = _server(url)
        ours = [c.name for c in client.list_collections() if c.name.startswith(prefix)]
        for name in ours:
            client.delete_collection(name)
    except BaseException as error:
        if not is_chromas(error):
            raise
        raise StorageFailed(
            f"The Chroma server at {place_of(url)} cannot be reached ({reason_of(error)}); "
            "start it."
        ) from error
    return len(ours)


def _is_over(metadata: Mapping[str, Any]) -> bool:
    """Whether a collection is not in force any more, and is not being built by another bot."""
    began = float(metadata.get("began", 0))
    is_left = metadata.get("state") == "building" and time.time() - began >= BUILDING_SECONDS
    return metadata.get("state") == "ready" or is_left


def _embedded(store: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(store), settings=Settings(anonymized_telemetry=False))


def _server(url: str) -> Any:
    import chromadb
    from chromadb.config import Settings

    host, port, ssl = server_of(url)
    beat(url)
    client: Any = chromadb.HttpClient(
        host=host, port=port, ssl=ssl, settings=Settings(anonymized_telemetry=False)
    )
    session = client._server._session  # noqa: SLF001 - Chroma itself waits for ever
    session.timeout = chroma_address.ANSWER_SECONDS
    return client


def _create(client: Any, name: str, metadata: dict[str, Any] | None = None) -> Any:
    return client.create_collection(
        name, configuration={"hnsw": HNSW}, metadata=metadata, embedding_function=None
    )
