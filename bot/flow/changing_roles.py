"""Giving and taking roles, and who has which by now."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flow.standing import KNOWN_FOR, admins, by_group, has_admin, kept_roles, roles_of
from bot.flow.tools import Tools
from knowledge.assets import is_slack_user
from knowledge.errors import BadInput
from knowledge.roles import Role


@dataclass(frozen=True, slots=True)
class Had:
    """Somebody with a role; `by` says what gives it: grant, setting, group or workspace."""

    user: str
    role: Role
    by: str


def everybody(tools: Tools) -> list[Had]:
    """Everybody who has a role by name or by group, by role, then person."""
    since = tools.clock.now() - KNOWN_FOR
    found = [Had(g.user, g.role, "grant") for g in kept_roles(tools).grants()]
    if tools.settings.first_admin:
        found.append(Had(tools.settings.first_admin, Role.ADMIN, "setting"))
    for role, people in by_group(tools, since).items():
        found += [Had(user, role, "group") for user in people]
    if not has_admin(tools):
        found += [Had(user, Role.ADMIN, "workspace") for user in admins(tools)]
    order = list(Role)
    return sorted(found, key=lambda h: (order.index(h.role), h.user, h.by))


def grant(user: str, role: Role, by: str, tools: Tools) -> bool:
    """Give a role; False when they had it by grant. `BadInput` when it is no person's id."""
    if not is_slack_user(user):
        raise BadInput("A role is given to a person of Slack, by id, such as U0123ABCD.")
    return kept_roles(tools).grant(user, role, by)


def revoke(user: str, role: Role, by: str, tools: Tools) -> bool:
    """Take a granted role back; False when there was no grant. `BadInput` for the last admin."""
    others = [h for h in everybody(tools) if h.role is Role.ADMIN and h.by in {"setting", "group"}]
    return kept_roles(tools).revoke(user, role, by, other_admins=bool(others))


def still_by(user: str, role: Role, tools: Tools) -> str:
    """What gives somebody a role without a grant; empty when nothing does."""
    if role is Role.REP and role in roles_of(user, tools):
        return "default"
    found = {h.by for h in everybody(tools) if (h.user, h.role) == (user, role)} - {"grant"}
    return sorted(found)[0] if found else ""


def role_named(word: str) -> Role:
    """The role that a word names, singular or plural; `BadInput` lists the roles there are."""
    plain = word.strip().lower()
    for role in Role:
        if plain in {role.value, f"{role.value}s"}:
            return role
    raise BadInput(f"There is no such role; the roles are {', '.join(Role)}.")
