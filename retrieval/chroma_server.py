"""A Chroma server as the vector index, shared by several processes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from knowledge.errors import StorageFailed
from retrieval import chroma_address
from retrieval.chroma_address import beat, parts_of, place_of, server_of
from retrieval.chroma_sync import SyncedCollection, created, is_chromas, reason_of

BUILDING_SECONDS = 3600.0
"""For one build on a server; what is older was left by a bot that died meanwhile."""


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
        self._collection = created(self._client, f"{self._key}-{uuid.uuid4().hex[:8]}", state)

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
