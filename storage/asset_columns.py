"""An asset and its passages as columns of their tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knowledge.assets import Asset, Chunk
from storage.tables import AssetRow


def columns_of(asset: Asset) -> dict[str, Any]:
    """What the source and its audit say, as columns: all but status and the reviewers' words."""
    return {
        "id": asset.id,
        "title": asset.title,
        "type": asset.type.value,
        "text": asset.text,
        "source": asset.source,
        "folder": asset.folder,
        "url": asset.url,
        "description": asset.description,
        "stages": [s.value for s in asset.stages],
        "personas": list(asset.personas),
        "industries": list(asset.industries),
        "topics": list(asset.topics),
        "buyer_questions": [q.value for q in asset.buyer_questions],
        "published": asset.published,
        "language": asset.language,
        "hype": asset.hype,
        "owner": asset.owner,
        "review_by": asset.review_by,
        "type_guessed": asset.type_guessed,
        "content_hash": asset.content_hash,
    }


def other_fields(row: AssetRow, fields: Mapping[str, Any]) -> list[str]:
    """The names of the columns that say something else in `fields`."""
    return [name for name in fields if getattr(row, name) != fields[name]]


def chunk_columns(chunk: Chunk) -> dict[str, Any]:
    """What a passage is kept as."""
    return {
        "id": chunk.id,
        "asset_id": chunk.asset_id,
        "ordinal": chunk.ordinal,
        "heading": chunk.heading,
        "text": chunk.text,
    }
