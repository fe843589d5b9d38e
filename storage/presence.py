"""Whether a lead is on record, and a piece in use: asked within the transaction that writes."""

from __future__ import annotations

from sqlmodel import Session, select

from knowledge.assets import AssetStatus
from knowledge.errors import BadInput, NotFound
from storage.tables import AssetRow, LeadRow


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


def require_in_use(session: Session, asset_id: str | None) -> None:
    """Refuse a piece that was retired while the suggestion was made: no card may name it."""
    query = select(AssetRow.status, AssetRow.dead_at).where(AssetRow.id == asset_id)
    found = session.exec(query).first() if asset_id else None
    if found is not None and (found[0] != AssetStatus.APPROVED.value or found[1] is not None):
        raise BadInput(
            "The piece I chose was taken out of the library this moment; ask once more for another."
        )
