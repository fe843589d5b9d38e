"""The leads to offer a rep first: those that are due, that they asked about, or that are theirs."""

from __future__ import annotations

from bot.flow.tools import Tools
from bot.flow.whose import Person
from knowledge.channels import open_channels
from knowledge.clock import team_date
from knowledge.errors import NotFound
from knowledge.lead_record import asked_us_to_stop
from storage.asked import Asked


def first_leads(user: str, tools: Tools, most: int, *, mail: str = "") -> list[str]:
    """Names of up to `most` leads for this person; a lead without a name goes by its company.

    An owner is told by Slack id, or by the address `mail`. A lead who opted out of every channel,
    or asked us to stop, is not offered.
    """
    today = team_date(tools.clock, tools.settings.time_zone)
    asked = Asked(tools.db).leads(user, today, most)
    person = Person(user, (mail,))
    owned = [i for i, f in tools.leads.all() if f.owner and person.is_called(f.owner)]
    names: list[str] = []
    for lead_id in dict.fromkeys((*asked, *owned)):
        try:
            lead = tools.leads.get(lead_id)
        except NotFound:  # erased since
            continue
        called = lead.facts.name or lead.facts.company
        if called and open_channels(lead) and not asked_us_to_stop(lead, today):
            names.append(called)
        if len(names) == most:
            break
    return names
