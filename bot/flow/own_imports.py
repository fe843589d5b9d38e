"""What a rep may bring in: leads of their own, and never over a colleague's (M53)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.flow.lead_intake import Incoming, mails
from bot.flow.tools import Tools
from bot.flow.whose import Person

Keep = Callable[[Incoming], Incoming | None]
"""The lead as it may come in, or None for one that may not."""


def only_own(person: Person, tools: Tools) -> Keep:
    """Keeps leads that are the person's or nobody's; a new one without an owner becomes theirs."""
    known = mails(tools)
    owners = {lead_id: facts.owner or "" for lead_id, facts in tools.leads.all()}

    def keep(came: Incoming) -> Incoming | None:
        told = came.facts.owner or ""
        lead_id = came.lead_id or known.get((came.email or "").casefold(), "")
        held = owners.get(lead_id, "")
        if any(owner and not person.is_called(owner) for owner in (told, held)):
            return None
        if told or held:
            return came
        return replace(came, facts=replace(came.facts, owner=person.user))

    return keep
