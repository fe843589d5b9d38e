"""The press of a button that says which of several leads is meant."""

from __future__ import annotations

from dataclasses import replace

from bot.listeners import asking, offering_leads
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape, words_lead
from bot.views.blocks import Part, message, section
from bot.views.words import ONLY_ASKER
from knowledge.errors import BadInput, NotFound


def chosen(event: Incoming, edge: Edge) -> list[Reply]:
    """Answer what was asked before, for the lead that was pressed, and say so in its place."""
    name, _, number = event.suggestion_id.rpartition("-")
    held = offering_leads.held(name, edge)
    if held is None:
        raise BadInput(words_lead.FORGOTTEN)
    asked, leads = held
    if asked.user != event.user:
        raise BadInput(ONLY_ASKER)
    lead_id = leads[int(number)]
    try:
        facts = edge.tools.leads.get(lead_id).facts
    except NotFound:
        raise BadInput(words_lead.FORGOTTEN) from None
    said = words_lead.chosen(facts.name or "", facts.company or "")
    done = Reply(
        "chosen",
        message(said, [Part(section(escape.mrkdwn(said, 300)))]),
        event.channel,
        update_ts=event.ts,
    )
    # One card for each lead, however often its button is pressed.
    answered = replace(asked, key=f"{asked.key}:{number}")
    return [done, *asking.answer(answered, edge, lead_id=lead_id)]
