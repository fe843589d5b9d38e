"""What people read of signals: what was noted, and what nobody knows whose it is."""

from __future__ import annotations

from typing import Any

from bot.views.words import day
from knowledge.leads import HistoryEntry
from storage.unmatched import Kept

NO_UNMATCHED = "Nothing is kept aside: every sign belongs to a lead."
DROPPED = "Dropped."


def noted(entry: HistoryEntry, *, is_new: bool) -> str:
    """After an act that was told by hand."""
    about = f" {entry.asset_id}" if entry.asset_id else ""
    told = f"{entry.action.value}{about} on {day(entry.on)}"
    return f"Noted: {told}." if is_new else f"On record already: {told}."


def act_form(lead_id: str, entry: HistoryEntry, *, is_new: bool) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "lead_id": lead_id, "action": entry.action.value, "on": entry.on.isoformat(),
        "asset_id": entry.asset_id, "note": entry.note, "line": entry.line, "added": is_new,
    }  # fmt: skip


def unmatched_line(kept: Kept) -> str:
    """One sign, in a line."""
    sign = kept.sign
    about = " ".join(p for p in (sign.asset, sign.note) if p)
    who = sign.who if sign.who == sign.name or not sign.name else f"{sign.name} <{sign.who}>"
    return f"{kept.id}  {who}  {sign.action}  {sign.on}  {about}  ({sign.source})"


def unmatched_form(kept: Kept) -> dict[str, Any]:
    """The same as JSON."""
    sign = kept.sign
    return {
        "id": kept.id, "who": sign.who, "name": sign.name, "action": sign.action,
        "on": sign.on.isoformat(), "asset": sign.asset, "note": sign.note, "source": sign.source,
        "since": kept.since.isoformat(),
    }  # fmt: skip


def assigned(count: int, lead_id: str) -> str:
    """After signs were given to a lead."""
    acts = "1 act" if count == 1 else f"{count} acts"
    return f"{acts} noted for {lead_id}."
