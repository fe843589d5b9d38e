"""The leads to offer a rep first: those that are due, that they asked about, or that are theirs."""

from __future__ import annotations

from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.errors import NotFound
from storage.asked import Asked


def first_leads(user: str, tools: Tools, most: int) -> list[str]:
    """Names of up to `most` leads for this person; a lead without a name goes by its company.

    A lead who opted out is not offered.
    """
    today = team_date(tools.clock, tools.settings.time_zone)
    asked = Asked(tools.db).leads(user, today, most)
    owned = [lead for lead, facts in tools.leads.all() if facts.owner == user] if user else []
    names: list[str] = []
    for lead_id in dict.fromkeys((*asked, *owned)):
        try:
            facts = tools.leads.get(lead_id).facts
        except NotFound:  # erased since
            continue
        called = facts.name or facts.company
        if called and not facts.opted_out:
            names.append(called)
        if len(names) == most:
            break
    return names
