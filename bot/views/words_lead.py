"""What a rep reads when a lead must be chosen, and in the summary of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from knowledge.intake import FoundLead

UNNAMED = "Unnamed contact"
WHICH = "Which lead do you mean?"
IF_NONE = "If it is none of these, ask again with the full name and the company."
FORGOTTEN = (
    "What you asked is not kept any more, or that lead was erased. "
    "Please ask again with the full name or the company."
)
NOBODY = "No lead on record is called that."
NEAR = "Do you mean one of these?"
WHO = "Say who: `/trailguide lead Dana Ortiz`, or the company or mail address on record."
LAST_ACTS = "Last acts"
NO_ACTS = "Nothing is on record of what happened so far."
OPEN_CARD = "A card of yours waits in your direct messages: made on"
NO_CARD = "No card of yours is open."


def label(name: str, company: str) -> str:
    """A lead on a button or in a list."""
    return " · ".join(t for t in (name or UNNAMED, company) if t)


def labels(leads: Sequence[FoundLead]) -> list[str]:
    """The leads told apart: of those with one name and company the id is shown, if no address."""
    plain = [label(lead.name, lead.company) for lead in leads]
    return [
        f"{told} · {f'no. {n}' if '@' in lead.id else lead.id}" if plain.count(told) > 1 else told
        for n, (lead, told) in enumerate(zip(leads, plain, strict=True), 1)
    ]


def which(offered: int, most: int) -> str:
    """Above the leads to choose from, of which there may be more than are offered."""
    return f"{WHICH} {IF_NONE}" if offered >= most else WHICH


def chosen(name: str, company: str) -> str:
    """In place of the buttons."""
    return f"You chose {label(name, company)}."


def next_date(decision: str, when: date | None, told: str) -> str:
    """What comes next, and when."""
    heads = {
        "send": "Next: send something",
        "wait": "Next: wait",
        "ask": "Next: ask before you teach",
        "hand_over": "Next: hand over to sales",
    }
    on = f" ({when:%a} {when.day} {when:%b %Y})" if when else ""
    return f"{heads[decision]}{on}. {told}"


def done(on: date, act: str, title: str, note: str) -> str:
    """One act on record."""
    about = f": “{title}”" if title else ""
    said = f" ({note})" if note else ""
    return f"{on.day} {on:%b %Y}: {act}{about}{said}"


def qualified(lead_id: str, *, now: bool, was: bool) -> str:
    """What a mark of being qualified changes."""
    if now == was:
        return f"{lead_id} {'is' if now else 'is not'} marked qualified; nothing changed."
    if now:
        return f"{lead_id} is marked qualified: `trailguide handover {lead_id}` makes the page."
    return f"{lead_id} is no longer marked qualified; nurturing goes on."
