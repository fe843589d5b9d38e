"""What retrieval may see of the library: approved assets, their chunks and vectors.

Status stands on the asset row alone, so a retired asset leaves every answer here at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, Select, Table, insert, select
from sqlmodel import Session

from knowledge.assets import Asset, AssetStatus, Chunk
from knowledge.buyer_questions import BuyerQuestion
from knowledge.clock import Clock
from knowledge.errors import StorageFailed
from knowledge.journey import AssetType, Stage
from storage import revision
from storage.columns import metadata
from storage.database import Database, batches
from storage.tables import AssetRow

ASSET: Table = metadata.tables["asset"]
CHUNK: Table = metadata.tables["chunk"]
VECTOR: Table = metadata.tables["vector"]
IN_USE: ColumnElement[bool] = (ASSET.c.status == AssetStatus.APPROVED.value) & (
    ASSET.c.dead_at.is_(None)
)
"""What may be suggested: approved, and its address opens."""
# Plain rows, not objects: ten thousand assets are read at a start, and objects take thrice as long.


class Catalogue:
    """The reading side of the library, for search."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def revision(self) -> str:
        """A word that changes whenever anything that search depends on changes."""
        with self._db.read() as session:
            return revision.current(session)

    def any_approved(self) -> bool:
        """Whether there is anything to search."""
        query = select(ASSET.c.id).where(IN_USE).limit(1)
        with self._db.read() as session:
            return session.execute(query).first() is not None

    def approved(self, ids: Collection[str] | None = None) -> dict[str, Asset]:
        """Approved assets by id: all, or those among `ids`."""
        query = select(ASSET).where(IN_USE)
        with self._db.read() as session:
            return {r.id: to_asset(r) for r in _rows(session, query, ASSET.c.id, ids)}

    def approved_ids(self, ids: Collection[str]) -> set[str]:
        """Those of `ids` that are approved."""
        with self._db.read() as session:
            return _approved_ids(session, ids)

    def chunks(self, ids: Collection[str] | None = None) -> dict[str, Chunk]:
        """Chunks of approved assets by chunk id: all, or those whose chunk id is among `ids`."""
        with self._db.read() as session:
            if ids is None:
                return {r.id: _chunk(r) for r in session.execute(_approved_chunks())}
            # One step after the other: joined, SQLite goes through all approved assets for a few.
            found = list(_rows(session, select(CHUNK), CHUNK.c.id, ids))
            approved = _approved_ids(session, {r.asset_id for r in found})
            return {r.id: _chunk(r) for r in found if r.asset_id in approved}

    def order(self) -> list[tuple[str, str]]:
        """(asset id, chunk id) of approved assets, an asset's chunks together in reading order."""
        query = (
            select(CHUNK.c.asset_id, CHUNK.c.ordinal, CHUNK.c.id)
            .join(ASSET, ASSET.c.id == CHUNK.c.asset_id)
            .where(IN_USE)
        )
        with self._db.read() as session:
            # sorted here: a database has its own alphabet
            return [
                (asset, chunk) for asset, _, chunk in sorted(map(tuple, session.execute(query)))
            ]

    def vectors(self, model: str) -> tuple[list[str], NDArray[np.float32]]:
        """Chunk ids of approved assets, in order, and their vectors by this model, (n, d) float32.

        Without any, the array is (0, 0).
        """
        query = (
            select(VECTOR.c.chunk_id, VECTOR.c.vector)
            .join(CHUNK, CHUNK.c.id == VECTOR.c.chunk_id)
            .join(ASSET, ASSET.c.id == CHUNK.c.asset_id)
            .where(VECTOR.c.model == model, IN_USE)
        )
        with self._db.read() as session:
            # sorted here: the database would carry the blobs along, and have its own alphabet
            rows = sorted(session.execute(query), key=lambda row: str(row.chunk_id))
        if not rows:
            return [], np.zeros((0, 0), np.float32)
        if len({len(row.vector) for row in rows}) > 1:
            raise StorageFailed(
                f"The vectors of model '{model}' in {self._db.where} differ in length; "
                "remove them, and Trailguide makes them anew."
            )
        flat = np.frombuffer(b"".join(row.vector for row in rows), dtype="<f4")
        return [row.chunk_id for row in rows], flat.astype(np.float32).reshape(len(rows), -1)

    def known_vectors(self, chunk_ids: Collection[str], model: str) -> set[str]:
        """Those of `chunk_ids` that have a vector by this model already."""
        with self._db.read() as session:
            return known_vectors(session, chunk_ids, model)

    def missing_vectors(self, model: str) -> list[Chunk]:
        """Chunks of approved assets that lack a vector by this model."""
        query = (
            _approved_chunks()
            .outerjoin(VECTOR, (VECTOR.c.chunk_id == CHUNK.c.id) & (VECTOR.c.model == model))
            .where(VECTOR.c.chunk_id.is_(None))
            .order_by(CHUNK.c.asset_id, CHUNK.c.ordinal)
        )
        with self._db.read() as session:
            return [_chunk(row) for row in session.execute(query)]

    def add_vectors(self, model: str, vectors: Mapping[str, NDArray[np.float32]]) -> int:
        """Keep vectors of stored chunks, 1-D each; return how many were new.

        Those of chunks that have gone meanwhile are dropped.
        """
        with self._db.write() as session:
            stored = {
                row.id for row in _rows(session, select(CHUNK.c.id), CHUNK.c.id, vectors.keys())
            }
            added = store_vectors(session, model, {k: vectors[k] for k in stored})
            if added:
                revision.bump(session)
            return added


