"""What the library's pieces are called: ids, titles and addresses, without their texts."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from storage.database import Database
from storage.tables import AssetRow


def asset_titles(db: Database) -> list[tuple[str, str, str | None]]:
    """Id, title and address of every piece, by id."""
    query: Any = select(AssetRow.id, AssetRow.title, AssetRow.url).order_by(AssetRow.id)
    with db.read() as session:
        return [(i, title, url) for i, title, url in session.exec(query)]
