"""Leads to choose from as buttons, and the summary of the one that is pressed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.flow.finding_leads import leads_on_record
from bot.flow.lead_summary import lead_summary
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import words_lead
from bot.views.blocks import Message, Part, actions, button, message, section
from bot.views.lead_summary import summary_message
from knowledge.errors import BadInput
from knowledge.intake import FoundLead

MOST = 5


def lead_buttons(told: str, leads: Sequence[FoundLead]) -> Message:
    """A line and up to five leads; the id may be an address, so a button carries a mark of it."""
    offered = list(leads[:MOST])
    told_apart = zip(offered, words_lead.labels(offered), strict=True)
    row = [button(f"show_lead_{n}", name, _mark(k.id)) for n, (k, name) in enumerate(told_apart)]
    return message(told, [Part(section(told)), Part(actions(row))])


def show_lead(event: Incoming, edge: Edge) -> list[Reply]:
    """The summary of the lead whose button was pressed, in place of the buttons."""
    found = [k for k in leads_on_record(edge.tools) if _mark(k.id) == event.suggestion_id]
    if not found:
        raise BadInput(words_lead.NOBODY)
    shown = summary_message(lead_summary(found[0].id, event.user, edge.tools))
    return [Reply("lead", shown, event.channel, update_ts=event.ts)]


def _mark(lead_id: str) -> str:
    return f"lead-{hashlib.sha256(lead_id.encode()).hexdigest()[:16]}"
