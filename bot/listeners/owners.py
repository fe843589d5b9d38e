"""Whom to tell about a piece: its owner in Slack, else whoever keeps the library."""

from __future__ import annotations

import http.client
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.flow import standing
from bot.listeners import asking_slack
from bot.listeners.edge import Edge
from knowledge.assets import Asset, is_slack_user

PAGES = 20
"""Of 200 people each: a workspace with more names its owners by mail address."""

MOST_TOLD = 10
"""Of a group: more people than that do not share one review, and each gets a message."""

log = structlog.get_logger("trailguide.owners")


def told_for(owner: str, edge: Edge) -> str:
    """The Slack id to write to for this owner; the keeper's, or empty, when there is none."""
    return slack_id(owner, edge) or edge.tools.settings.library_keeper


def people_in(to: str, edge: Edge) -> list[str]:
    """Whom a message to this id goes to: the members of a user group, bounded; else the id itself.

    Of a group that is larger, its marketers come first; where its members are not known, the
    marketers that are, else the admins, so that it is not told to nobody.
    """
    if not to.startswith("S"):
        return [to] if to else []
    asking_slack.refresh("", edge)
    members, marketers = standing.expanded((to,), edge.tools), standing.marketers(edge.tools)
    first = sorted(members, key=lambda member: (member not in marketers, member))
    return [*(first or marketers or standing.admins(edge.tools))][:MOST_TOLD]


def slack_id(owner: str, edge: Edge) -> str:
    """The Slack user that a mail address, an id or a name stands for; empty for none or several."""
    name = owner.strip().lstrip("<@").rstrip(">")
    if not name or is_slack_user(name):
        return name
    try:
        if "@" in name.strip("@"):
            found = edge.poster.client.users_lookupByEmail(email=name)["user"]
            return str(found["id"])
        return _by_name(name, edge)
    except (SlackApiError, OSError, http.client.HTTPException) as lost:
        log.warning("owner_unknown", reason=type(lost).__name__)
        return ""


def looks_after(user: str, asset: Asset, edge: Edge) -> bool:
    """Whether a piece is this Slack user's own: its owner, or named as reviewer or keeper."""
    if user in standing.named(edge.tools) or user == asset.added_by:
        return True
    return slack_id(asset.answered_by, edge) == user


def _by_name(name: str, edge: Edge) -> str:
    wanted, found, cursor = _plain(name), set(), ""
    for _ in range(PAGES):
        page: Any = edge.poster.client.users_list(limit=200, cursor=cursor)
        for person in page["members"]:
            profile = person.get("profile") or {}
            names = {person.get("name"), person.get("real_name"), profile.get("display_name")}
            if not person.get("deleted") and wanted in {_plain(str(n)) for n in names if n}:
                found.add(str(person["id"]))
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return found.pop() if len(found) == 1 else ""


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold().removeprefix("@")
