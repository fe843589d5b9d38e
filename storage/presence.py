"""Whether a lead is on record: what is written about it asks within the same transaction."""

from __future__ import annotations

from sqlmodel import Session

from knowledge.errors import NotFound
from storage.tables import LeadRow


def require_lead(session: Session, lead_id: str | None) -> LeadRow | None:
    """The row of `lead_id`, None for None; `NotFound` with a hint when there is no such lead.

    An answer may take a while, and the lead may be erased meanwhile: nothing of it may come back.
    """
    if lead_id is None:
        return None
    row = session.get(LeadRow, lead_id)
    if row is None:
        raise NotFound(
            f"There is no lead '{lead_id[:80]}'; add leads with `trailguide leads import CSV`, "
            "or give the facts along with the question."
        )
    return row
