"""Recalling a lead: the record on file, with what the ask says on top."""

from __future__ import annotations

from dataclasses import replace

from bot.flow.tools import Tools
from knowledge.assets import Asset
from knowledge.errors import NotFound
from knowledge.leads import HistoryEntry, LeadProfile
from knowledge.personas import load_personas
from knowledge.touch import Ask


def recall_lead(ask: Ask, questions: tuple[str, ...], tools: Tools) -> LeadProfile:
    """Merge the stored lead, if one is named, with the facts and history of the ask.

    A given fact beats the stored one; the persona follows from the role when nobody states it.
    """
    stored = tools.leads.get(ask.lead_id) if ask.lead_id else LeadProfile()
    facts = ask.facts.over(stored.facts)
    if facts.persona is None:
        facts = replace(facts, persona=load_personas(tools.settings.home).infer(facts.role))
    history = sorted({*stored.history, *ask.history}, key=_oldest_first)
    return LeadProfile(facts, tuple(history), questions, ask.lead_id)


def assets_in_history(profile: LeadProfile, tools: Tools) -> dict[str, Asset]:
    """Return the assets that the history names, retired ones included, by id."""
    found: dict[str, Asset] = {}
    for asset_id in {e.asset_id for e in profile.history if e.asset_id}:
        try:
            found[asset_id] = tools.library.get(asset_id)
        except NotFound:
            continue  # a piece from before this library, or of another system: no harm done
    return found


def _oldest_first(entry: HistoryEntry) -> tuple[str, str, str]:
    return entry.on.isoformat(), entry.action, entry.asset_id or ""
