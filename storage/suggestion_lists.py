"""The suggestion about a lead that waits for a decision."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from storage.database import Database
from storage.stored_suggestion import StoredSuggestion, restore
from storage.tables import SuggestionRow, SuggestionTextRow


def open_for(db: Database, lead_id: str, asked_by: str) -> StoredSuggestion | None:
    """The latest suggestion about a lead that waits for this person's decision, if any."""
    found = _found(
        db,
        1,
        col(SuggestionRow.lead_id) == lead_id,
        col(SuggestionRow.asked_by) == asked_by,
        col(SuggestionRow.state).in_(("pending", "edited")),
    )
    return found[0] if found else None


def _found(db: Database, most: int, *conditions: Any) -> list[StoredSuggestion]:
    query: Any = (
        select(SuggestionRow, SuggestionTextRow)
        .outerjoin(SuggestionTextRow, col(SuggestionTextRow.suggestion_id) == col(SuggestionRow.id))
        .where(*conditions)
        .order_by(col(SuggestionRow.created_at).desc(), col(SuggestionRow.id))
        .limit(most)
    )
    with db.read() as session:
        return [restore(row, texts) for row, texts in session.exec(query)]
