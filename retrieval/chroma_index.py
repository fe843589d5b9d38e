"""Chroma as the vector index, embedded in one process: files that are sealed, and a pointer."""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import StorageFailed
from retrieval.chroma_sync import SELF_QUERIES, SyncedCollection, created, finds_all, is_chromas
from retrieval.directory_lock import DirectoryLock
from retrieval.store_seal import seal


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
        self._collection = created(self._client, self._key)

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


def _embedded(store: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(store), settings=Settings(anonymized_telemetry=False))