def known_vectors(session: Session, chunk_ids: Collection[str], model: str) -> set[str]:
    """Those of `chunk_ids` that have a vector by this model."""
    query = select(VECTOR.c.chunk_id).where(VECTOR.c.model == model)
    return {row.chunk_id for row in _rows(session, query, VECTOR.c.chunk_id, chunk_ids)}


def store_vectors(session: Session, model: str, vectors: Mapping[str, NDArray[np.float32]]) -> int:
    """Keep vectors that are not known yet, as little-endian float32; return how many."""
    fresh = sorted(vectors.keys() - known_vectors(session, vectors.keys(), model))
    if fresh:
        session.execute(
            insert(VECTOR),
            [{"chunk_id": k, "model": model, "vector": _blob(vectors[k])} for k in fresh],
        )
    return len(fresh)


def to_asset(row: Row[Any] | AssetRow) -> Asset:
    """The asset that a row of table `asset` holds."""
    return Asset(
        id=row.id,
        title=row.title,
        type=AssetType(row.type),
        text=row.text,
        source=row.source,
        folder=row.folder,
        url=row.url,
        description=row.description,
        stages=tuple(Stage(s) for s in row.stages),
        personas=tuple(row.personas),
        industries=tuple(row.industries),
        topics=tuple(row.topics),
        buyer_questions=tuple(BuyerQuestion(q) for q in row.buyer_questions or ()),
        published=row.published,
        language=row.language,
        status=AssetStatus(row.status),
        hype=row.hype,
        hype_overruled=row.hype_overruled,
        owner=row.owner,
        added_by=row.added_by,
        version=row.version,
        dead=row.dead_at is not None,
        review_by=row.review_by,
        type_guessed=row.type_guessed,
    )


def _approved_ids(session: Session, ids: Collection[str]) -> set[str]:
    query = select(ASSET.c.id).where(IN_USE)
    return {row.id for row in _rows(session, query, ASSET.c.id, ids)}


def _approved_chunks() -> Select[Any]:
    return select(CHUNK).join(ASSET, ASSET.c.id == CHUNK.c.asset_id).where(IN_USE)


def _rows(
    session: Session, query: Select[Any], key: ColumnElement[str], ids: Collection[str] | None
) -> Iterator[Row[Any]]:
    if ids is None:
        yield from session.execute(query)
        return
    for batch in batches(ids):
        yield from session.execute(query.where(key.in_(batch)))


def _chunk(row: Row[Any]) -> Chunk:
    return Chunk(row.id, row.asset_id, row.ordinal, row.heading, row.text)


def _blob(vector: NDArray[np.float32]) -> bytes:
    if vector.ndim != 1:
        raise ValueError(f"A vector has one dimension, not {vector.ndim}.")
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()
