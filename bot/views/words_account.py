"""What people read of an account: who is there, who is missing, who touched whom."""

from __future__ import annotations

from datetime import date

from bot.views.words import day
from knowledge.account import AccountView, Member, TouchSeen
from knowledge.leads import Action

PEOPLE = "People"
TOUCHES = "Touches of the last four weeks"
NO_TOUCHES = "Nobody was touched in the last four weeks."
WHICH = "Which account do you mean?"
NOBODY = "Nobody on record works for that company."
ASK = "Say which: `/trailguide account Northfield Water`."
LIKE = "Companies on record that are called like it"
ROLES = {
    "economic_buyer": "economic buyer",
    "technical_evaluator": "technical evaluator",
    "champion": "champion",
    "user": "user",
    "blocker": "blocker",
}
_DID = {Action.SENT: "was written to", Action.CALLED: "was called"}


def member(one: Member) -> str:
    """One person in a line."""
    who = one.name or one.lead_id
    title = f", {one.title}" if one.title else ""
    role = f" ({ROLES.get(one.role, one.role.replace('_', ' '))})" if one.role else ""
    stage = (
        f"{one.stage.value}{'' if one.sure == 1 else ' (read)'}" if one.stage else "stage unknown"
    )
    lines = "; ".join(f"{s.line} {s.stage.value}" for s in one.line_stages)
    notes = [
        f"{stage}{f' ({lines})' if lines else ''}",
        f"last touch {day(one.last_touch)}" if one.last_touch else "never touched",
        "not reached" if not one.reached else "",
        "opted out" if one.opted_out else "",
        f"owner {one.owner}" if one.owner else "",
    ]
    return f"{who}{title}{role}: {' · '.join(n for n in notes if n)}"


def touch(seen: TouchSeen) -> str:
    """One touch in a line."""
    by = f" by {seen.by}" if seen.by else ""
    about = f" ({seen.asset_id})" if seen.asset_id else ""
    did = _DID.get(seen.action, seen.action.value)
    return f"{day(seen.on)}: {seen.name or seen.lead_id} {did}{by}{about}"


def roles(view: AccountView) -> str:
    """Roles that were reached, and those that nobody has."""
    return f"Reached: {_listed(view.covered)}. Missing: {_listed(view.missing)}."


def cap(view: AccountView, today: date) -> str:
    """How often the account heard from us this week, and from when it may again."""
    times = "once" if view.this_week == 1 else f"{view.this_week} times"
    told = f"Heard from us {times} in the last seven days, of {view.cap} at most."
    return told if view.free_on <= today else f"{told} Wait until {day(view.free_on)}."


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(ROLES.get(n, n.replace("_", " ")) for n in names) or "nobody"
