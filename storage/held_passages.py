"""The vectors of every piece in use, drafts included: what a new piece is compared with."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from knowledge.assets import Asset, AssetStatus
from storage.catalogue import ASSET, CHUNK, VECTOR, to_asset
from storage.database import Database, batches


def held_passages(
    db: Database, model: str, without: str = ""
) -> tuple[list[str], NDArray[np.float32]]:
    """Asset ids and their passages' rows (n, d) by this model; retired pieces and one id left out.

    Without any, the array is (0, 0).
    """
    query = (
        select(CHUNK.c.asset_id, CHUNK.c.id, VECTOR.c.vector)
        .join(VECTOR, VECTOR.c.chunk_id == CHUNK.c.id)
        .join(ASSET, ASSET.c.id == CHUNK.c.asset_id)
        .where(
            VECTOR.c.model == model,
            ASSET.c.status != AssetStatus.RETIRED.value,
            ASSET.c.id != without,
        )
    )
    with db.read() as session:
        # sorted here: a database has its own alphabet
        rows = sorted(session.execute(query), key=lambda row: (row.asset_id, row.id))
    if not rows:
        return [], np.zeros((0, 0), np.float32)
    flat = np.frombuffer(b"".join(row.vector for row in rows), dtype="<f4")
    return [row.asset_id for row in rows], flat.astype(np.float32).reshape(len(rows), -1)


def assets_by_id(db: Database, ids: Collection[str]) -> dict[str, Asset]:
    """The pieces with these ids, whatever their status."""
    found: dict[str, Asset] = {}
    with db.read() as session:
        for batch in batches(ids):
            rows = session.execute(select(ASSET).where(ASSET.c.id.in_(batch)))
            found.update({row.id: to_asset(row) for row in rows})
    return {name: found[name] for name in ids if name in found}


def links(db: Database) -> list[tuple[str, str, str | None]]:
    """(id, source, url) of every piece in use, by id: to tell that a link is there already."""
    query = select(ASSET.c.id, ASSET.c.source, ASSET.c.url).where(
        ASSET.c.status != AssetStatus.RETIRED.value
    )
    with db.read() as session:
        return sorted((row.id, row.source, row.url) for row in session.execute(query))
