"""What people read about the CRM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

NAMES = {"csv": "The CSV files", "hubspot": "HubSpot", "salesforce": "Salesforce"}
NONE_SET = "No CRM is set; `TRAILGUIDE_CRM` names one (docs/crm.md)."
NO_CONFLICTS = "No conflicts: nothing was changed here and in the CRM at once."
SETTLE = "Decide with `trailguide crm settle NUMBER ours` or `theirs`."
KEPT = "{lead} stays, without a record in the CRM."
DECIDE = (
    "Nothing was erased here. Keep one with `trailguide crm keep ID`, or erase it with "
    "`trailguide leads erase ID`."
)
MOST_NAMED = 10
"""Leads in one message; the rest is counted."""


def state(crm: str, pulled_at: datetime | None, zone: str, *, under_way: bool) -> str:
    """When it was pulled last."""
    at = f"{pulled_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}" if pulled_at else ""
    told = f"{NAMES[crm]}: last pulled {at}" if at else f"{NAMES[crm]}: not pulled yet"
    return f"{told}; a pull is under way." if under_way else f"{told}."


def people(linked: int, gone: int, undecided: int) -> str:
    """How many are linked, and how many are gone."""
    told = f"{linked} people are linked"
    if gone:
        told += f"; {gone} are gone there" if gone > 1 else "; 1 is gone there"
        told += f", of {undecided} nobody has decided yet" if undecided else ""
    return f"{told}."


def writing(
    switched_on: Sequence[str], *, waiting: int, written: int, conflicts: int, refused: int
) -> str:
    """What is written back, and how that stands."""
    if not switched_on:
        return "Nothing is written back."
    told = f"Written back: {', '.join(switched_on)}; {written} done, {waiting} waiting"
    told += f", {conflicts} in conflict (`trailguide crm conflicts`)" if conflicts else ""
    return f"{told}, {refused} refused." if refused else f"{told}."


def odd(noted: Mapping[str, int]) -> str:
    """What the mapping could not read."""
    told = "; ".join(f"{label} ({count})" for label, count in sorted(noted.items()))
    return f"Not read: {told}. Add it to crm.toml." if told else ""


def gone(count: int) -> str:
    """That leads are gone from the CRM."""
    one = "A lead was" if count == 1 else f"{count} leads were"
    return f"{one} deleted in the CRM."


def more(count: int) -> str:
    """How many are not named."""
    return f"and {count} more"


def pulled(records: int, *, over: bool) -> str:
    """What a pull brought."""
    told = f"{records} {'record' if records == 1 else 'records'} pulled"
    return f"{told}." if over else f"{told}; it goes on with the next `trailguide crm pull`."


def pushed(written: int, agreed: int, conflicts: int, refused: int) -> str:
    """What a push came to."""
    told = f"{written} written, {agreed} agreed already"
    told += f", {conflicts} in conflict" if conflicts else ""
    return f"{told}, {refused} refused." if refused else f"{told}."
