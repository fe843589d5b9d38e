"""Whether somebody may do something: the one policy, asked by everything that acts (M53)."""

from __future__ import annotations

from datetime import timedelta

from bot.flow.standing import KNOWN_FOR, TRUSTED, admins, kept_roles, roles_of
from bot.flow.tools import Tools
from knowledge.errors import NotAllowed
from knowledge.roles import Act, allowed
from knowledge.roles_told import refusal


def may(
    user: str, act: Act, tools: Tools, *, own: bool = False, within: timedelta = KNOWN_FOR
) -> bool:
    """Whether this person may do it, to their `own` or to anybody's.

    `user` is a Slack id, or `command line`, which may do everything. What Slack said of groups
    counts `within` this time of its saying.
    """
    return allowed(roles_of(user, tools, within=within), act, own=own or user == TRUSTED)


def require(
    user: str, act: Act, tools: Tools, *, own: bool = False, about: str = "", once: str = ""
) -> None:
    """`NotAllowed`, in one plain sentence and audited, unless this person may do it.

    `about` is the id of what it would have been done to, never a lead's data. Under the same key
    `once` a refusal is audited once, however often a job runs.
    """
    roles = roles_of(user, tools)
    if allowed(roles, act, own=own or user == TRUSTED):
        return
    kept_roles(tools).refused(act.value, user, about, once=once)
    known = [admin for admin in admins(tools) if admin != user]
    raise NotAllowed(refusal(act, roles), known[0] if known else "")
