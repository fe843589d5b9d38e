"""Pieces that came into use after a day: what a long-term lead may hear of (M55)."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from knowledge.assets import AssetStatus
from storage.database import Database
from storage.tables import AssetRow


def approved_on(db: Database, zone: str) -> dict[str, date]:
    """By id of each piece in use, the day of `zone` (an IANA name) on which it was approved."""
    team = ZoneInfo(zone)
    query: Any = select(AssetRow.id, AssetRow.approved_at).where(
        AssetRow.status == AssetStatus.APPROVED.value, col(AssetRow.approved_at).is_not(None)
    )
    with db.read() as session:
        return {i: at.astimezone(team).date() for i, at in session.exec(query)}
