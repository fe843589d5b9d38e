"""Signs of people who are no leads here: listed, and given to a lead once somebody knows whose."""

from __future__ import annotations

from collections.abc import Iterable

from bot.flow.asset_names import AssetNames
from bot.flow.lead_intake import Incoming, take_in
from bot.flow.tools import Tools
from knowledge.fact_trust import Source, SourceKind
from knowledge.leads import Action, HistoryEntry, LeadFacts
from storage.unmatched import Kept, Sign, Unmatched

__all__ = ["Kept", "Sign", "all_unmatched", "assign", "drop_unmatched", "keep_unmatched"]


def keep_unmatched(signs: Iterable[Sign], tools: Tools, by: str) -> int:
    """Keep signs aside; return how many are new."""
    return _store(tools).keep(signs, by)


def all_unmatched(tools: Tools) -> list[Kept]:
    """Everything that is kept aside, oldest first."""
    return _store(tools).all()


def assign(identity: str, lead_id: str, tools: Tools, *, by: str) -> int:
    """Give a sign, and every other one of the same person, to a lead; return how many acts.

    `NotFound` for a sign or a lead that there is not.
    """
    store = _store(tools)
    who = store.get(identity).sign.who.casefold()
    lead = tools.leads.get(lead_id)
    theirs = [k for k in store.all() if k.sign.who.casefold() == who]
    names = AssetNames(tools)
    acts = tuple(_entry(k.sign, names) for k in theirs)
    told_mail = "@" in who and not lead.facts.email
    facts = LeadFacts(email=theirs[0].sign.who) if told_mail else LeadFacts()
    source = Source(SourceKind.LEAD, theirs[0].sign.source)
    added = take_in([Incoming(lead_id, facts=facts, acts=acts)], tools, source, by).acts
    store.drop([k.id for k in theirs], by, "assigned")
    return added


def drop_unmatched(identity: str, tools: Tools, *, by: str) -> None:
    """Take a sign out that is of no use; `NotFound`."""
    store = _store(tools)
    store.get(identity)
    store.drop([identity], by, "dropped")


def _entry(sign: Sign, names: AssetNames) -> HistoryEntry:
    asset = names.find(sign.asset) if sign.asset else None
    note = sign.note or ("" if asset else sign.asset)
    return HistoryEntry(Action(sign.action), sign.on, asset, note)


def _store(tools: Tools) -> Unmatched:
    return Unmatched(tools.db, tools.clock, tools.audit)
