"""Taking pending cards back when their piece leaves the library, in the transaction of that."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from storage import notices
from storage.audit import Audit
from storage.database import batches
from storage.tables import SuggestionRow

WITHDRAWN = "withdrawn"
_OPEN = ("pending", "edited")


def withdraw_cards(
    session: Session,
    asset_ids: Collection[str],
    by: str,
    because: str,
    *,
    audit: Audit | None,
    now: datetime,
) -> int:
    """Withdraw every open suggestion of these pieces; return how many.

    Each is audited, and whoever has its card is left a message. `because` is a label.
    """
    count = 0
    for batch in batches(asset_ids):
        query = select(SuggestionRow).where(
            col(SuggestionRow.asset_id).in_(batch),
            col(SuggestionRow.state).in_(_OPEN),
        )
        for row in session.exec(query.order_by(col(SuggestionRow.id))).all():
            row.state, row.withdrawn_at, row.withdrawn_because = WITHDRAWN, now, because
            session.add(row)
            count += 1
            if audit is not None:
                data = {"asset": row.asset_id, "because": because}
                audit.append(session, "suggestion.withdrawn", row.id, by, data)
            notices.leave(
                session, f"{WITHDRAWN}:{row.id}", WITHDRAWN, now, to=row.asked_by or "",
                about=row.id, lane=f"card:{row.id}",
            )  # fmt: skip
    return count
