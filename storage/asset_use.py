"""How pieces are used: approvals, what leads were sent before, and what reps said of them."""

from __future__ import annotations

from collections import Counter

from sqlmodel import col, func, select

from knowledge.leads import TOUCHES
from knowledge.library_health import Use
from storage.database import Database
from storage.tables import LeadHistoryRow, SuggestionRow, TouchOutcomeRow


def asset_use(db: Database) -> dict[str, Use]:
    """The use of each piece by its id; one that was never used is left out. Three queries."""
    approved = (
        select(SuggestionRow.asset_id, func.count())
        .where(SuggestionRow.state == "approved", col(SuggestionRow.asset_id).is_not(None))
        .group_by(col(SuggestionRow.asset_id))
    )
    sent = (
        select(LeadHistoryRow.asset_id, func.count())
        .where(col(LeadHistoryRow.action).in_(sorted(TOUCHES)), LeadHistoryRow.asset_id != "")
        .group_by(col(LeadHistoryRow.asset_id))
    )
    answers = (
        select(SuggestionRow.asset_id, TouchOutcomeRow.helped, func.count())
        .join(TouchOutcomeRow, col(TouchOutcomeRow.suggestion_id) == SuggestionRow.id)
        .where(col(TouchOutcomeRow.helped).is_not(None))
        .group_by(col(SuggestionRow.asset_id), col(TouchOutcomeRow.helped))
    )
    used: Counter[str] = Counter()
    said: Counter[tuple[str, bool]] = Counter()
    with db.read() as session:
        for query in (approved, sent):
            for asset_id, count in session.exec(query):
                used[str(asset_id)] += count
        for asset_id, helped, count in session.exec(answers):
            said[str(asset_id), bool(helped)] += count
    known = used.keys() | {asset_id for asset_id, _ in said}
    return {i: Use(used[i], said[i, True], said[i, False]) for i in known}
