"""Which roles somebody has: granted, by user group, by a setting, or as owner of the workspace."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.flow.tools import Tools
from knowledge.assets import is_slack_user
from knowledge.roles import Role
from storage.roles import Roles, Roster

KNOWN_FOR = timedelta(days=1)
"""How long what Slack said last still counts while it cannot be asked: over an outage or a night,
but not so long that somebody who left the group keeps the role for a week."""
LATELY = timedelta(minutes=5)
"""How old it may be before Slack is asked again: a change of a group is felt within a coffee, and
Slack's limit for reading one group, some twenty times a minute, is far."""
TRUSTED = "command line"
"""Whoever has a shell on the machine holds the database and the keys anyway."""


def roles_of(user: str, tools: Tools, *, within: timedelta = KNOWN_FOR) -> frozenset[Role]:
    """Everything somebody is; what Slack said counts `within` this time of its saying."""
    if user == TRUSTED:
        return frozenset(Role)
    if not is_slack_user(user):
        return frozenset()
    kept, settings = kept_roles(tools), tools.settings
    since = tools.clock.now() - within
    found = {grant.role for grant in kept.grants(user)}
    found |= {role for role, who in by_group(tools, since).items() if user in who}
    if settings.first_admin == user or _stands_in(user, tools, since):
        found.add(Role.ADMIN)
    if settings.default_role == "rep" or user in named(tools):
        found.add(Role.REP)
    return frozenset(found)


def kept_roles(tools: Tools) -> Roles:
    """What is kept of roles."""
    return Roles(tools.db, tools.clock, tools.audit)


def by_group(tools: Tools, since: datetime) -> dict[Role, frozenset[str]]:
    """Who has a role by a user group that was read `since` then."""
    groups = tools.settings.role_groups
    rosters = kept_roles(tools).rosters() if groups else {}
    found: dict[Role, frozenset[str]] = {}
    for name, group in groups:
        role = Role(name)
        found[role] = found.get(role, frozenset()) | members(rosters.get(group), since)
    return found


def members(roster: Roster | None, since: datetime) -> frozenset[str]:
    """Who was in it when it was last read, unless that was before `since`."""
    if roster is None or roster.read_at is None or roster.read_at < since:
        return frozenset()
    return roster.members


def named(tools: Tools) -> frozenset[str]:
    """The people whom `reviewers` and `library_keeper` name, members of groups and channels too."""
    return expanded((*tools.settings.reviewers, tools.settings.library_keeper), tools)


def expanded(ids: Iterable[str], tools: Tools) -> frozenset[str]:
    """The people among these ids, and the members of the groups and channels, as last read."""
    wanted = [i for i in ids if i]
    if all(is_slack_user(i) for i in wanted):
        return frozenset(wanted)
    rosters, since = kept_roles(tools).rosters(), tools.clock.now() - KNOWN_FOR
    people = {i for i in wanted if is_slack_user(i)}
    return frozenset(people.union(*(members(rosters.get(i), since) for i in wanted)))


def rosters_wanted(tools: Tools) -> tuple[str, ...]:
    """The ids of all groups and channels whose members matter by a setting."""
    settings = tools.settings
    ids = (
        *(group for _, group in settings.role_groups),
        *settings.reviewers,
        settings.library_keeper,
    )
    return tuple(dict.fromkeys(i for i in ids if i and not is_slack_user(i)))


def has_admin(tools: Tools) -> bool:
    """Whether an admin was ever named in any way: then the workspace's owners stand in no more.

    A group that cannot be read any more still counts, so that no failure of Slack's makes admins.
    """
    if tools.settings.first_admin:
        return True
    kept = kept_roles(tools)
    if any(grant.role is Role.ADMIN for grant in kept.grants()):
        return True
    groups = [group for name, group in tools.settings.role_groups if name == Role.ADMIN]
    rosters = kept.rosters() if groups else {}
    return any(group in rosters and rosters[group].members for group in groups)


def admins(tools: Tools) -> tuple[str, ...]:
    """Every admin that is known by now, those named first."""
    since = tools.clock.now() - KNOWN_FOR
    kept = kept_roles(tools)
    known = [tools.settings.first_admin] if tools.settings.first_admin else []
    known += [grant.user for grant in kept.grants() if grant.role is Role.ADMIN]
    known += sorted(by_group(tools, since).get(Role.ADMIN, ()))
    if not has_admin(tools):
        stand_in = kept.standings()
        known += sorted(u for u, s in stand_in.items() if s.is_admin and s.seen_at >= since)
    return tuple(dict.fromkeys(known))


def marketers(tools: Tools) -> tuple[str, ...]:
    """Every marketer that is known by now, those by grant first."""
    kept, since = kept_roles(tools), tools.clock.now() - KNOWN_FOR
    known = [grant.user for grant in kept.grants() if grant.role is Role.MARKETER]
    known += sorted(by_group(tools, since).get(Role.MARKETER, ()))
    return tuple(dict.fromkeys(known))


def _stands_in(user: str, tools: Tools, since: datetime) -> bool:
    """Whether they own or administer the workspace, while nobody was named as an admin."""
    told = kept_roles(tools).standing(user)
    if told is None or not told.is_admin or told.seen_at < since:
        return False
    return not has_admin(tools)
