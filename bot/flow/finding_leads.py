"""Finding leads on record by a piece of a name, a company or a mail address, typed in haste."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from bot.flow.tools import Tools
from knowledge.intake import FoundLead

LIKE = 80.0
"""rapidfuzz partial ratio (0 to 100): a slip in a surname of six letters scores 83."""
NEAR = 65.0
"""The same, for a name to offer when nothing fits: half of a name is right."""
SHORTEST_FUZZY = 3
"""Of fewer letters nearly every name holds a likeness; those must begin a word."""


def leads_on_record(tools: Tools) -> list[FoundLead]:
    """Every lead, by name, then company."""
    known = [FoundLead(i, n or "", c or "", m or "") for i, n, c, m in tools.leads.names()]
    return sorted(known, key=lambda k: (k.name.casefold() or "\uffff", k.company.casefold(), k.id))


def leads_like(typed: str, tools: Tools, most: int = 20) -> list[FoundLead]:
    """Leads that what was typed so far may mean, the likeliest first; all when nothing was typed.

    Words that begin a name, a company or an address come before words that are only like one.
    """
    known = leads_on_record(tools)
    if not (said := typed.strip().casefold()):
        return known[:most]
    rated = ((k, _likeness(said, k)) for k in known)
    found = sorted((r for r in rated if r[1] >= LIKE), key=lambda r: -r[1])
    return [lead for lead, _ in found[:most]]


def leads_meant(typed: str, tools: Tools) -> list[FoundLead]:
    """Leads that a whole name, id, address or company names; several when it fits several."""
    return leads_among(typed, leads_on_record(tools))


def leads_among(typed: str, known: list[FoundLead]) -> list[FoundLead]:
    """The same, of leads that were read before."""
    said = " ".join(typed.casefold().split())
    for exact in (
        [k for k in known if said in {k.id.casefold(), k.email.casefold()}],
        [k for k in known if said in {k.name.casefold(), k.company.casefold()}],
        [k for k in known if _begins(said, k)],
    ):
        if exact:
            return exact
    return []


def leads_near(typed: str, tools: Tools, most: int = 3) -> list[FoundLead]:
    """Leads to offer when a name fits nobody, the likeliest first."""
    said = typed.strip().casefold()
    rated = ((k, _likeness(said, k)) for k in leads_on_record(tools))
    found = sorted((r for r in rated if r[1] >= NEAR), key=lambda r: -r[1])
    return [lead for lead, _ in found[:most]]


def named_exactly(name: str, company: str, tools: Tools) -> list[FoundLead]:
    """Leads with this very name, at this company where both say one."""
    said, at = name.strip().casefold(), company.strip().casefold()
    same = [k for k in leads_on_record(tools) if k.name.casefold() == said] if said else []
    return [k for k in same if not at or not k.company or k.company.casefold() == at]


def _likeness(said: str, lead: FoundLead) -> float:
    if _begins(said, lead):
        return 200.0 + fuzz.ratio(said, lead.name.casefold())
    if len(said) < SHORTEST_FUZZY:
        return 0.0
    sides = (lead.name, lead.company, lead.email.partition("@")[0])
    # A short name inside a long search would be a perfect likeness to it.
    return max(
        (fuzz.partial_ratio(said, s.casefold()) for s in sides if len(s) >= len(said) - 1),
        default=0.0,
    )


def _begins(said: str, lead: FoundLead) -> bool:
    """Whether each word typed begins a word of the lead's own, or stands in the address."""
    own = _words(f"{lead.name} {lead.company}")
    typed = _words(said)
    if typed and all(any(o.startswith(t) for o in own) for t in typed):
        return True
    return bool(lead.email) and lead.email.casefold().startswith(said)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())
