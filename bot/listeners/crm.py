"""The CRM in Slack: its state for managers and admins, and the question what a deletion means."""

from __future__ import annotations

from bot.flow.crm_desk import Desk, desk_of
from bot.flow.crm_status import gone_leads, status
from bot.flow.standing import admins
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.listeners.role_trouble import MOST_ADMINS
from bot.views import escape
from bot.views import words_crm as words
from bot.views.blocks import line
from bot.views.crm import gone_lines, status_lines

LONGEST = 200
"""Characters of a name with its id, or of a label: ten of them make a message."""


def command(event: Incoming, edge: Edge) -> list[Reply]:
    """`/trailguide crm`, in direct messages; `acts.py` says who may see it."""
    tools = edge.tools
    if tools.crm is None:
        return [Reply("crm", line(words.NONE_SET), event.user)]
    desk = desk_of(tools)
    lines = status_lines(status(desk), tools.settings.time_zone, _inert)
    return [Reply("crm", line("\n".join([*lines, *_gone(desk)])), event.user)]


def ask_about_gone(_: Incoming, edge: Edge) -> list[Reply]:
    """Ask some admins what it means that leads are gone from the CRM; none is erased by that."""
    if edge.tools.crm is None:
        return []
    told = _gone(desk_of(edge.tools))
    if not told:
        return []  # decided, or back, meanwhile
    to = admins(edge.tools)[:MOST_ADMINS]
    said = line("\n".join(told))
    return [Reply(f"gone-{n}", said, admin) for n, admin in enumerate(to)]


def _gone(desk: Desk) -> list[str]:
    gone = gone_leads(desk)
    return gone_lines(gone, _inert) if gone else []


def _inert(text: str) -> str:
    """Names of leads and the CRM's own labels are others' words."""
    return escape.mrkdwn(text, LONGEST)
