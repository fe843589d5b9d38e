"""What a lead was sent by approval, and until when it was put off, read from its suggestions."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from knowledge.leads import Action, HistoryEntry
from storage.tables import SuggestionRow


def touches_of(session: Session, lead_id: str, zone: str) -> tuple[HistoryEntry, ...]:
    """Each approved suggestion of a lead, once, oldest first: sent on the day told, or approved."""
    made: Any = SuggestionRow
    query = (
        select(made.decided_at, made.sent_on, made.asset_id)
        .where(SuggestionRow.lead_id == lead_id, SuggestionRow.state == "approved")
        .order_by(col(SuggestionRow.decided_at), col(SuggestionRow.id))
    )
    touches = [
        HistoryEntry(Action.SENT, on or at.astimezone(ZoneInfo(zone)).date(), asset_id)
        for at, on, asset_id in session.exec(query)
        if at is not None
    ]
    return tuple(sorted(touches, key=lambda touch: touch.on))


def snoozed_until(session: Session, lead_id: str) -> date | None:
    """The day that the lead's last decision put it off to; None when that was another one."""
    query = (
        select(SuggestionRow)
        .where(SuggestionRow.lead_id == lead_id, col(SuggestionRow.decided_at).is_not(None))
        .order_by(col(SuggestionRow.decided_at).desc(), col(SuggestionRow.created_at).desc())
        .limit(1)
    )
    last = session.exec(query).first()
    return last.snoozed_until if last and last.state == "snoozed" else None
