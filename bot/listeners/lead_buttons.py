"""Leads to choose from as buttons, and the summary of the one that is pressed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.flow.finding_leads import leads_on_record
from bot.flow.lead_summary import lead_summary
from bot.flow.tools import Tools
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import words_lead
from bot.views.blocks import Message, Part, actions, button, message, section
from bot.views.lead_summary import mark_of_lead, summary_message
from knowledge.errors import BadInput
from knowledge.intake import FoundLead
from knowledge.personas import load_definitions

MOST = 5


def lead_buttons(told: str, leads: Sequence[FoundLead]) -> Message:
    """A line and up to five leads; the id may be an address, so a button carries a mark of it."""
    offered = list(leads[:MOST])
    told_apart = zip(offered, words_lead.labels(offered), strict=True)
    row = [button(f"show_lead_{n}", name, mark_of(k.id)) for n, (k, name) in enumerate(told_apart)]
    return message(told, [Part(section(told)), Part(actions(row))])


def show_lead(event: Incoming, edge: Edge) -> list[Reply]:
    """The summary of the lead whose button was pressed, in place of the buttons."""
    lead_id = lead_marked(event.suggestion_id, edge.tools)
    if lead_id is None:
        raise BadInput(words_lead.NOBODY)
    means = load_definitions(edge.tools.settings.home)
    shown = summary_message(lead_summary(lead_id, event.user, edge.tools), means)
    return [Reply("lead", shown, event.channel, update_ts=event.ts)]


def lead_marked(mark: str, tools: Tools) -> str | None:
    """The lead whose mark a button carries; None when it is not on record any more."""
    return next((k.id for k in leads_on_record(tools) if mark_of(k.id) == mark), None)


def mark_of(lead_id: str) -> str:
    """What stands for a lead where its id, which may be an address, must not."""
    return mark_of_lead(lead_id)
