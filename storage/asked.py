"""What a person asked about: their latest card in a channel, and whose next touch is due."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import col, select

from storage.database import Database
from storage.tables import SuggestionRow


class Asked:
    """Suggestions by who asked for them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def latest_card(self, user: str, channel: str, since: datetime) -> str | None:
        """The id of the newest suggestion for a person whose card stands in this channel."""
        query = (
            select(SuggestionRow.id)
            .where(
                SuggestionRow.asked_by == user,
                SuggestionRow.card_channel == channel,
                col(SuggestionRow.created_at) >= since,
            )
            .order_by(col(SuggestionRow.created_at).desc(), col(SuggestionRow.card_ts).desc())
            .limit(1)
        )
        with self._db.read() as session:
            return session.exec(query).first()

    def leads(self, user: str, today: date, most: int) -> list[str]:
        """Leads a person asked about: those due by their last suggestion, then the latest."""
        query = (
            select(col(SuggestionRow.lead_id), col(SuggestionRow.act_on))
            .where(SuggestionRow.asked_by == user, col(SuggestionRow.lead_id).is_not(None))
            .where(SuggestionRow.rule != "opted_out")
            .order_by(col(SuggestionRow.created_at).desc())
            .limit(200)
        )
        last: dict[str, date | None] = {}
        with self._db.read() as session:
            for lead_id, act_on in session.exec(query):
                last.setdefault(str(lead_id), act_on)
        due = [lead for lead, on in last.items() if on is not None and on <= today]
        return list(dict.fromkeys((*due, *last)))[:most]
