"""What is wrong with a user group or channel that gives roles, and what to do about it."""

from __future__ import annotations

from bot.flow.standing import KNOWN_FOR, kept_roles, rosters_wanted
from bot.flow.tools import Tools
from storage.roles import Roster

UNREACHABLE = "unreachable"
PASSING = frozenset({UNREACHABLE, "ratelimited", "internal_error", "fatal_error",
                     "service_unavailable", "request_timeout"})  # fmt: skip
"""What mends itself: a person hears of it once the last known members count no more."""

_WHAT_TO_DO = {
    "missing_scope": (
        "the app lacks a scope; add usergroups:read as in slack_manifest.yaml and install it anew"
    ),
    "no_such_subteam": (
        "there is no such user group, or it is disabled; enable it, or mend the setting"
    ),
    "plan_upgrade_required": "this workspace's plan has no user groups; grant the roles instead",
    "channel_not_found": "there is no such channel, or the bot is not in it; invite it there",
    "not_in_channel": "the bot is not in that channel; invite it there",
}


def troubles(tools: Tools) -> list[tuple[Roster, str]]:
    """Each group or channel that a person should look after, with a sentence."""
    rosters = kept_roles(tools).rosters()
    found = []
    for roster_id in rosters_wanted(tools):
        roster = rosters.get(roster_id)
        if roster is None or not roster.trouble:
            continue
        lapsed = roster.read_at is None or tools.clock.now() - roster.read_at > KNOWN_FOR
        if lapsed or roster.trouble not in PASSING:
            found.append((roster, _told(roster, lapsed=lapsed)))
    return found


def _told(roster: Roster, *, lapsed: bool) -> str:
    why = _WHAT_TO_DO.get(roster.trouble, f"Slack says {roster.trouble}")
    if roster.trouble == UNREACHABLE:
        why = "Slack cannot be reached"
    counts = "nobody has a role by it" if lapsed else "its last known members count for a day"
    return f"The members of {roster.id} cannot be read: {why}. Until then {counts}."
