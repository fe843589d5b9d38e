"""What Slack says of people: who is in a user group or channel, and who owns the workspace.

It is kept in SQL, asked for when somebody's right may hang on it and what is kept is some minutes
old, and each hour. What cannot be read leaves the last known members, for a bounded time.
"""

from __future__ import annotations

import http.client
from datetime import timedelta
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.flow.roster_trouble import UNREACHABLE
from bot.flow.standing import LATELY, has_admin, kept_roles, rosters_wanted
from bot.flow.tools import Tools
from bot.listeners.edge import Edge
from knowledge.assets import is_slack_user

PAGES = 20
"""Of 200 members each: a channel with more is no way to name who reviews."""
LONGEST_PAUSE = timedelta(hours=1)
"""However long Slack wants to be left alone: the hourly chore asks again anyway."""

log = structlog.get_logger("trailguide.roles")


def is_stale(user: str, tools: Tools) -> bool:
    """Whether Slack should be asked before a right of this person's is refused or relied on."""
    return bool(_due_rosters(tools)) or _standing_due(user, tools)


def refresh(user: str, edge: Edge) -> None:
    """Ask for what is old; whatever fails leaves what is known."""
    rosters, standing = _due_rosters(edge.tools), _standing_due(user, edge.tools)
    if not rosters and not standing:
        return
    with edge.tools.turns.waiting():
        for roster_id in rosters:
            _read(roster_id, edge)
        if standing and _standing_due(user, edge.tools):  # a group may have named an admin just now
            _ask_standing(user, edge)


def _due_rosters(tools: Tools) -> list[str]:
    wanted, now = rosters_wanted(tools), tools.clock.now()
    kept = kept_roles(tools).rosters() if wanted else {}
    return [
        i for i in wanted
        if i not in kept
        or (now - kept[i].tried_at >= LATELY and now >= (kept[i].not_before or now))
    ]  # fmt: skip


def _standing_due(user: str, tools: Tools) -> bool:
    """Whether it matters if they own the workspace, and was not asked lately."""
    if not is_slack_user(user) or has_admin(tools):
        return False
    told = kept_roles(tools).standing(user)
    return told is None or tools.clock.now() - told.seen_at >= LATELY


def _read(roster_id: str, edge: Edge) -> None:
    client, kept = edge.poster.client, kept_roles(edge.tools)
    try:
        if roster_id.startswith("S"):
            members = list(client.usergroups_users_list(usergroup=roster_id)["users"] or [])
        else:
            members = _in_channel(roster_id, client)
    except SlackApiError as refused:
        trouble, pause = _trouble(refused)
        kept.roster_failed(roster_id, trouble, edge.tools.clock.now() + pause if pause else None)
        log.warning("roster_not_read", id=roster_id, reason=trouble)
    except (OSError, http.client.HTTPException) as lost:
        kept.roster_failed(roster_id, UNREACHABLE)
        log.warning("roster_not_read", id=roster_id, reason=type(lost).__name__)
    else:
        kept.roster_read(roster_id, [str(m) for m in members if is_slack_user(str(m))])


def _in_channel(channel: str, client: WebClient) -> list[Any]:
    found: list[Any] = []
    cursor = ""
    for _ in range(PAGES):
        page: Any = client.conversations_members(channel=channel, limit=200, cursor=cursor)
        found += page["members"] or []
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return found


def _ask_standing(user: str, edge: Edge) -> None:
    try:
        told = edge.poster.client.users_info(user=user)["user"] or {}
    except (SlackApiError, OSError, http.client.HTTPException) as lost:
        log.warning("standing_not_told", reason=type(lost).__name__)
        return
    marks = ("is_admin", "is_owner", "is_primary_owner")
    gone = told.get("deleted") or told.get("is_bot") or told.get("is_restricted")
    is_admin = not gone and any(told.get(mark) is True for mark in marks)
    kept_roles(edge.tools).stands(user, is_admin=is_admin)


def _trouble(refused: SlackApiError) -> tuple[str, timedelta | None]:
    """Slack's word for it, and how long it wants to be left alone."""
    response = refused.response
    told = response.get("error") if hasattr(response, "get") else None
    trouble = str(told or f"status_{getattr(response, 'status_code', 0)}")[:60]
    headers = {k.lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}
    asked = str(headers.get("retry-after") or "")
    if not asked.isdigit():
        return trouble, None
    return trouble, min(timedelta(seconds=int(asked)), LONGEST_PAUSE)
