"""Everything held on one lead, for whoever asks what we know of them."""

from __future__ import annotations

from bot.flow.permitting import require
from bot.flow.tools import Tools
from knowledge.roles import Act
from storage.lead_export import Held, export_lead


def held_on(lead_id: str, by: str, tools: Tools) -> Held:
    """By table, every row about the lead; audited. `NotFound`, `NotAllowed`."""
    require(by, Act.EXPORT_LEAD, tools, about=lead_id)
    return export_lead(tools.db, tools.audit, lead_id, by)
