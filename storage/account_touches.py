"""Our touches of many leads, with who made each: told in the history, or approved here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from knowledge.leads import TOUCHES, Action
from storage.database import Database, batches
from storage.tables import LeadHistoryRow, SuggestionRow


@dataclass(frozen=True, slots=True)
class LeadTouch:
    """One touch of a lead: the day, what was done, with which piece, by whom ("" for unknown)."""

    lead_id: str
    on: date
    action: Action
    asset_id: str | None
    by: str


def touches_of_leads(
    db: Database, lead_ids: Collection[str], zone: str
) -> dict[str, list[LeadTouch]]:
    """By lead id, every touch, oldest first; what was approved here counts as sent, once."""
    found: dict[str, list[LeadTouch]] = defaultdict(list)
    team = ZoneInfo(zone)
    act, made = LeadHistoryRow, SuggestionRow
    columns: Any = (act.lead_id, act.happened_on, act.action, act.asset_id, act.told_by)
    chosen: Any = (made.lead_id, made.decided_at, made.sent_on, made.asset_id, made.sent_by,
                   made.decided_by)  # fmt: skip
    with db.read() as session:
        for ids in batches(sorted(lead_ids)):
            told: Any = select(*columns).where(
                col(act.lead_id).in_(ids), col(act.action).in_(sorted(TOUCHES))
            )
            for lead_id, on, action, asset_id, by in session.exec(told.order_by(col(act.id))):
                found[lead_id].append(LeadTouch(lead_id, on, Action(action), asset_id or None, by))
            sent: Any = select(*chosen).where(
                col(made.lead_id).in_(ids), made.state == "approved",
                col(made.decided_at).is_not(None),
            )  # fmt: skip
            for lead_id, at, on, asset_id, sent_by, by in session.exec(sent):
                known = {(t.asset_id, t.action) for t in found[lead_id]}
                if (asset_id, Action.SENT) not in known:
                    day = on or at.astimezone(team).date()
                    who = sent_by or by or ""
                    found[lead_id].append(LeadTouch(lead_id, day, Action.SENT, asset_id, who))
    return {lead_id: sorted(touches, key=lambda t: t.on) for lead_id, touches in found.items()}
