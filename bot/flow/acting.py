"""An act that a person tells by hand goes into a lead's record, with who told it."""

from __future__ import annotations

from datetime import date

from bot.flow.asset_names import AssetNames
from bot.flow.near_leads import lead_on_record
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.foreign_words import foreign_action
from knowledge.leads import Action, HistoryEntry

BY_HAND = "told by hand"


def act_by_hand(
    lead_id: str,
    action: str,
    tools: Tools,
    *,
    by: str,
    on: str | None = None,
    asset: str | None = None,
    note: str = "",
    line: str = "",
) -> tuple[HistoryEntry, bool]:
    """Note an act; returns the entry and whether it was new.

    The asset may be an id, an address or a title. `NotFound` for no such lead; `BadInput` for an
    unknown act or piece, and for a day that is none or that has not come.
    """
    profile = lead_on_record(lead_id, tools)
    meant = foreign_action(action)
    if meant is None:
        raise BadInput(f"Unknown act '{action[:40]}'; use one of: {', '.join(Action)}.")
    entry = HistoryEntry(meant, _day(on, meant, tools), _asset(asset, tools), note.strip(), line)
    known = tools.leads.add_history(profile.lead_id or lead_id, [entry], by, BY_HAND)
    return entry, bool(known)


def _day(told: str | None, action: Action, tools: Tools) -> date:
    today = team_date(tools.clock, tools.settings.time_zone)
    if not told:
        return today
    try:
        on = date.fromisoformat(told.strip())
    except ValueError:
        raise BadInput(f"'{told[:40]}' is no day; write it as 2026-11-22.") from None
    if on > today and action is not Action.BOOKED_MEETING:
        raise BadInput(f"{on} has not come yet; note it once it has happened.")
    return on


def _asset(told: str | None, tools: Tools) -> str | None:
    if not told:
        return None
    found = AssetNames(tools).find(told)
    if found is None:
        raise BadInput(
            f"There is no piece '{told[:60]}' in the library; give its id, address or title."
        )
    return found
